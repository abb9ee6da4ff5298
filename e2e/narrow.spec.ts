import type { Page } from '@playwright/test';
import { sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Receiver } from './support/receiver.ts';

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

/** Each page is opened once, and looked at in both widths. */
async function fitsInBothWidths(page: Page, pages: readonly (readonly [path: string, heading: string])[]) {
  for (const [path, heading] of pages) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await fits(page, `${path} at ${width} px`);
    }
  }
}

/** A webhook of long texts whose delivery has become a dead letter. */
async function lay(
  api: MachineApi,
  receiver: Receiver,
): Promise<{ name: string; id: string; eventId: string }> {
  const name = 'A webhook with quite a long name for a phone';
  const { id } = await api.createWebhook({
    name,
    url: receiver.endpoint(500).url,
    events: ['job.*', 'candidate.status_changed', 'submission.placed'],
    description: 'It has a description that takes more than one line on a phone.',
    retry: quickRetry,
  });
  const event = await api.send('job.created', { id: 'JOB-1' });
  await expect.poll(async () => (await api.deliveries(id, 'dlq')).length).toBe(1);
  return { name, id, eventId: event.id };
}

test('no page of webhooks and events scrolls sideways at 390 and 320 px', async ({ page, api, receiver }) => {
  const { name, id, eventId } = await lay(api, receiver);
  await fitsInBothWidths(page, [
    ['/webhooks', 'Webhooks'],
    ['/webhooks/new', 'Add webhook'],
    [`/webhooks/${id}`, name],
    [`/webhooks/${id}/edit`, `Edit ${name}`],
    ['/events', 'Events'],
    [`/events/${eventId}`, 'job.created'],
    ['/undelivered', 'Undelivered'],
    ['/bulk-jobs', 'Bulk jobs'],
    ['/dead-letters', 'Dead letters'],
  ]);
});

test('no other page scrolls sideways at 390 and 320 px', async ({ page, api, receiver }) => {
  await lay(api, receiver);
  await api.call('PUT', '/portal/settings', { origins: [`https://${'long-'.repeat(12)}.example.com`] });
  await api.call('POST', '/portal/tokens', { parts: ['webhooks'], subject: 'x'.repeat(120) });
  await fitsInBothWidths(page, [
    ['/portal', 'Portal'],
    ['/event-types', 'Event catalog'],
    ['/retries', 'Retries'],
    ['/api-key', 'API keys'],
    ['/usage', 'API usage'],
    ['/insights?group=experience', 'Insights'],
    ['/audit', 'Audit log'],
    ['/members', 'Members'],
  ]);
});
