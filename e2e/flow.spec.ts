import type { RetryPolicy } from '@trunkline/contract/retry';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';

/** Retries every second, so that an endpoint that is down shows it within a few seconds. */
const everySecond: RetryPolicy = {
  retryStrategy: 'fixed',
  maxRetries: 10,
  initialDelaySeconds: 1,
  maxDelaySeconds: 1,
  enableJitter: false,
};

test('WH-10 a paused webhook holds its deliveries, counts them, and sends them when it is resumed', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({ name: 'Billing', url: endpoint.url });
  await page.goto(`/webhooks/${webhook.id}`);
  await page.getByRole('button', { name: 'Pause deliveries' }).click();
  const banner = page.getByRole('region', { name: 'State of this webhook' });
  await expect(banner).toContainText('New events are held from now on');

  await api.sendMany('job.created', 3);
  await expect(banner).toContainText('3 deliveries are held; they go out when you resume.');
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row', { name: /job\.created/ });
  await expect(rows.filter({ hasText: 'Held' })).toHaveCount(3);
  expect(endpoint.requests).toEqual([]);

  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Billing/ });
  await expect(row).toContainText('Paused');
  await expect(row).toContainText('3 held');
  await row.getByRole('link').click();

  await banner.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(banner).toBeHidden();
  // The button is gone, and what has the focus now is named.
  await expect(page.getByRole('heading', { name: 'Billing', level: 1 })).toBeFocused();
  await expect(rows.filter({ hasText: 'Delivered' })).toHaveCount(3);
  expect(endpoint.requests).toHaveLength(3);
});

test('WH-10 pausing and resuming from the menu of the list', async ({ page, api, receiver }) => {
  await api.createWebhook({ name: 'Billing', url: receiver.endpoint().url });
  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Billing/ });
  for (const [act, state] of [
    ['Pause deliveries', 'Paused'],
    ['Resume deliveries', 'Active'],
  ] as const) {
    await page.getByRole('button', { name: 'Actions for Billing' }).click();
    await page.getByRole('menuitem', { name: act }).click();
    await expect(row.getByText(state, { exact: true })).toBeVisible();
  }
});

test('WH-10 an endpoint that is down: deliveries are held, the next try has a time, and trying now ends it', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  const webhook = await api.createWebhook({ name: 'Payroll', url: endpoint.url, retry: everySecond });
  await page.goto(`/webhooks/${webhook.id}`);
  await api.sendMany('job.created', 25);
  const banner = page.getByRole('region', { name: 'State of this webhook' });
  const tryNow = banner.getByRole('button', { name: 'Try now' });
  await expect(tryNow).toBeVisible({ timeout: 30_000 });
  await expect(banner).toContainText('The endpoint answers 500');
  await expect(banner).toContainText(/25 deliveries are held and none is lost; (next try at \d|trying now)/);
  // A number that changes all the time stands in no region that is read out.
  await expect(banner.locator('[role=status], [aria-live]')).toHaveCount(0);

  endpoint.answerWith(200);
  await tryNow.click();
  await expect(banner).toBeHidden({ timeout: 30_000 });
  await expect
    .poll(async () => (await api.deliveries(webhook.id, 'success')).length, { timeout: 30_000 })
    .toBe(25);
});

test('WH-10 limits and order are set in the form, and an impossible number is refused', async ({
  page,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({ name: 'Careful', url: receiver.endpoint().url });
  await page.goto(`/webhooks/${webhook.id}/edit`);
  const show = page.getByRole('button', { name: 'Show delivery settings' });
  await expect(show).toHaveAttribute('aria-expanded', 'false');
  await show.click();
  await page.getByLabel('Requests at once').fill('600');
  await page.getByLabel('Rate limit, a second').fill('20');
  await page.getByRole('radio', { name: 'Strict per subject, stop at a dead letter' }).check();
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await expect(page.getByLabel('Requests at once')).toHaveAccessibleDescription(/from 1 to 512/);
  await page.getByLabel('Requests at once').fill('4');
  await save.click();
  await expect(page.getByRole('heading', { name: 'Careful', level: 1, exact: true })).toBeVisible();
  await expect(page.getByText(/4 at once, at most 20 a second, in order per subject/)).toBeVisible();
  const { flow } = await api.call<typeof webhook>('GET', `/webhooks/${webhook.id}`);
  expect(flow).toEqual({ maxConcurrency: 4, ratePerSecond: 20, catchUpPerSecond: null, ordering: 'park' });
});

test('WH-10 a dead letter that stops its line says what waits behind it; clearing lets the line go on', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  const webhook = await api.createWebhook({
    name: 'In order',
    url: endpoint.url,
    retry: quickRetry,
    flow: { ordering: 'park' },
  });
  for (const id of ['1', '2', '3']) await api.send('job.created', { id }, 'job/JOB-7');
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(1);
  endpoint.answerWith(200);

  await page.goto('/dead-letters');
  const row = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /In order/ });
  await expect(row).toContainText('Subject job/JOB-7');
  await expect(row).toContainText('2 deliveries wait behind it');
  await row.getByRole('button', { name: 'Clear' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear 1 dead letter?' });
  await expect(dialog).toContainText('Clearing lets the line of job/JOB-7 go on');
  await dialog.getByRole('button', { name: 'Clear 1 dead letter' }).click();
  await expect(page.getByText('No dead letters', { exact: true })).toBeVisible();
  await expect.poll(async () => (await api.deliveries(webhook.id, 'success')).length).toBe(2);
  const sent = endpoint.requests.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id);
  expect(sent).toEqual(['1', '1', '2', '3']);
});
