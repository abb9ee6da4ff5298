import { expect, test } from './support/fixtures.ts';
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
