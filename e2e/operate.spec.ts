import type { IntegrationDetail } from '@trunkline/contract/integrations';
import type { VerificationReport } from '@trunkline/contract/verification';
import type { Page } from '@playwright/test';
import { sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';

/** Shows the page a report with so many integrations; the server's own has one. */
async function lengthenReport(page: Page, length: number): Promise<void> {
  await page.route('**/api/trpc/*verification.getVerification*', async (route) => {
    const response = await route.fetch();
    const answers = (await response.json()) as { result: { data: Partial<VerificationReport> } }[];
    for (const { result } of answers) {
      const [item] = result.data.items ?? [];
      if (!item) continue;
      result.data.items = Array.from({ length }, (_, index) => ({
        ...item,
        integrationId: item.integrationId.slice(0, -3) + String(index).padStart(3, '0'),
      }));
    }
    await route.fulfill({ response, json: answers });
  });
}

/** How many rows are drawn at the moment when the browser takes the page to paper. */
async function printedRows(page: Page): Promise<number> {
  return page.evaluate(() => {
    window.dispatchEvent(new Event('beforeprint'));
    const { length } = document.querySelectorAll('tbody tr');
    window.dispatchEvent(new Event('afterprint'));
    return length;
  });
}

/** Providers that no other test puts into a condition. */
const slug = 'mailgun';
const slowSlug = 'stripe';
/** How soon a fact is on the screen (DASH-5). */
const liveMs = 2_000;

/** Waits until a check has stored that an integration does not work, and says when it did, in ms. */
async function failureStoredAt(api: MachineApi, id: string): Promise<number> {
  let found: IntegrationDetail | undefined;
  await expect
    .poll(
      async () => {
        found = await api.call<IntegrationDetail>('GET', `/integrations/${id}`);
        return found.status;
      },
      { intervals: [50] },
    )
    .toBe('error');
  return Date.parse(found?.lastCheckAt ?? '');
}

test('an outage: seen on the integrations page, followed by its runbook, told of in the verification', async ({
  page,
  api,
  sandbox,
}) => {
  const values = await sandbox.credentials(slug);
  const { id } = await api.call<IntegrationDetail>('POST', '/integrations', {
    provider: slug,
    name: 'Receipts by email',
    values,
  });
  try {
    await page.goto('/integrations');
    const row = page.getByRole('row').filter({ hasText: 'Receipts by email' });
    await expect(row).toContainText('Active');
    await expect(page.getByRole('region', { name: 'Alerts' })).toBeHidden();

    // The check of all finds it, and the page says so without being loaded again (CRM AC 18).
    await sandbox.setCondition(slug, 'revoked');
    const alerts = page.getByRole('region', { name: 'Alerts' });
    const errors = page
      .getByRole('group', { name: 'Filter by status' })
      .getByRole('button', { name: /Errors/ });
    await expect(errors).toHaveText(/^Errors0/);
    await page.getByRole('button', { name: 'Health check all' }).click();
    const storedAt = await failureStoredAt(api, id);
    await Promise.all([
      expect(row).toContainText('Error', { timeout: liveMs }),
      expect(errors).toHaveText(/^Errors1/, { timeout: liveMs }),
      expect(alerts).toContainText('Receipts by email', { timeout: liveMs }),
    ]);
    expect(Date.now() - storedAt, 'from the stored fact to the screen').toBeLessThan(liveMs);
    await expect(page.getByText('Last check of all integrations')).toBeVisible();
    await expect(row.getByRole('img', { name: /Last 24 hours/ })).toBeVisible();

    // The button of the alert leads to where that is put right.
    await alerts.getByRole('link', { name: 'Update credentials: Receipts by email' }).click();
    await expect(page).toHaveURL(new RegExp(`${id}\\?tab=credentials&edit=true`));
    await expect(page.getByRole('heading', { level: 1, name: 'Receipts by email' })).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Credentials' })).toHaveAttribute('aria-selected', 'true');
    await page.goBack();
    // From the same head to the settings of all integrations, and to their logs (DASH-4).
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Alert rules and channels' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Alert rules and channels' })).toBeVisible();
    await page.goBack();
    await page.getByRole('link', { name: 'View logs', exact: true }).click();
    await expect(page).toHaveURL(/\/logs$/);
    await expect(
      page.getByRole('main').getByRole('listitem').filter({ hasText: 'Receipts by email' }).first(),
    ).toBeVisible();

    await page.getByRole('link', { name: 'Runbooks' }).click();
    await page.getByRole('region', { name: 'Needed now' }).getByRole('link', { name: /Email/ }).click();
    await expect(page.getByRole('heading', { name: 'Email does not work' })).toBeVisible();
    await page.getByRole('checkbox', { name: 'Check the health page' }).check();
    await expect(page.getByRole('status').filter({ hasText: '1 of' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('checkbox', { name: 'Check the health page' })).toBeChecked();
    // Its buttons do what can be done from here.
    await page.getByRole('button', { name: 'Test: Receipts by email' }).first().click();
    await expect(page.getByRole('status').filter({ hasText: /^Receipts by email: / })).toBeVisible();
    await page.getByRole('button', { name: 'Switch to the backup of Receipts by email' }).click();
    const question = page.getByRole('dialog', { name: /through its backup/ });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await expect(question).toBeHidden();
    await page.getByRole('link', { name: 'Health: Receipts by email' }).click();
    await expect(page).toHaveURL(new RegExp(`${id}\\?tab=health`));

    await page.getByRole('link', { name: 'Verification' }).click();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await expect(page.getByText('1 integration does not work')).toBeVisible({ timeout: 20_000 });
    const item = page.getByRole('row').filter({ hasText: 'Receipts by email' });
    await expect(item).toContainText('Failed');
    await page.getByRole('button', { name: /^In order/ }).click();
    await expect(page.getByText('None of these')).toBeVisible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^verification-\d{4}-\d\d-\d\d\.csv$/);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/integrations', '/runbooks', '/runbooks/email', '/verification']) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await sidewaysScroll(page), path).toBe(0);
    }
  } finally {
    await sandbox.setCondition(slug, 'healthy');
  }
});

