import type { RetryConfig } from '@trunkline/contract/retry';
import { flip } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';

test('ADMIN-INT-015 a changed retry policy changes the picture, is saved, and survives a reload', async ({
  page,
  api,
}) => {
  await page.goto('/retries');
  const sentence = page.getByText(/attempts; gives up after about/);
  await expect(sentence).toHaveText(/^4 attempts/);
  await page.getByRole('radio', { name: 'Fixed delay' }).check();
  await page.getByLabel('Max retries').fill('6');
  await page.getByLabel('Initial delay').fill('10');
  await flip(page.getByRole('switch', { name: 'Add random jitter' }));
  await expect(sentence).toHaveText('7 attempts; gives up after about 1 min');
  await page.getByLabel('Retention').fill('14');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Retry settings saved')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Unsaved changes' })).toBeHidden();

  await page.reload();
  await expect(page.getByRole('radio', { name: 'Fixed delay' })).toBeChecked();
  await expect(page.getByLabel('Max retries')).toHaveValue('6');
  await expect(page.getByLabel('Retention')).toHaveValue('14');
  await expect(sentence).toHaveText('7 attempts; gives up after about 1 min');
  expect(await api.call<RetryConfig>('GET', '/retry-config')).toMatchObject({
    retryStrategy: 'fixed',
    maxRetries: 6,
    initialDelaySeconds: 10,
    enableJitter: false,
    enableDlq: true,
    dlqRetentionDays: 14,
  });
});

test('RETRY-1 numbers out of range are refused at their field; others are discarded on request', async ({
  page,
}) => {
  await page.goto('/retries');
  await page.getByLabel('Max retries').fill('11');
  await expect(page.getByText('A whole number from 1 to 10')).toBeVisible();
  await page.getByLabel('Max delay').fill('2');
  await expect(page.getByText('At least the initial delay, 5 s')).toBeVisible();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Some fields need another look.')).toBeVisible();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByLabel('Max retries')).toHaveValue('3');
});
