import type { Page } from '@playwright/test';
import { sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';

const markup = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
const reversed = 'invoice\u202Egpj.exe';
const long = 'W'.repeat(500);

async function isHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(() => 'pwned' in window), 'a script of the data ran').toBe(false);
  expect(await page.locator('main img[src="x"], #overlays img[src="x"]').count()).toBe(0);
  expect(await sidewaysScroll(page), 'the page scrolls sideways').toBe(0);
}

test('hostile names, descriptions and event data are shown as text and break nothing', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  endpoint.answerWith(500, `${markup}${long}`);
  const webhook = await api.createWebhook({
    name: `${markup} ${reversed}`,
    url: `${endpoint.url}?q=${long}`.replace(/\?.*/, ''),
    description: long,
    events: ['job.created', `${'x'.repeat(59)}.${'y'.repeat(59)}`],
    retry: quickRetry,
  });
  await api.send('job.created', { title: markup, file: reversed, note: long });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(1);

  await page.goto('/webhooks');
  await expect(page.getByRole('row').filter({ hasText: markup })).toBeVisible();
  await isHarmless(page);

  await page.goto(`/webhooks/${webhook.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(markup);
  await page
    .getByRole('table', { name: 'Deliveries' })
    .getByRole('row', { name: /job.created/ })
    .getByRole('button')
    .click();
  const detail = page.getByRole('region', { name: 'Delivery', exact: true });
  await expect(detail.getByRole('region', { name: 'Request body' })).toContainText('onerror');
  await isHarmless(page);
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByRole('region', { name: 'Response body' })).toContainText(markup);
  await isHarmless(page);

  await page.goto('/dead-letters');
  await expect(page.getByRole('row').filter({ hasText: markup })).toBeVisible();
  await isHarmless(page);
  await page.goto('/audit');
  await page.getByRole('button', { name: 'Webhook created' }).click();
  await expect(page.getByRole('table', { name: /^Changes of record/ })).toContainText('onerror');
  await isHarmless(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search pages/ }).fill('onerror');
  await expect(page.getByRole('option')).toContainText(markup);
  await isHarmless(page);
});

test('hostile names of people and organizations are shown as text', async ({ openPage, keeper }) => {
  const organization = await keeper.createOrganization(`<b>${markup.slice(0, 60)}</b>`, {
    name: `<i>Mallory</i> ${reversed}`,
  });
  const page = await openPage(organization.administrator);
  await page.goto('/members');
  await expect(page.getByRole('row', { name: /<i>Mallory<\/i>/ })).toBeVisible();
  await expect(page.locator('aside')).toContainText('<b><img');
  await isHarmless(page);
});
