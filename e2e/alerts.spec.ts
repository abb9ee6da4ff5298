import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

// These tests have Vonage to themselves, one after the other.
test.describe.configure({ mode: 'serial' });
test.afterEach(({ sandbox }) => sandbox.setCondition('vonage', 'healthy'));

async function connect(api: MachineApi, sandbox: Sandbox): Promise<string> {
  const { id } = await api.call<{ id: string }>('POST', '/integrations', {
    provider: 'vonage',
    name: 'Text messages',
    values: await sandbox.credentials('vonage'),
  });
  return id;
}

/** The provider turns so, and a check finds out. */
async function turn(api: MachineApi, sandbox: Sandbox, id: string, condition: string): Promise<void> {
  await sandbox.setCondition('vonage', condition);
  await api.call('POST', `/integrations/${id}/test`, {});
}

const row = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Text messages does not work' });

test('HEALTH-4: a provider fails, the alert appears by itself, somebody looks after it, and it resolves by itself', async ({
  page,
  pageAs,
  api,
  sandbox,
}) => {
  const id = await connect(api, sandbox);
  await page.goto('/alerts');
  await expect(page.getByText('Nothing needs attention')).toBeVisible();
  await turn(api, sandbox, id, 'down');
  await expect(row(page)).toContainText('Text messages are not sent.');
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Alerts/ }),
  ).toContainText('1');

  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/alerts');
  await expect(row(viewer)).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Snooze: Text messages does not work' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );

  // Snoozed where it stands on the dashboard, it is gone from there, also when it is found again, until the snooze ends.
  await page.goto('/integrations');
  const urgent = page.getByRole('region', { name: 'Alerts' });
  await urgent.getByRole('button', { name: 'Snooze: Text messages does not work' }).click();
  await page.getByRole('menuitem', { name: 'For an hour' }).click();
  await expect(urgent).toBeHidden();
  await turn(api, sandbox, id, 'down');
  await page.goto('/alerts');
  await expect(row(page)).toContainText('Snoozed, ends in');
  await row(page).getByRole('button', { name: 'Snoozed: Text messages does not work' }).click();
  await page.getByRole('menuitem', { name: 'End the snooze' }).click();
  await expect(row(page).getByRole('button', { name: /^Snooze: / })).toBeVisible();
  await page.goto('/integrations');
  await expect(urgent).toContainText('Text messages does not work');

  await page.goto('/alerts');
  await page.getByRole('checkbox', { name: 'Select: Text messages does not work' }).check();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('tab', { name: /Acknowledged/ })).toContainText('1');
  await page.getByRole('tab', { name: /Acknowledged/ }).click();
  await expect(row(page)).toContainText('looks after it');

  await row(page).getByRole('link', { name: 'Text messages does not work' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Text messages does not work' })).toBeVisible();
  // It began, was snoozed, the snooze ended, and somebody looks after it.
  const timeline = page.getByRole('list', { name: 'What happened' });
  await expect(timeline.getByRole('listitem')).toHaveCount(4);
  await turn(api, sandbox, id, 'healthy');
  await expect(timeline.getByRole('listitem')).toHaveCount(5);
  await expect(page.getByText('It is over.')).toBeVisible();
  await page.goto('/alerts?state=resolved');
  await expect(row(page)).toContainText('Over');
});

test('HEALTH-5: a channel is added and tested, and tells of an alert; a status update stands on every page', async ({
  page,
  pageAs,
  api,
  sandbox,
  receiver,
  watch,
}) => {
  // The address that is refused.
  watch.allow(/status of 422/);
  const endpoint = receiver.endpoint();
  await page.goto('/alerts/settings');
  await page.getByRole('button', { name: 'Add channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Pager');
  await dialog.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Webhook', exact: true }).click();
  await dialog.getByLabel('URL').fill('https://169.254.169.254/');
  await dialog.getByRole('button', { name: 'Add channel' }).click();
  await expect(dialog.getByText(/private or reserved/)).toBeVisible();
  await dialog.getByLabel('URL').fill(endpoint.url);
  await dialog.getByRole('button', { name: 'Add channel' }).click();
  await expect(dialog.getByLabel('Signing secret')).toHaveValue(/^whsec_/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Send a test to Pager' }).click();
  const channel = page.getByRole('row', { name: /Pager/ });
  await expect(channel).toContainText('It answered 200.');

  const id = await connect(api, sandbox);
  await turn(api, sandbox, id, 'down');
  const messages = page.getByRole('table', { name: 'Messages' });
  await expect(messages.getByRole('row', { name: /Warning: Text messages does not work/ })).toContainText(
    'Sent',
    {
      timeout: 20_000,
    },
  );

  await page.goto('/alerts');
  await page.getByRole('button', { name: 'Post status update' }).click();
  await page.getByLabel('What everybody should know').fill('Text messages are down at our provider.');
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/webhooks');
  const banner = viewer.getByRole('region', { name: 'Status updates' });
  await expect(banner).toContainText('Text messages are down at our provider.');
  await expect(banner.getByRole('button')).toHaveCount(0);
  await page.getByRole('button', { name: /^Close the status update/ }).click();
  await expect(banner).toHaveCount(0);
});

test('HEALTH-4: many alerts of one kind are one line, which opens, and are looked after together', async ({
  page,
  api,
  sandbox,
}) => {
  const values = await sandbox.credentials('vonage');
  const names = ['North', 'East', 'South', 'West', 'Center'];
  const ids: string[] = [];
  for (const name of names) {
    const { id } = await api.call<{ id: string }>('POST', '/integrations', {
      provider: 'vonage',
      name: `${name} texts`,
      values,
    });
    ids.push(id);
  }
  await sandbox.setCondition('vonage', 'down');
  for (const id of ids) await api.call('POST', `/integrations/${id}/test`, {});
  await page.goto('/alerts');
  const list = page.getByRole('list', { name: 'Open alerts' });
  await expect(list.getByText('and 4 more of this kind')).toBeVisible();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await list.getByRole('button', { name: 'Show all' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(5);
  for (const name of names) await expect(list.getByText(`${name} texts does not work`)).toBeVisible();
  await list.getByRole('button', { name: 'Show one' }).click();
  await list.getByRole('checkbox', { name: /^Select all of this kind/ }).check();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('tab', { name: /Acknowledged/ })).toContainText('5');
  await expect(page.getByText('Nothing needs attention')).toBeVisible();
});
