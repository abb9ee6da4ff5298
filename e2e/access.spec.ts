import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, signInByForm, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import { startProduct } from './support/product.ts';

test.describe('signed out', () => {
  test.use({ signedIn: false });

  test('ACC-1 the first visit to an empty installation creates the first administrator, once', async ({
    page,
    product,
    keeper,
  }) => {
    const name = `empty_${randomUUID().slice(0, 8)}`;
    await keeper.createDatabase(name);
    const databaseUrl = product.databaseUrl.replace('/trunkline?', `/${name}?`);
    const dataDir = join(tmpdir(), `trunkline-e2e-${name}`);
    const empty = await startProduct({ dataDir, databaseUrl });
    try {
      await page.goto(empty.url);
      await expect(page.getByRole('heading', { name: 'Set up Trunkline' })).toBeVisible();
      await page.getByRole('button', { name: 'Create organization' }).click();
      await expect(page.getByText('Give the organization a name')).toBeVisible();
      await page.getByLabel('Organization').fill('InTime Staffing');
      await page.getByLabel('Your name').fill('Priya Nair');
      await page.getByLabel('E-mail').fill('priya@intime.example');
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Create organization' }).click();
      await expect(page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
      await expect(page.getByRole('button', { name: /Priya Nair.*System administrator/ })).toBeVisible();

      await page.goto(`${empty.url}/setup`);
      await expect(page).toHaveURL(`${empty.url}/integrations`);
    } finally {
      await page.goto('about:blank');
      await empty.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  test('ACC-1 a refused sign-in does not say what was wrong; a right one leads back to the page asked for', async ({
    page,
    organization,
    watch,
  }) => {
    watch.allow(/status of 401/);
    await page.goto('/dead-letters');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    const refusal = page.getByRole('alert');
    await signInByForm(page, organization.administrator.email, 'not the password');
    await expect(refusal).toHaveText('E-mail or password is not right');
    await signInByForm(page, `nobody.${randomUUID()}@people.example`, 'not the password');
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled();
    await expect(refusal).toHaveText('E-mail or password is not right');
    await signInByForm(page, organization.administrator.email);
    await expect(page.getByRole('heading', { name: 'Dead letters', level: 1 })).toBeVisible();
    await expect(page).toHaveURL('/dead-letters');
  });
});

test('ACC-1 signing out ends the session, also in another tab', async ({ page, context }) => {
  await page.goto('/webhooks');
  const other = await context.newPage();
  await other.goto('/retries');
  await expect(other.getByRole('heading', { name: 'Retries', level: 1 })).toBeVisible();
  await page.bringToFront();
  await page.getByRole('button', { name: /System administrator/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.goto('/webhooks');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});
