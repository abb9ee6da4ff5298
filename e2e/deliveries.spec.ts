import { expect, test } from './support/fixtures.ts';
import { choose } from './support/controls.ts';
import { quickRetry } from './support/machine-api.ts';

test('ADMIN-INT-012 a test shows the request that was sent and the response that came back', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  endpoint.answerWith(200, '{"status":"received","id":"zap_123"}');
  const webhook = await api.createWebhook({
    name: 'Tested',
    url: endpoint.url,
    events: ['job.created', 'interview.scheduled'],
  });
  await page.goto(`/webhooks/${webhook.id}`);
  const panel = page.getByRole('region', { name: 'Test webhook', exact: true });
  await panel.getByRole('combobox', { name: 'Event' }).click();
  await page.getByRole('option', { name: 'interview.scheduled' }).click();
  await panel.getByRole('button', { name: 'Send test webhook' }).click();
  await expect(panel.getByText(/^200 OK \(Delivered in \d/)).toBeVisible();
  await expect(panel).toContainText(`POST${endpoint.url}`);
  const headers = panel.getByRole('table', { name: 'Request headers' });
  await expect(headers).toContainText('webhook-signature');
  await expect(headers).toContainText(/X-Trunkline-Signature/i);
  await expect(panel.getByRole('region', { name: 'Request body' })).toContainText('"interview.scheduled"');
  await expect(panel.getByRole('table', { name: 'Response headers' })).toContainText('x-receiver');
  await expect(panel.getByRole('region', { name: 'Response body' })).toContainText('"zap_123"');
  expect(endpoint.requests).toHaveLength(1);
  expect(endpoint.requests[0]?.headers['x-trunkline-event']).toBe('interview.scheduled');

  endpoint.answerWith(500);
  await panel.getByRole('button', { name: 'Send test webhook' }).click();
  await expect(panel.getByText(/^500 Internal Server Error \(Failed after/)).toBeVisible();
});

test('ADMIN-INT-013 the history shows each delivery with its status, and filters by it', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({
    name: 'History',
    url: endpoint.url,
    events: ['job.*'],
    retry: quickRetry,
  });
  await api.send('job.created', { id: 'JOB-1' });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'success')).length).toBe(1);
  endpoint.answerWith(500);
  await api.send('job.closed', { id: 'JOB-1' });

  await page.goto(`/webhooks/${webhook.id}`);
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
  const good = rows.filter({ hasText: 'job.created' });
  const bad = rows.filter({ hasText: 'job.closed' });
  await expect(good).toContainText('Delivered');
  await expect(good).toContainText('200 OK');
  await expect(bad).toContainText('500 Internal Server Error');
  await expect(bad).toContainText('Dead letter');

  for (const [filter, shown, hidden] of [
    ['Success', good, bad],
    ['Dead letters', bad, good],
  ] as const) {
    await choose(page.getByRole('radio', { name: filter }));
    await expect(hidden).toBeHidden();
    await expect(shown).toBeVisible();
  }
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Dead letters' })).toBeChecked();
  await expect(good).toBeHidden();
  // By type and time, too; both stay in the address.
  await choose(page.getByRole('radio', { name: 'All', exact: true }));
  await page.getByRole('combobox', { name: 'Type of deliveries' }).click();
  await page.getByRole('option', { name: 'job.closed' }).click();
  await expect(good).toBeHidden();
  await page.getByRole('combobox', { name: 'Time of deliveries' }).click();
  await page.getByRole('option', { name: 'Last hour' }).click();
  await expect(page).toHaveURL(/event=job.closed&range=1h/);

  await bad.getByRole('button').first().click();
  const detail = page.getByRole('region', { name: 'Delivery', exact: true });
  await detail.getByRole('tab', { name: /Attempts/ }).click();
  await expect(detail.getByRole('list', { name: 'Attempts' })).toContainText('Attempt 2');
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByRole('region', { name: 'Response body' })).toContainText('It broke.');
});

