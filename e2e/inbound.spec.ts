import { generateKeyPairSync } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { flip, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { hostileTexts, isHarmless, watchRefusals } from './support/hostile.ts';

/** A key of the same kind as SendGrid's, and not SendGrid's. */
function anotherKey(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

const keyField = (within: Page | Locator) => within.getByLabel(/^Event webhook verification key/);

test('IN a source of SendGrid: refused with a wrong key, received with the right one, processed again', async ({
  page,
  sandbox,
}) => {
  test.setTimeout(90_000);
  const { webhookPublicKey: rightKey = '' } = await sandbox.credentials('sendgrid');
  await page.goto('/inbound');
  await expect(page.getByText('Nobody sends webhooks to you yet')).toBeVisible();
  await page.getByRole('button', { name: 'Add source' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Search providers' }).fill('sendgrid');
  await expect(dialog.getByRole('list', { name: 'Providers' }).getByRole('button')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Bounces');
  await keyField(dialog).fill(anotherKey());
  await dialog.getByRole('button', { name: 'Create source' }).click();
  const address = dialog.getByRole('textbox', { name: 'Address' });
  await expect(address).toHaveValue(/\/webhooks\/sendgrid\//);
  const url = await address.inputValue();
  await expect(dialog.getByText('Waiting for the first webhook…')).toBeVisible();

  expect(await sandbox.sendWebhook('sendgrid', url, 'bounce')).toBe(401);
  await expect(dialog.getByText('Refused: the signature did not match')).toBeVisible();
  await expect(dialog.getByText(/key here differs from the one at Twilio SendGrid/)).toBeVisible();
  await dialog.getByRole('link', { name: 'Open source' }).click();

  await expect(page.getByRole('heading', { name: 'Bounces', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Replace key' }).click();
  await keyField(dialog).fill(rightKey);
  await dialog.getByRole('button', { name: 'Replace key' }).click();
  await expect(dialog).toBeHidden();
  expect(await sandbox.sendWebhook('sendgrid', url, 'bounce')).toBe(200);
  const latest = page.getByRole('table', { name: 'Latest webhooks' });
  await expect(latest.getByRole('row', { name: /bounce/ })).toContainText('Processed');
  await expect(page.getByText('Refused: the signature did not match')).toBeHidden();
  await expect(page.getByText('Receiving')).toBeVisible();

  const opens = page.getByRole('list', { name: 'Events' }).getByRole('switch', { name: 'Opens' });
  await flip(opens);
  await expect(opens).toBeEnabled();
  await expect(opens).not.toBeChecked();
  expect(await sandbox.sendWebhook('sendgrid', url, 'open')).toBe(200);
  await expect(latest.getByRole('row', { name: /open/ })).toContainText('Ignored');
  await flip(opens);
  await expect(opens).toBeEnabled();
  await expect(opens).toBeChecked();
  await latest.getByRole('row', { name: /open/ }).getByRole('button').click();
  const drawer = page.getByRole('dialog', { name: 'Received webhook' });
  await drawer.getByRole('button', { name: 'Process again' }).click();
  await expect(drawer.getByText('Processed', { exact: true }).first()).toBeVisible();
  await expect(drawer.getByRole('region', { name: 'Body' })).toContainText('ada@example.com');
  const event = drawer.getByRole('region', { name: 'Events' });
  await expect(event).toContainText('email.opened');
  await event.getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Event body' })).toContainText('ada@example.com');

  await page.goto('/inbound?tab=suppressed');
  const row = page.getByRole('row', { name: /ada@example\.com/ });
  await expect(row).toContainText('Bounced');
  await row.getByRole('button', { name: 'Remove ada@example.com' }).click();
  await dialog.getByRole('button', { name: 'Remove from the list' }).click();
  await expect(page.getByText('No address is suppressed')).toBeVisible();
});

test('CONN-5 the address of an integration, with the key of its credentials', async ({
  page,
  api,
  sandbox,
}) => {
  const values = await sandbox.credentials('sendgrid');
  const { id } = await api.call<{ id: string }>('POST', '/integrations', { provider: 'sendgrid', values });
  await page.goto(`/integrations/${id}?tab=settings`);
  const card = page.getByRole('region', { name: 'Webhook (bounces and complaints)' });
  await card.getByRole('button', { name: 'Create address' }).click();
  const address = card.getByRole('textbox', { name: 'Address' });
  for (const name of ['Bounces', 'Spam reports', 'Unsubscribes', 'Delivered', 'Opens', 'Clicks']) {
    await expect(card.getByRole('switch', { name })).toBeChecked();
  }
  await expect(card.getByText('Last received never')).toBeVisible();
  expect(await sandbox.sendWebhook('sendgrid', await address.inputValue(), 'spamreport')).toBe(200);
  await expect(card.getByText(/^Last received just now|^Last received \d+ s ago/)).toBeVisible();
});

test('hostile names and bodies are texts, and fit a phone', async ({ page, api, sandbox }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await watchRefusals(page);
  const { webhookPublicKey: key } = await sandbox.credentials('sendgrid');
  const source = await api.call<{ id: string; url: string }>('POST', '/inbound/sources', {
    provider: 'sendgrid',
    key,
    name: `${hostileTexts.markup}${hostileTexts.long}`.slice(0, 100),
  });
  expect(await sandbox.sendWebhook('sendgrid', source.url, 'bounce')).toBe(200);
  await api.call('POST', '/suppressions', {
    address: `${'w'.repeat(60)}@example.com`,
    detail: hostileTexts.markup,
  });
  for (const path of [
    '/inbound',
    `/inbound/${source.id}`,
    '/inbound?tab=received',
    '/inbound?tab=suppressed',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
    await isHarmless(page, path);
    expect(await sidewaysScroll(page), `${path} scrolls sideways by this much`).toBe(0);
  }
});
