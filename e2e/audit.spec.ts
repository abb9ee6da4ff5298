import { readFile } from 'node:fs/promises';
import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import { mutate } from './support/trpc.ts';

test('CRM-AC-15 ACC-3 the audit log has key regenerations and webhook changes with person and difference', async ({
  page,
  organization,
  receiver,
}) => {
  const url = receiver.endpoint().url;
  const made = await mutate(page, 'integrations.createWebhook', { name: 'Audited', url, events: ['job.*'] });
  const { id } = made.data as { id: string };
  await mutate(page, 'integrations.updateWebhook', { id, name: 'Renamed' });
  await mutate(page, 'integrations.updateWebhook', { id, status: 'disabled' });
  await mutate(page, 'integrations.regenerateWebhookSecret', { id });
  await mutate(page, 'apiKeys.regenerateApiKey', {});
  expect((await mutate(page, 'integrations.deleteWebhook', { id })).status).toBe(200);

  await page.goto('/audit');
  const rows = page.getByRole('table', { name: 'Audit log', exact: true }).getByRole('row');
  for (const action of [
    'Webhook deleted',
    'API key regenerated',
    'Signing secret regenerated',
    'Webhook switched off',
    'Webhook changed',
    'Webhook created',
    'Signed in',
  ]) {
    await expect(rows.filter({ hasText: action })).toContainText(organization.administrator.name);
  }
  await page.getByRole('button', { name: 'Webhook changed' }).click();
  const changes = page.getByRole('table', { name: /^Changes of record/ });
  await expect(changes.getByRole('row', { name: /Name/ })).toContainText('Audited');
  await expect(changes.getByRole('row', { name: /Name/ })).toContainText('Renamed');
  await expect(page.locator('main')).not.toContainText(/whsec_[A-Za-z0-9+/]{20}/);

  await page.getByRole('button', { name: 'Verify log' }).click();
  await expect(
    page.getByRole('status').filter({ hasText: /intact|nothing.*changed|unbroken|verified/i }),
  ).toBeVisible();

  await page.getByRole('combobox', { name: 'Action' }).click();
  await page.getByRole('option', { name: 'API key regenerated' }).click();
  await expect(rows.filter({ hasText: 'Webhook created' })).toHaveCount(0);
  await expect(rows.filter({ hasText: 'API key regenerated' })).toHaveCount(1);
  await expect(page).toHaveURL(/action=api_key\.regenerated/);
});

test('ACC-3 an administrator narrows the audit log, exports it with a checkpoint, and decides how long it is kept', async ({
  page,
  keeper,
  organization,
  receiver,
  watch,
}) => {
  const url = receiver.endpoint().url;
  for (const name of ['Billing', 'Payroll']) {
    await mutate(page, 'integrations.createWebhook', { name, url, events: ['job.*'] });
  }
  await page.goto('/audit');
  const rows = page.getByRole('table', { name: 'Audit log', exact: true }).getByRole('row');
  await page.getByRole('searchbox', { name: 'Search' }).fill('payROLL');
  await expect(rows.filter({ hasText: 'Webhook created' })).toHaveCount(1);
  await expect(page).toHaveURL(/q=payROLL/);
  await page.getByRole('button', { name: 'Webhook created' }).click();
  await page.getByRole('button', { name: 'Show all of it' }).click();
  await expect(page).toHaveURL(/target=/);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('combobox', { name: 'Target' }).click();
  await page.getByRole('option', { name: 'Webhook', exact: true }).click();
  await expect(rows.filter({ hasText: 'Webhook created' })).toHaveCount(2);
  await expect(rows.filter({ hasText: 'Signed in' })).toHaveCount(0);

  // Asked before anything is counted, and again when the dialog has stood open for long.
  watch.allow(/status of 403/);
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  const confirm = async () => {
    await proof.getByLabel(/^Password/).fill(password);
    await proof.getByRole('button', { name: 'Confirm' }).click();
    await expect(proof).toBeHidden();
  };
  await keeper.ageSessions(organization.administrator);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export the audit log' });
  await confirm();
  await expect(dialog.getByRole('status')).toContainText('2 records match');
  await dialog.getByRole('radio', { name: /JSON/ }).check();
  await expect(dialog.getByRole('status')).toContainText('2 records match');
  await keeper.ageSessions(organization.administrator);
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export' }).click();
  await confirm();
  const file = await readFile(await (await downloading).path(), 'utf8');
  const lines = file.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ checkpoint: { kind: 'checkpoint' } });

  await page.getByRole('button', { name: 'Verify log' }).click();
  const found = page.getByRole('status').filter({ hasText: 'chain intact' });
  await expect(found.getByRole('button', { name: /Copy public key/ })).toBeVisible();
  await expect(found.getByRole('button', { name: /Copy checkpoint/ })).toBeVisible();

  await page.getByRole('button', { name: 'Kept 2,190 days' }).click();
  const retention = page.getByRole('dialog', { name: 'How long the audit log is kept' });
  await retention.getByLabel('Days').fill('30');
  await expect(retention.getByRole('button', { name: 'Save' })).toBeDisabled();
  await retention.getByLabel('Days').fill('365');
  await expect(retention.getByRole('status')).toContainText('removed for good');
  await retention.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Kept 365 days' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows.filter({ hasText: 'Retention of the audit log changed' })).toContainText('2,190 → 365');
});
