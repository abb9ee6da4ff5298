import type { Page } from '@playwright/test';
import { connectByConsent } from './support/consent.ts';
import { flip } from './support/controls.ts';
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

test('HEALTH-5: email and Slack are told by rule and severity, and in quiet hours only of what is critical', async ({
  page,
  api,
  sandbox,
  organization,
}) => {
  const duty = `duty-${organization.id}@intime.example`;
  // Slack has the messages of all tests.
  const urgent = `Urgent texts ${organization.id.slice(-6)}`;
  await api.call('POST', '/integrations', {
    provider: 'sendgrid',
    name: 'Company email',
    values: await sandbox.credentials('sendgrid'),
  });
  await connectByConsent(page, sandbox, 'slack', 'Slack');
  await page.goto('/alerts/settings');
  const dialog = page.getByRole('dialog');
  const channel = (name: string) => page.getByRole('row', { name });
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const add = async (name: string, kind: string, fill: () => Promise<void>) => {
    await page.getByRole('button', { name: 'Add channel' }).click();
    await dialog.getByLabel('Name').fill(name);
    if (kind !== 'Email') await choose('Kind', kind);
    await fill();
    await dialog.getByRole('button', { name: 'Add channel' }).click();
    await expect(dialog).toBeHidden();
    await page.getByRole('button', { name: `Send a test to ${name}` }).click();
  };
  await add('Duty mail', 'Email', async () => {
    await dialog.getByLabel('Addresses').fill(duty);
    await dialog.getByRole('checkbox', { name: 'System administrator' }).uncheck();
  });
  await expect(channel('Duty mail')).toContainText('By Company email:');
  expect(JSON.stringify(await sandbox.sent('sendgrid'))).toContain(duty);
  await add('Team', 'Slack, through an integration', async () => {
    await choose('Integration', 'Slack');
    await dialog.getByLabel('Channel').fill('#recruiting');
  });
  await expect(channel('Team')).toContainText('Posted to #recruiting.');
  await add('Board', 'Slack, incoming webhook', async () => {
    await dialog
      .getByLabel('Address of the incoming webhook')
      .fill('https://hooks.slack.com/services/T0BOARD/B0BOARD/k3yOfTheBoardK3y');
    await dialog.getByRole('checkbox', { name: 'Warning' }).uncheck();
  });
  await expect(channel('Board')).toContainText('Posted.');

  // Whom a rule tells follows its severity, until it names channels of its own.
  const told = page.getByRole('combobox', { name: 'Channels: Integration fails' });
  await expect(told).toHaveAttribute('placeholder', 'By severity: 2 channels');
  await choose('Severity: Integration fails', 'Critical');
  await expect(told).toHaveAttribute('placeholder', 'By severity: 3 channels');
  await flip(page.getByRole('switch', { name: 'Send to Board' }));
  await expect(told).toHaveAttribute('placeholder', 'By severity: 2 channels');
  await choose('Severity: Integration fails', 'Note');
  await expect(told).toHaveAttribute('placeholder', 'By severity: on screen only');
  await choose('Severity: Integration fails', 'Warning');
  await choose('Channels: Integration fails', 'Team');
  await page.keyboard.press('Escape');

  // From an hour ago until in two hours.
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const quiet = page.getByRole('region', { name: 'Quiet hours' });
  await flip(quiet.getByRole('switch', { name: 'Keep quiet at certain hours' }));
  await quiet.getByLabel('From').fill(at(-1));
  await quiet.getByLabel('To', { exact: true }).fill(at(2));
  await expect(quiet.getByRole('switch', { name: 'Critical alerts pass at any time' })).toBeChecked();
  await quiet.getByRole('button', { name: 'Save quiet hours' }).click();
  await expect(page.getByText('Quiet hours saved')).toBeVisible();

  const first = await connect(api, sandbox);
  const { id: second } = await api.call<{ id: string }>('POST', '/integrations', {
    provider: 'vonage',
    name: urgent,
    values: await sandbox.credentials('vonage'),
  });
  await turn(api, sandbox, first, 'down');
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Alerts/ }),
  ).toContainText('1');
  await choose('Severity: Integration fails', 'Critical');
  await expect(page.getByRole('combobox', { name: 'Severity: Integration fails' })).toHaveValue('Critical');
  await expect
    .poll(async () => (await api.call<{ data: unknown[] }>('GET', '/alert-rules')).data)
    .toContainEqual(expect.objectContaining({ rule: 'integration_failing', severity: 'critical' }));
  await turn(api, sandbox, second, 'down');
  const messages = page.getByRole('table', { name: 'Messages' });
  await expect(messages.getByRole('row', { name: `Critical: ${urgent} does not work` })).toContainText(
    'Sent',
    { timeout: 20_000 },
  );
  // It went to the channel that the rule names, and what was found before it still waits for the end of the quiet hours.
  await expect(messages.getByRole('row', { name: /does not work/ })).toHaveCount(1);
  await expect(messages.getByRole('row', { name: urgent })).toContainText('Team: #recruiting');
  const posted = (await sandbox.sent('slack')).map(({ text }) => String(text));
  expect(posted.filter((text) => text.includes(urgent))).toHaveLength(1);
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
