import type { Page } from '@playwright/test';
import { choose } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';

async function startRecovery(page: Page, rate: string): Promise<void> {
  await page.getByRole('button', { name: 'Recover since…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Recover missed events' });
  await expect(dialog.getByText('40 events would be sent.')).toBeVisible();
  await dialog.getByLabel('Rate, a second').fill(rate);
  await dialog.getByRole('button', { name: 'Recover 40 events' }).click();
  await expect(dialog).toBeHidden();
}

test('a recovery counts first, shows its progress, pauses, goes on and ends', async ({
  page,
  api,
  receiver,
}) => {
  await api.sendMany('job.created', 40);
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({ name: 'New one', url: endpoint.url });
  await page.goto(`/webhooks/${webhook.id}`);
  await startRecovery(page, '8');

  const job = page.getByRole('region', { name: /^Recovery for New one/ });
  await expect(job).toContainText(/\d+ of 40/);
  await expect(job).toContainText('Rate: 8 a second');
  await expect(job).toContainText('Started by Ada Stone');
  const pause = job.getByRole('button', { name: 'Pause: Recovery for New one' });
  await pause.click();
  const resume = job.getByRole('button', { name: 'Resume: Recovery for New one' });
  await expect(resume).toBeFocused();
  await expect(job.getByText('Paused', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Bulk jobs', exact: true }).click();
  const row = page.getByRole('table', { name: 'Bulk jobs' }).getByRole('row', { name: /Recovery/ });
  await expect(row).toContainText('New one');
  await expect(row).toContainText('by Ada Stone');
  await row.getByRole('button', { name: /^Resume/ }).click();
  await expect(row.getByText('Completed')).toBeVisible({ timeout: 20_000 });
  await expect(row).toContainText('40 of 40');
  await expect.poll(() => endpoint.requests.length).toBe(40);
});

test('a recovery that ends while it is on screen says so', async ({ page, api, receiver }) => {
  await api.sendMany('job.created', 40);
  const webhook = await api.createWebhook({ name: 'New one', url: receiver.endpoint().url });
  await page.goto(`/webhooks/${webhook.id}`);
  await startRecovery(page, '20');
  await expect(page.getByText('Recovery for New one is complete: 40 events queued.')).toBeVisible({
    timeout: 20_000,
  });
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByText(/is complete/)).toBeHidden();
});

test('cancelling a bulk job asks first and keeps what is queued', async ({ page, api, receiver }) => {
  await api.sendMany('job.created', 40);
  const endpoint = receiver.endpoint();
  const webhook = await api.createWebhook({ name: 'New one', url: endpoint.url });
  await page.goto(`/webhooks/${webhook.id}`);
  await startRecovery(page, '2');
  const job = page.getByRole('region', { name: /^Recovery for New one/ });
  const dialog = page.getByRole('dialog', { name: 'Cancel this recovery for New one?' });
  for (const answer of ['Keep it', 'Cancel the job']) {
    await job.getByRole('button', { name: 'Cancel: Recovery for New one' }).click();
    await expect(dialog).toContainText(/queued already|Nothing is queued yet/);
    await dialog.getByRole('button', { name: answer }).click();
    await expect(dialog).toBeHidden();
    if (answer === 'Keep it') await expect(job).toBeVisible();
  }
  await expect(job).toBeHidden();
  await expect(page.getByText(/^Recovery for New one was cancelled after \d+ of 40\.$/)).toBeVisible();

  await page.goto('/bulk-jobs');
  const table = page.getByRole('table', { name: 'Bulk jobs' });
  await expect(table.getByRole('row', { name: /Recovery/ })).toContainText('Cancelled');
  await choose(page.getByRole('radio', { name: 'Unfinished' }));
  await expect(page.getByText('Every job is finished')).toBeVisible();
});

test('retrying all dead letters counts first and shows its progress on their page', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  const webhook = await api.createWebhook({ name: 'Payroll', url: endpoint.url, retry: quickRetry });
  await api.sendMany('job.created', 8);
  await expect
    .poll(async () => (await api.deliveries(webhook.id, 'dlq')).length, { timeout: 20_000 })
    .toBe(8);
  endpoint.answerWith(200);
  await page.goto('/dead-letters');
  await page.getByRole('button', { name: 'Retry all' }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry 8 dead letters?' });
  await expect(dialog.getByText('8 dead letters would be sent.')).toBeVisible();
  await dialog.getByLabel('Rate, a second').fill('2');
  await dialog.getByRole('button', { name: 'Retry 8 dead letters' }).click();
  await expect(page.getByRole('region', { name: /^Retry of dead letters for all webhooks/ })).toContainText(
    /\d of 8/,
  );
  await expect(page.getByText('No dead letters', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'success')).length).toBe(8);
});