test('ADMIN-INT-014 replaying a failed delivery sends the same payload and message id, as a new flagged row', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  const webhook = await api.createWebhook({ name: 'Replayed', url: endpoint.url, retry: quickRetry });
  await api.send('job.created', { id: 'JOB-7', title: 'Welder' });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(1);
  const failed = endpoint.requests.length;
  endpoint.answerWith(200);

  await page.goto(`/webhooks/${webhook.id}`);
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
  await rows.filter({ hasText: 'job.created' }).getByRole('button').first().click();
  const detail = page.getByRole('region', { name: 'Delivery', exact: true });
  await detail.getByRole('button', { name: 'Replay' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay this job.created?' });
  await expect(dialog).toContainText('same message id');
  await dialog.getByRole('button', { name: 'Replay' }).click();
  await expect(dialog).toBeHidden();

  await expect(rows.filter({ hasText: 'job.created' })).toHaveCount(2);
  await expect(detail.getByText('Delivered')).toBeVisible();
  expect(endpoint.requests).toHaveLength(failed + 1);
  const [first] = endpoint.requests;
  const last = endpoint.requests.at(-1);
  expect(last?.body).toBe(first?.body);
  expect(last?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  await detail.getByRole('button', { name: 'Open the first delivery' }).click();
  await expect(detail.getByText('Dead letter')).toBeVisible();

  await detail.getByRole('button', { name: 'Close delivery' }).click();
  await expect(rows.filter({ hasText: 'Replay' })).toContainText('Delivered');
  await expect(rows.filter({ hasText: 'job.created' })).toHaveCount(2);
});

test('WH-5 what one sends oneself is in the history at once, even while live updates are paused', async ({
  page,
  api,
  receiver,
}) => {
  await api.send('job.updated', { id: 'before the webhook' });
  const webhook = await api.createWebhook({
    name: 'At once',
    url: receiver.endpoint().url,
    events: ['job.*'],
  });
  await api.send('job.created', { id: 'JOB-1' });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'success')).length).toBe(1);

  await page.goto(`/webhooks/${webhook.id}`);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const table = page.getByRole('table', { name: 'Deliveries' });
  await table
    .getByRole('row', { name: /job.created/ })
    .getByRole('button')
    .click();
  const detail = page.getByRole('region', { name: 'Delivery', exact: true });
  await detail.getByRole('button', { name: 'Replay' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
  await expect(table.getByRole('row', { name: /job.created/ })).toHaveCount(2);

  await page.getByRole('button', { name: 'Send test webhook' }).click();
  await expect(table.getByRole('row', { name: /Test/ })).toHaveCount(1);

  await page.getByRole('button', { name: 'Recover since…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Recover 1 event' }).click();
  await expect(table.getByRole('row', { name: /job.updated/ })).toHaveCount(1);
});

test('WH-5 all failed deliveries are replayed together, and missed events recovered', async ({
  page,
  api,
  receiver,
}) => {
  await api.send('job.updated', { id: 'before the webhook' });
  const endpoint = receiver.endpoint(500);
  const webhook = await api.createWebhook({
    name: 'Repaired',
    url: endpoint.url,
    events: ['job.*'],
    retry: quickRetry,
  });
  await Promise.all([1, 2, 3].map((id) => api.send('job.created', { id: `JOB-${id}` })));
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(3);
  endpoint.answerWith(200);

  await page.goto(`/webhooks/${webhook.id}`);
  await page.getByRole('button', { name: 'Replay failed' }).click();
  await page
    .getByRole('dialog', { name: 'Replay all failed deliveries?' })
    .getByRole('button', { name: 'Replay 3 deliveries' })
    .click();
  await expect(page.getByText('3 deliveries are sent again')).toBeVisible();
  await expect.poll(async () => (await api.deliveries(webhook.id, 'success')).length).toBe(3);

  await page.getByRole('button', { name: 'Recover since…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Recover missed events' });
  await expect(dialog.getByText('1 event would be sent.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Recover 1 event' }).click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(() => endpoint.requests.map(({ headers }) => headers['x-trunkline-event']))
    .toContain('job.updated');
});

test('DASH-5 a delivery appears in the open debugger within two seconds, without a reload', async ({
  page,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({ name: 'Watched', url: receiver.endpoint().url });
  await page.goto(`/webhooks/${webhook.id}`);
  await expect(page.getByText('No deliveries yet')).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await api.send('job.created', { id: 'JOB-1' });
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
  await expect(rows.filter({ hasText: 'job.created' })).toContainText('Delivered', { timeout: 2000 });
});

test('DASH-5 paused, the page stands still and says how much is new', async ({ page, api, receiver }) => {
  const webhook = await api.createWebhook({ name: 'Paused', url: receiver.endpoint().url });
  await page.goto(`/webhooks/${webhook.id}`);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await api.send('job.created', { id: 'JOB-1' });
  await expect(page.getByText(/^\d+ new$/)).toBeVisible();
  await expect(page.getByText('No deliveries yet')).toBeVisible();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
  await expect(rows.filter({ hasText: 'job.created' })).toBeVisible();
});

test('DASH-5 every tab of a browser is live, also after the first one is closed', async ({
  page,
  context,
  api,
  receiver,
}) => {
  const webhook = await api.createWebhook({
    name: 'Two tabs',
    url: receiver.endpoint().url,
    events: ['job.*'],
  });
  const second = await context.newPage();
  for (const tab of [page, second]) {
    await tab.goto(`/webhooks/${webhook.id}`);
    await expect(tab.getByText('Live', { exact: true })).toBeVisible();
  }
  await api.send('job.created', { id: 'JOB-1' });
  for (const tab of [page, second]) {
    await expect(tab.getByRole('row', { name: /job\.created/ })).toContainText('Delivered');
  }
  await page.close();
  await api.send('job.closed', { id: 'JOB-1' });
  await expect(second.getByRole('row', { name: /job\.closed/ })).toContainText('Delivered');
});
