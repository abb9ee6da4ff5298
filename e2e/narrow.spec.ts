import type { Page } from '@playwright/test';
import { sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

async function fits(page: Page, what: string): Promise<void> {
  expect(await sidewaysScroll(page), `${what} scrolls sideways by this much`).toBe(0);
}

test('on a phone: from the menu to a new webhook, a test, and a delivery', async ({ page, receiver }) => {
  const endpoint = receiver.endpoint();
  await page.goto('/retries');
  await page.getByRole('button', { name: 'Open the menu' }).click();
  const menu = page.getByRole('dialog', { name: 'Menu' });
  await menu.getByRole('link', { name: 'Endpoints' }).click();
  await expect(menu).toBeHidden();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await fits(page, 'the empty list');

  await page.getByRole('link', { name: 'Add webhook' }).first().click();
  await page.getByLabel('Webhook name').fill('From a phone');
  await page.getByLabel('Webhook URL').fill(endpoint.url);
  await page.getByLabel('Webhook URL').blur();
  await expect(page.getByText('The endpoint answered 200')).toBeVisible();
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await fits(page, 'the form');
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByText(/^200 OK \(Delivered in/)).toBeVisible();
  await fits(page, 'the created webhook');

  await page.getByRole('link', { name: 'Open webhook' }).click();
  const row = page.getByRole('table', { name: 'Deliveries' }).getByRole('row', { name: /job.created/ });
  await row.getByRole('button').click();
  const drawer = page.getByRole('dialog', { name: 'Delivery' });
  await expect(drawer.getByRole('region', { name: 'Request body' })).toContainText('job.created');
  await drawer.getByRole('button', { name: 'Close delivery' }).click();
  await expect(drawer).toBeHidden();
  await fits(page, 'the webhook');
});

for (const width of [390, 320]) {
  test(`no page scrolls sideways at ${width} px`, async ({ page, api, receiver }) => {
    await page.setViewportSize({ width, height: 800 });
    const webhook = await api.createWebhook({
      name: 'A webhook with quite a long name for a phone',
      url: receiver.endpoint(500).url,
      events: ['job.*', 'candidate.status_changed', 'submission.placed'],
      description: 'It has a description that takes more than one line on a phone.',
      retry: quickRetry,
    });
    const event = await api.send('job.created', { id: 'JOB-1' });
    await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(1);
    for (const [path, heading] of [
      ['/webhooks', 'Webhooks'],
      ['/webhooks/new', 'Add webhook'],
      [`/webhooks/${webhook.id}`, 'A webhook with quite a long name for a phone'],
      [`/webhooks/${webhook.id}/edit`, 'Edit A webhook with quite a long name for a phone'],
      ['/events', 'Events'],
      [`/events/${event.id}`, 'job.created'],
      ['/undelivered', 'Undelivered'],
      ['/bulk-jobs', 'Bulk jobs'],
      ['/dead-letters', 'Dead letters'],
      ['/event-types', 'Event catalog'],
      ['/retries', 'Retries'],
      ['/api-key', 'API keys'],
      ['/usage', 'API usage'],
      ['/insights?group=experience', 'Insights'],
      ['/audit', 'Audit log'],
      ['/members', 'Members'],
    ] as const) {
      await page.goto(path);
      await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      await fits(page, path);
    }
  });
}
