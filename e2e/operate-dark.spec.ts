import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { choose, flip } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';

// What a page does is tested in the light theme; that the screens which stay open all day do it in the dark one, too, here.
test.use({ colorScheme: 'dark' });

/** How bright a color of the style sheets is, from 0 to 255. */
const brightness = (color: string): number => {
  const parts =
    color
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? [];
  return parts.reduce((sum, part) => sum + part, 0) / 3;
};

test('in the dark: an integration that fails, from the dashboard to the report', async ({
  page,
  api,
  sandbox,
}) => {
  const isDark = async (where: string): Promise<void> => {
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
    const [back, text] = await page
      .getByRole('heading', { level: 1 })
      .evaluate((heading) => [
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(heading).color,
      ]);
    expect(brightness(back ?? ''), `${where}: background`).toBeLessThan(60);
    expect(brightness(text ?? ''), `${where}: heading`).toBeGreaterThan(200);
  };
  const go = async (link: string, heading: string): Promise<void> => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: link }).click();
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await isDark(heading);
  };
  const { fromEmail = '' } = await sandbox.credentials('sendgrid');
  await api.call<IntegrationDetail>('POST', '/integrations', {
    provider: 'sendgrid',
    name: 'Company email',
    values: { apiKey: 'SG.this-key-was-never-given.0123456789abcdefghij', fromEmail },
    check: 'skip',
  });
  await api.call('POST', '/integrations', {
    provider: 'sendgrid',
    name: 'Backup email',
    values: await sandbox.credentials('sendgrid'),
  });

  // Dashboard: the alert, the counters, the check of all, the switch.
  await page.goto('/integrations');
  await isDark('Dashboard');
  const alerts = page.getByRole('region', { name: 'Alerts' });
  await expect(alerts).toContainText('Company email');
  await page.getByRole('button', { name: 'Health check all' }).click();
  await expect(page.getByText('All 2 checked, 1 does not work')).toBeVisible({ timeout: 20_000 });
  const row = page.getByRole('row').filter({ hasText: 'Company email' });
  await page
    .getByRole('group', { name: 'Filter by status' })
    .getByRole('button', { name: /Errors/ })
    .click();
  await expect(row).toContainText('Error');
  await page.getByRole('group', { name: 'Filter by status' }).getByRole('button', { name: /Total/ }).click();
  const other = page.getByRole('switch', { name: 'Backup email on' });
  await flip(other);
  await expect(other).not.toBeChecked();

  // Health: the order, the troubleshooter, its advice.
  await go('Health', 'Health');
  const table = page.getByRole('table', { name: 'Health of all integrations' }).getByRole('row');
  await page
    .getByRole('columnheader', { name: /^Integration/ })
    .getByRole('button')
    .click();
  await expect(table.nth(1)).toContainText('Backup email');
  await page.getByRole('link', { name: 'Troubleshoot Company email' }).click();
  const steps = page.getByRole('list', { name: 'Steps of the troubleshooter' });
  await expect(steps.getByRole('listitem').filter({ hasText: 'Are the credentials accepted' })).toContainText(
    'Failed',
  );
  await expect(page.getByRole('alert')).toContainText('What to do:');
  await isDark('Troubleshooter');

  // Alerts: looked after, and told of to everybody.
  await go('Alerts', 'Alerts');
  await page.getByRole('checkbox', { name: /^Select: Company email/ }).check();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('tab', { name: /Acknowledged/ })).toContainText('1');
  await page.getByRole('button', { name: 'Post status update' }).click();
  await page.getByLabel('What everybody should know').fill('Email is down.');
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Status updates' })).toContainText('Email is down.');

  // Logs: narrowed, opened.
  await go('Logs', 'Logs');
  await choose(page.getByRole('checkbox', { name: /^Error/ }));
  const line = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Company email' }).first();
  await line.getByRole('button').first().click();
  await expect(line).toContainText('api.sendgrid.com');

  // The procedure, and the report.
  await go('Runbooks', 'Runbooks');
  await page.getByRole('region', { name: 'Needed now' }).getByRole('link', { name: /Email/ }).click();
  await page.getByRole('checkbox', { name: 'Check the health page' }).check();
  await expect(page.getByRole('status').filter({ hasText: '1 of' })).toBeVisible();
  await isDark('Runbook');
  await go('Verification', 'Verification');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('1 integration does not work')).toBeVisible({ timeout: 20_000 });
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  await isDark('Report');
});
