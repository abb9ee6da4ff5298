import { expect, test } from './support/fixtures.ts';
import { mutate } from './support/trpc.ts';

const clipboard = ['clipboard-read', 'clipboard-write'];

test('CRM-AC-2 the API key is masked, can be shown, and is copied with feedback', async ({
  page,
  context,
  organization,
}) => {
  await context.grantPermissions(clipboard);
  await page.goto('/api-key');
  const field = page.getByRole('group', { name: 'Key', exact: true });
  const value = field.getByTestId('secret-value');
  await expect(value).toHaveText(/^tl_live_\w+•+\w+$/);
  await expect(page.locator('body')).not.toContainText(organization.apiKey);
  await field.getByRole('button', { name: 'Copy' }).click();
  await expect(field.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(organization.apiKey);
  await field.getByRole('button', { name: 'Show' }).click();
  await expect(value).toHaveText(organization.apiKey);
  await field.getByRole('button', { name: 'Hide' }).click();
  await expect(value).not.toHaveText(organization.apiKey);
});

test('CRM-AC-3 a new API key needs a confirmation; it is there at once, and the old one ends as chosen', async ({
  page,
  organization,
  product,
}) => {
  const statusWith = async (key: string) =>
    (await fetch(`${product.url}/api/v1/webhooks`, { headers: { authorization: `Bearer ${key}` } })).status;
  await page.goto('/api-key');
  const regenerate = page.getByRole('button', { name: 'Regenerate', exact: true });
  const dialog = page.getByRole('dialog', { name: 'Are you sure you want to regenerate the API key?' });
  await regenerate.first().click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  expect(await statusWith(organization.apiKey)).toBe(200);

  await regenerate.first().click();
  await dialog.getByRole('radio', { name: '1 hour' }).check();
  await dialog.getByRole('button', { name: 'Regenerate' }).click();
  await expect(dialog).toBeHidden();
  const second = await page.getByTestId('new-key').innerText();
  expect(second).toMatch(/^\w{32,}$/);
  expect(second).not.toBe(organization.apiKey);
  expect([await statusWith(second), await statusWith(organization.apiKey)]).toEqual([200, 200]);
  const older = page.getByRole('table', { name: 'Older keys' });
  await expect(older).toContainText(/min .*left/);
  // Who used it last comes by itself, within seconds; its end can come early.
  await expect(older).toContainText('node');
  await older.getByRole('button', { name: 'End now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
  await expect(older).toBeHidden();
  await expect.poll(() => statusWith(organization.apiKey)).toBe(401);

  await regenerate.first().click();
  await dialog.getByRole('radio', { name: 'No grace period' }).check();
  await dialog.getByRole('button', { name: 'Regenerate' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId('new-key')).toBeVisible();
  await expect(page.getByTestId('new-key')).not.toHaveText(second);
  const third = await page.getByTestId('new-key').innerText();
  await expect.poll(async () => [await statusWith(third), await statusWith(second)]).toEqual([200, 401]);
});

test('CRM-AC-16 KEY-2 only a system administrator regenerates the API key', async ({ pageAs }) => {
  for (const role of ['utility_admin', 'viewer'] as const) {
    const { page } = await pageAs(role);
    await page.goto('/api-key');
    const regenerate = page.getByRole('button', { name: 'Regenerate', exact: true });
    await expect(regenerate).toHaveAttribute('aria-disabled', 'true');
    await regenerate.focus();
    await expect(page.getByText('Only a system administrator regenerates the API key.')).toBeVisible();
    await regenerate.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await mutate(page, 'apiKeys.regenerateApiKey', { graceSeconds: 0 })).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
  }
});

test('CRM-AC-17 utility administrators view and copy the API key; viewers see it masked', async ({
  pageAs,
  organization,
}) => {
  const { page } = await pageAs('utility_admin');
  await page.context().grantPermissions(clipboard);
  await page.goto('/api-key');
  const field = page.getByRole('group', { name: 'Key', exact: true });
  await field.getByRole('button', { name: 'Copy' }).click();
  await expect(field.getByText('Copied').first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(organization.apiKey);

  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/api-key');
  await expect(viewer.getByTestId('secret-value')).toHaveText(/^tl_live_\w+•+\w+$/);
  const masked = viewer.getByRole('group', { name: 'Key', exact: true });
  await expect(masked.getByRole('button', { name: 'Copy' })).toHaveAttribute('aria-disabled', 'true');
  await expect(masked.getByRole('button', { name: 'Show' })).toHaveAttribute('aria-disabled', 'true');
  expect(await mutate(viewer, 'apiKeys.revealApiKey', { purpose: 'copy' })).toMatchObject({ status: 403 });
});
