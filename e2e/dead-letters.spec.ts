import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import { quickRetry } from './support/machine-api.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Endpoint } from './support/receiver.ts';

/** A webhook whose deliveries of these events have all become dead letters. */
async function deadLetters(api: MachineApi, endpoint: Endpoint, name: string, ids: string[]): Promise<void> {
  const webhook = await api.createWebhook({ name, url: endpoint.url, retry: quickRetry });
  for (const id of ids) await api.send('job.created', { id });
  await expect.poll(async () => (await api.deliveries(webhook.id, 'dlq')).length).toBe(ids.length);
}

test('ADMIN-INT-016 the dead-letter queue shows what failed, why, and the whole exchange', async ({
  page,
  api,
  receiver,
}) => {
  await deadLetters(api, receiver.endpoint(500), 'Payroll', ['JOB-1']);
  await page.goto('/dead-letters');
  const row = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /Payroll/ });
  await expect(row).toContainText('job.created');
  await expect(row).toContainText('2 attempts');
  await expect(row).toContainText('500');
  await row.getByRole('button', { name: 'View' }).click();
  const drawer = page.getByRole('dialog', { name: 'job.created → Payroll' });
  await expect(drawer.getByRole('region', { name: 'Request body' })).toContainText('JOB-1');
  await drawer.getByRole('tab', { name: 'Response' }).click();
  await expect(drawer.getByRole('region', { name: 'Response body' })).toContainText('It broke.');
  await drawer.getByRole('tab', { name: /Attempts/ }).click();
  await expect(drawer.getByText('Attempt 2', { exact: true })).toBeVisible();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(drawer).toBeHidden();
});

test('ADMIN-INT-017 a retried dead letter leaves the queue when it is delivered, and stays when not', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  // Two deliveries, so that enough attempts have failed for the endpoint to be shown as failing.
  await deadLetters(api, endpoint, 'Payroll', ['JOB-1', 'JOB-2']);
  await page.goto('/dead-letters');
  const rows = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /Payroll/ });
  await expect(rows).toHaveCount(2);
  const row = rows.first();
  const dialog = page.getByRole('dialog', { name: 'Retry 1 dead letter?' });

  // The endpoint fails, so the product asks before it tries again.
  await row.getByRole('button', { name: 'Retry' }).click();
  await expect(dialog).toContainText('Payroll is failing');
  const tried = endpoint.requests.length;
  await dialog.getByRole('button', { name: 'Retry 1 dead letter' }).click();
  await expect.poll(() => endpoint.requests.length).toBeGreaterThan(tried);
  await expect(page.getByText('1 retry failed again and stays here.')).toBeVisible();
  await expect(rows).toHaveCount(2);

  endpoint.answerWith(200);
  await row.getByRole('button', { name: 'Retry' }).click();
  await dialog.getByRole('button', { name: 'Retry 1 dead letter' }).click();
  await expect(page.getByText('job.created was delivered to Payroll and left the queue.')).toBeVisible();
  await expect(rows).toHaveCount(1);
  const last = endpoint.requests.at(-1);
  const before = endpoint.requests.find(
    ({ headers }) => headers['webhook-id'] === last?.headers['webhook-id'],
  );
  expect(before).not.toBe(last);
  expect(last?.body).toBe(before?.body);
});

test('ADMIN-INT-018 ACC-2 clearing a dead letter asks, wants a fresh proof of identity, and sends nothing', async ({
  page,
  api,
  receiver,
  keeper,
  organization,
  watch,
}) => {
  watch.allow(/status of 40[13]/);
  const endpoint = receiver.endpoint(500);
  await deadLetters(api, endpoint, 'Payroll', ['JOB-1', 'JOB-2']);
  const sent = endpoint.requests.length;
  await page.goto('/dead-letters');
  const rows = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /Payroll/ });
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole('button', { name: 'Clear' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear 1 dead letter?' });
  await dialog.getByRole('button', { name: 'Clear 1 dead letter' }).click();
  await expect(rows).toHaveCount(1);

  await keeper.ageSessions(organization.administrator);
  await rows.first().getByRole('button', { name: 'Clear' }).click();
  await dialog.getByRole('button', { name: 'Clear 1 dead letter' }).click();
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await proof.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toContainText('Nothing was changed');
  await expect(proof).toBeHidden();
  await dialog.getByRole('button', { name: 'Clear 1 dead letter' }).click();
  await proof.getByLabel(/^Password/).fill('not the password');
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof.getByRole('alert')).toHaveText('The password is not right');
  await proof.getByLabel(/^Password/).fill(password);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof).toBeHidden();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('No dead letters', { exact: true })).toBeVisible();
  expect(endpoint.requests).toHaveLength(sent);
});

test('DLQ-1 selected dead letters are retried together, the rest is cleared', async ({
  page,
  api,
  receiver,
}) => {
  const endpoint = receiver.endpoint(500);
  await deadLetters(api, endpoint, 'Payroll', ['JOB-1', 'JOB-2', 'JOB-3']);
  endpoint.answerWith(200);
  await page.goto('/dead-letters');
  await expect(page.getByRole('link', { name: /Dead letters/ })).toContainText('3');
  const choose = page.getByRole('checkbox', { name: 'Select job.created to Payroll' });
  await choose.nth(0).check();
  await choose.nth(1).check();
  await page.getByRole('button', { name: 'Retry selected' }).click();
  await page
    .getByRole('dialog', { name: 'Retry 2 dead letters?' })
    .getByRole('button', { name: 'Retry 2 dead letters' })
    .click();
  await expect(page.getByText('2 deliveries arrived and left the queue.')).toBeVisible();
  await expect(choose).toHaveCount(1);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page
    .getByRole('dialog', { name: 'Clear 1 dead letter?' })
    .getByRole('button', { name: 'Clear 1 dead letter' })
    .click();
  await expect(page.getByText('No dead letters', { exact: true })).toBeVisible();
});
