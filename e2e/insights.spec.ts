import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { mutate } from './support/trpc.ts';

/** What was sent, once these events were taken: a page sends what it gathered in one batch or in several. */
async function taken(page: Page, ...events: string[]): Promise<string> {
  const missing = new Set(events);
  let sent = '';
  await page.waitForResponse((response) => {
    if (!response.url().endsWith('/insights.recordInteractions') || response.status() !== 200) return false;
    const batch = response.request().postData() ?? '';
    sent += batch;
    for (const event of events) if (batch.includes(`"${event}"`)) missing.delete(event);
    return missing.size === 0;
  });
  return sent;
}

const row = (page: Page, table: string, name: string) =>
  page.getByRole('table', { name: table, exact: true }).getByRole('row', { name });

test('ACC-4 what is done in the pages is counted, until the switch is off', async ({
  page,
  pageAs,
  product,
}) => {
  const first = taken(page, 'category_filtered', 'integration_card_clicked');
  await page.goto('/integrations?tab=available');
  await page.getByRole('radio', { name: /^Chat/ }).check();
  await page.getByRole('button', { name: 'Connect Slack' }).click();
  await page.keyboard.press('Escape');
  await first;

  // Without a URL the form is refused.
  const second = taken(page, 'webhook_save_failed');
  await page.goto('/webhooks/new');
  await page.getByLabel('Webhook name').fill('Billing');
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  expect(await second).not.toContain('Billing');
  page.once('dialog', (dialog) => void dialog.accept());

  await page.goto('/insights?group=experience');
  await expect(row(page, 'Categories that people choose', 'Chat')).toContainText('1');
  await expect(row(page, 'Providers that people look at', 'Slack')).toContainText('1');
  await expect(row(page, 'How often integrations are looked at', 'System administrators')).toBeVisible();
  await expect(page.getByText(/^Nobody opened: .*Failover/)).toBeVisible();

  await page.getByRole('tab', { name: 'Operation' }).click();
  await expect(row(page, 'Where webhook forms go wrong', 'url')).toContainText('form');
  const limits = page.getByRole('region', { name: 'Limits that were reached' });
  await expect(limits.getByText('No answer in this time')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download “Where webhook forms go wrong” as CSV' }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toContain('url,form,1,1');

  // Off: nothing is sent any more, and what is sent all the same is not written.
  const recording = page.getByRole('region', { name: 'What is recorded' });
  await recording.getByRole('switch').click({ force: true });
  await expect(page.getByText('Recording is off')).toBeVisible();
  let posts = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/insights.recordInteractions')) posts += 1;
  });
  await page.goto('/failover');
  await page.goto('/insights?group=experience');
  await expect(page.getByText(/^Nobody opened: .*Failover/)).toBeVisible();
  expect(posts).toBe(0);
  const event = { event: 'page_viewed', properties: { page: 'failover' } };
  expect(
    await mutate(page, 'insights.recordInteractions', { device: 'wide', events: [event] }),
  ).toMatchObject({
    status: 200,
  });
  await page.reload();
  await expect(page.getByText(/^Nobody opened: .*Failover/)).toBeVisible();
  await page.goto('/audit');
  await expect(page.getByRole('button', { name: 'Recording of use changed' })).toBeVisible();

  // Utility administrators see it and decide nothing; viewers see none of it.
  const { page: utility } = await pageAs('utility_admin');
  await utility.goto('/insights?group=security');
  await expect(utility.getByRole('table', { name: 'Gaps of the audit log' })).toBeVisible();
  await expect(utility.getByRole('switch')).toBeDisabled();
  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/webhooks');
  await expect(viewer.getByRole('link', { name: 'Insights' })).toHaveCount(0);
  const anonymous = await fetch(`${product.url}/api/v1/insights`);
  expect(anonymous.status).toBe(401);
});

test('a browser that asks not to be followed is not', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
  });
  let posts = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/insights.recordInteractions')) posts += 1;
  });
  await page.goto('/webhooks');
  await page.goto('/health');
  await page.goto('/insights?group=experience');
  const pages = page.getByRole('region', { name: 'Pages and how they are used' });
  await expect(pages.getByText('No answer in this time')).toBeVisible();
  expect(posts).toBe(0);
});
