import type { Alert } from '@trunkline/contract/alerts';
import type { ActionDetail } from '@trunkline/contract/actions';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { choose, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

async function connect(
  api: MachineApi,
  sandbox: Sandbox,
  slug: string,
  name: string,
): Promise<IntegrationDetail> {
  const values = await sandbox.credentials(slug);
  return api.call('POST', '/integrations', { provider: slug, name, values });
}

function send(api: MachineApi, subject: string): Promise<ActionDetail> {
  return api.call('POST', '/actions/email.send', { to: 'jane@example.com', subject, text: 'Hello' });
}

test('ADMIN-INT-022 to 025: a backup is linked, takes over by itself and by hand, and gives back', async ({
  page,
  api,
  sandbox,
}) => {
  const primary = await connect(api, sandbox, 'amazon-ses', 'Amazon SES');
  const backup = await connect(api, sandbox, 'postmark', 'Postmark');

  // 022: configure.
  await page.goto(`/integrations/${primary.id}?tab=failover`);
  await expect(page.getByText('No backup is linked')).toBeVisible();
  await page.getByRole('combobox', { name: 'Link a backup' }).click();
  await page.getByRole('option', { name: /^Postmark/ }).click();
  await page.getByLabel('Trigger after consecutive failures').fill('3');
  await page.getByRole('button', { name: 'Save configuration' }).click();
  await expect(page.getByText('Failover saved')).toBeVisible();
  const backups = page.getByRole('region', { name: 'Backup provider' });
  await expect(backups).toContainText('Standby');
  await backups.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The connection works')).toBeVisible();
  expect((await send(api, 'First')).integrationId).toBe(primary.id);

  // 023: the primary fails; the action that shows it is sent through the backup.
  await sandbox.setCondition('amazon-ses', 'down');
  try {
    const action = await send(api, 'Second');
    expect(action).toMatchObject({ status: 'succeeded', integrationId: backup.id });
    expect(action.attempts.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'failed',
      'succeeded',
    ]);
  } finally {
    await sandbox.setCondition('amazon-ses', 'healthy');
  }
  await expect(page.getByText('Calls go through Postmark')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Switches' })).toContainText(
    'Postmark is used instead of Amazon SES',
  );

  // 025: restore.
  await page.getByRole('button', { name: 'Restore primary' }).click();
  await expect(page.getByText('Calls go through Postmark')).toBeHidden();
  expect((await send(api, 'Third')).integrationId).toBe(primary.id);

  // With the first backup off, the second one takes over; an alert opens, and all of it is over by itself.
  const last = await connect(api, sandbox, 'sendgrid', 'SendGrid');
  await page.getByRole('combobox', { name: 'Link a backup' }).click();
  await page.getByRole('option', { name: /^SendGrid/ }).click();
  await page.getByLabel('Minutes that it has to work before').fill('0');
  await page.getByRole('button', { name: 'Save configuration' }).click();
  await expect(page.getByText('Failover saved')).toBeVisible();
  const failoverAlert = async () => {
    const { data } = await api.call<{ data: Alert[] }>('GET', '/alerts');
    return data.find(({ rule }) => rule === 'failover')?.state;
  };
  await api.call('PATCH', `/integrations/${backup.id}`, { enabled: false });
  try {
    await sandbox.setCondition('amazon-ses', 'down');
    expect((await send(api, 'Through the chain')).integrationId).toBe(last.id);
    await expect(page.getByText('Calls go through SendGrid')).toBeVisible();
    await expect.poll(failoverAlert).toBe('open');
  } finally {
    await sandbox.setCondition('amazon-ses', 'healthy');
  }
  await api.call('PATCH', `/integrations/${backup.id}`, { enabled: true });
  await api.call('POST', `/integrations/${primary.id}/test`);
  await expect(page.getByText('Calls go through SendGrid')).toBeHidden();
  await expect.poll(failoverAlert).toBe('resolved');
  expect((await send(api, 'Back again')).integrationId).toBe(primary.id);

  // 024: by hand.
  await page.getByRole('button', { name: 'Switch to backup' }).click();
  await expect(page.getByText('A person switched.', { exact: false })).toBeVisible();
  expect((await send(api, 'Fourth')).integrationId).toBe(backup.id);

  // The overview says the same; making the backup primary says what it does first.
  await page.goto('/failover');
  await expect(page.getByText('Backup of Amazon SES', { exact: false })).toHaveCount(2);
  await page.getByRole('button', { name: 'Make primary' }).first().click();
  await expect(page.getByRole('dialog')).toContainText('Amazon SES becomes its first backup');
  await page.getByRole('dialog').getByRole('button', { name: 'Make primary' }).click();
  await expect(page.getByText('Backup of Postmark', { exact: false })).toHaveCount(2);

  // Every attempt can be looked at.
  await page.goto('/actions');
  await expect(page.getByRole('row', { name: /Send email/ })).toHaveCount(6);
  await page
    .getByRole('button', { name: /Send email/ })
    .nth(4)
    .click();
  const attempts = page.getByRole('region', { name: 'Attempts' });
  await expect(attempts.getByRole('listitem')).toHaveCount(4);
  await page.keyboard.press('Escape');
  await choose(page.getByRole('radio', { name: 'In doubt' }));
  await expect(page.getByText('No action matches')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await sidewaysScroll(page)).toBe(0);
});
