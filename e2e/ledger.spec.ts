import type { RetryPolicy } from '@trunkline/contract/retry';
import { choose } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';

/** The retry comes long after the test. */
const patient: RetryPolicy = { ...quickRetry, initialDelaySeconds: 3600, maxDelaySeconds: 3600 };

test('everything that was not delivered is listed with its reason, and nothing else', async ({
  page,
  api,
  receiver,
}) => {
  await page.goto('/undelivered');
  await expect(page.getByText(/^Everything since .+ was delivered$/)).toBeVisible();

  const good = await api.createWebhook({ name: 'Good', url: receiver.endpoint().url });
  const dead = await api.createWebhook({ name: 'Dead', url: receiver.endpoint(500).url, retry: quickRetry });
  await api.createWebhook({ name: 'Waits', url: receiver.endpoint(503).url, retry: patient });
  await api.send('job.created', { id: 'JOB-1' }, 'job/JOB-1');
  await expect.poll(async () => (await api.deliveries(dead.id, 'dlq')).length).toBe(1);

  const table = page.getByRole('table', { name: 'Undelivered events' });
  const deadRow = table.getByRole('row', { name: /Dead/ });
  const waitingRow = table.getByRole('row', { name: /Waits/ });
  await expect(deadRow).toContainText('Dead letter');
  await expect(deadRow).toContainText('job/JOB-1');
  await expect(waitingRow).toContainText('Waiting');
  await expect(waitingRow).toContainText('The last attempt failed');
  await expect(waitingRow).toContainText(/in \d+ min|in 1 h/);
  await expect(table.getByRole('row', { name: /Good/ })).toHaveCount(0);

  await choose(page.getByRole('radio', { name: 'Waiting' }));
  await expect(deadRow).toBeHidden();
  await expect(waitingRow).toBeVisible();
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Waiting' })).toBeChecked();
  await choose(page.getByRole('radio', { name: 'All', exact: true }));

  const webhook = page.getByRole('combobox', { name: 'Webhook' });
  await webhook.click();
  await page.getByRole('option', { name: 'Good' }).click();
  await expect(page.getByText(/^Everything since .+ was delivered to Good$/)).toBeVisible();
  expect(page.url()).toContain(good.id);

  await webhook.click();
  await page.getByRole('option', { name: 'Dead' }).click();
  await expect(deadRow).toBeVisible();
  await page.getByRole('button', { name: 'Replay failed' }).click();
  await expect(page.getByRole('dialog').getByText('1 delivery would be sent.')).toBeVisible();
  await page.keyboard.press('Escape');
  await deadRow.getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Delivery', exact: true })).toContainText('Dead letter');
});

test('what a webhook missed while it was off is recovered from the page of undelivered events', async ({
  page,
  api,
  receiver,
}) => {
  await api.send('job.created', { id: 'before the webhook' });
  const endpoint = receiver.endpoint();
  await api.createWebhook({ name: 'Late', url: endpoint.url });
  await page.goto('/undelivered');
  const recover = page.getByRole('button', { name: 'Recover…' });
  await expect(recover).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('combobox', { name: 'Webhook' }).click();
  await page.getByRole('option', { name: 'Late' }).click();
  await choose(page.getByRole('radio', { name: 'Last hour' }));
  await recover.click();
  const dialog = page.getByRole('dialog', { name: 'Recover missed events' });
  await expect(dialog.getByRole('radio', { name: 'Last hour' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Recover 1 event' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => endpoint.requests.length).toBe(1);
});

test('an event tells what became of it at every webhook, and leads to its deliveries and back', async ({
  page,
  api,
  receiver,
}) => {
  const good = await api.createWebhook({ name: 'Good', url: receiver.endpoint().url });
  const dead = await api.createWebhook({ name: 'Dead', url: receiver.endpoint(500).url, retry: quickRetry });
  const paused = await api.createWebhook({ name: 'Held up', url: receiver.endpoint().url });
  await api.createWebhook({ name: 'Elsewhere', url: receiver.endpoint().url, events: ['candidate.*'] });
  await api.call('PATCH', `/webhooks/${paused.id}`, { status: 'paused' });
  await api.send('job.created', { id: 'JOB-2' }, 'job/JOB-2');
  const event = await api.send('job.created', { id: 'JOB-1', title: 'Welder' }, 'job/JOB-1');
  await expect.poll(async () => (await api.deliveries(dead.id, 'dlq')).length).toBe(2);
  await expect.poll(async () => (await api.deliveries(good.id, 'success')).length).toBe(2);

  await page.goto('/events');
  const events = page.getByRole('table', { name: 'Events' });
  await expect(events.getByRole('row', { name: /job\.created/ })).toHaveCount(2);
  await page.getByRole('textbox', { name: 'Subject' }).fill('job/JOB-1');
  await expect(events.getByRole('row', { name: /job\.created/ })).toHaveCount(1);
  await events.getByRole('link').click();

  await expect(page.getByRole('heading', { name: 'job.created', level: 1 })).toBeFocused();
  await expect(page.getByText('Delivered to 1 of 3 webhooks; 1 waits, 1 is a dead letter.')).toBeVisible();
  const ledger = page.getByRole('table', { name: 'Ledger' });
  await expect(ledger.getByRole('row', { name: /Good/ })).toContainText('Delivered');
  await expect(ledger.getByRole('row', { name: /Dead/ })).toContainText('500 Internal Server Error');
  await expect(ledger.getByRole('row', { name: /Held up/ })).toContainText('The webhook is paused');
  await expect(page.getByRole('region', { name: 'Event body' })).toContainText('"Welder"');
  await expect(ledger.getByRole('row', { name: /Elsewhere/ })).toHaveCount(0);
  await page.getByRole('button', { name: /^Show 1 more webhook/ }).click();
  await expect(ledger.getByRole('row', { name: /Elsewhere/ })).toContainText('Not sent');

  await ledger.getByRole('link', { name: 'Good' }).click();
  const delivery = page.getByRole('region', { name: 'Delivery', exact: true });
  await delivery.getByRole('link', { name: event.id }).click();
  await expect(page.getByRole('heading', { name: 'job.created', level: 1 })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/events/${event.id}`);
});

test('an event is found by its message id, and one that is not there says so', async ({
  page,
  api,
  watch,
}) => {
  watch.allow(/status of 404/);
  const event = await api.send('job.created', { id: 'JOB-1' });
  await page.goto('/events');
  const field = page.getByRole('textbox', { name: 'Message id' });
  await field.fill(event.id);
  await field.press('Enter');
  await expect(page.getByText('No webhook subscribed to it when it was sent.')).toBeVisible();
  await page.goto('/events/evt_unknown');
  await expect(page.getByText('There is no event with this id')).toBeVisible();
});
