import type { Response } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

test('ACC-1 a person of two organizations switches between them', async ({
  page,
  organization,
  keeper,
  api,
  receiver,
}) => {
  await api.createWebhook({ name: 'Only in the first', url: receiver.endpoint().url });
  const second = await keeper.createOrganization(`Second ${organization.name}`);
  await keeper.addMember(second, organization.administrator, 'viewer');
  await page.goto('/webhooks');
  await expect(page.getByRole('link', { name: /Only in the first/ })).toBeVisible();
  await page.getByRole('button', { name: `Organization: ${organization.name}` }).click();
  await page.getByRole('menuitem', { name: second.name }).click();
  await expect(page.getByRole('button', { name: `Organization: ${second.name}` })).toBeVisible();
  // It starts at the first page, which may show other things there.
  await expect(page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
  await page.goto('/webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await expect(page.getByRole('button', { name: /Viewer/ })).toBeVisible();
});

test('the command palette finds a webhook and a page by keyboard', async ({ page, api, receiver }) => {
  await api.createWebhook({ name: 'Payroll import', url: receiver.endpoint().url });
  await page.goto('/retries');
  await expect(page.getByRole('heading', { name: 'Retries', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  const search = page.getByRole('combobox', { name: 'Search pages, webhooks and actions' });
  await search.fill('payroll');
  await expect(page.getByRole('option')).toHaveCount(1);
  await expect(page.getByRole('option', { name: /Payroll import/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Payroll import', level: 1 })).toBeVisible();

  await page.keyboard.press('Control+k');
  await search.fill('dlq');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Dead letters', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await search.fill('zzz');
  await expect(page.getByText('Nothing matches “zzz”.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(search).toBeHidden();
});

test('the theme follows the system until a person chooses one, which is kept', async ({ page }) => {
  await page.goto('/webhooks');
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitem', { name: 'Light' }).click();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('the page that one is on is in sight in the navigation of a low screen', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await page.goto('/members');
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' });
  await expect(link).toHaveAttribute('aria-current', 'page');
  await expect(link).toBeInViewport({ ratio: 1 });
});

test('an unknown address says so and leads back', async ({ page }) => {
  await page.goto('/no/such/page');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('link').or(page.getByRole('button')).first().click();
  await expect(page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
});

/** Responses of one kind of file: how many, and their bytes as they came and as they were read. */
async function sizesOf(responses: readonly Response[], ending: string) {
  const files = responses.filter((response) => new URL(response.url()).pathname.endsWith(ending));
  const sizes = await Promise.all(
    files.map(async (response) => ({
      // Not what was fetched: what tests before this one have left in the browser's cache counts as well.
      sent: Number(await response.headerValue('content-length')),
      read: (await response.body()).length,
    })),
  );
  const sum = (of: 'sent' | 'read') => sizes.reduce((total, size) => total + size[of], 0);
  return { files: files.length, sent: sum('sent'), read: sum('read') };
}

test('a page is shown with few files and little code', async ({ page }) => {
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await page.goto('/integrations');
  await expect(page.getByText('No integrations yet')).toBeVisible();
  // About 15 % more than today. What grows beyond it is most likely a shape of the contract that a page reads, or a package
  // that all pages load for one of them.
  const scripts = await sizesOf(responses, '.js');
  expect(scripts.files).toBeGreaterThan(0);
  expect(scripts.files).toBeLessThanOrEqual(7);
  expect(scripts.sent).toBeLessThan(390_000);
  expect(scripts.read).toBeLessThan(1_250_000);
  expect(scripts.read / scripts.sent, 'compressed').toBeGreaterThan(2);
  const styles = await sizesOf(responses, '.css');
  expect(styles.files).toBeGreaterThan(0);
  expect(styles.files).toBeLessThanOrEqual(4);
  expect(styles.sent).toBeLessThan(46_000);
});

test('the content security policy refuses inline scripts and styles, and every refusal fails a test', async ({
  page,
  watch,
}) => {
  const answer = await page.goto('/webhooks');
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(watch.problems()).toEqual([]);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.body.append(script, style);
  });
  await expect.poll(() => watch.problems().length).toBe(2);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  watch.allow(/Content Security Policy/);
});