test('a long report is printed whole, and nothing of what surrounds it', async ({ page, api, sandbox }) => {
  const values = await sandbox.credentials('sendgrid');
  await api.call('POST', '/integrations', { provider: 'sendgrid', name: 'Printed', values });
  const { id } = await api.call<{ id: string }>('POST', '/verifications', {});
  await lengthenReport(page, 150);
  await page.goto(`/verification/${id}`);
  const rows = page.getByRole('row').filter({ hasText: 'Printed' });
  await expect(rows.first()).toBeVisible({ timeout: 20_000 });
  expect(await rows.count()).toBeLessThan(150);
  expect(await printedRows(page)).toBe(150);

  const navigation = page.getByRole('navigation');
  const download = page.getByRole('button', { name: 'Download CSV' });
  await expect(navigation).toBeVisible();
  await expect(download).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(rows).toHaveCount(150);
  await expect(navigation).toBeHidden();
  await expect(download).toBeHidden();
});

test('DASH-4 the check of all says how far it is while one provider takes its time, and what it found', async ({
  page,
  api,
  sandbox,
}) => {
  for (const provider of ['sendgrid', slowSlug]) {
    const values = await sandbox.credentials(provider);
    await api.call('POST', '/integrations', { provider, name: `By ${provider}`, values });
  }
  await page.goto('/integrations');
  await expect(page.getByRole('row').filter({ hasText: `By ${slowSlug}` })).toContainText('Active');
  await sandbox.setCondition(slowSlug, 'slow');
  try {
    const start = page.getByRole('button', { name: 'Health check all' });
    await start.click();
    const progress = page.getByRole('status').filter({ hasText: 'Checking all integrations' });
    await expect(progress).toContainText('1 of 2 checked');
    await expect(progress.getByRole('progressbar')).toHaveJSProperty('value', 1);
    await expect(start).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByText('All 2 checked: all work')).toBeVisible();
    await expect(start).not.toHaveAttribute('aria-disabled', 'true');
  } finally {
    await sandbox.setCondition(slowSlug, 'healthy');
  }
});

test('a viewer reads runbooks and reports and starts nothing', async ({ pageAs }) => {
  const { page } = await pageAs('viewer');
  await page.goto('/verification');
  await expect(page.getByText('No verification yet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Verify now' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('Only a system administrator changes the schedule.')).toBeVisible();
  await page.goto('/runbooks/payroll');
  await expect(page.getByText('Nothing of this category is connected.')).toBeVisible();
});
