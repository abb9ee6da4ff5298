import type { Page } from '@playwright/test';
import { expect, signInByForm, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import { addAuthenticator } from './support/passkey.ts';
import { totpCode } from './support/totp.ts';

async function openAccount(page: Page): Promise<void> {
  await page.getByRole('button', { name: /System administrator/ }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible();
}

test('ACC-1 a person sees where they are signed in, ends that, and changes their password', async ({
  page,
  openPage,
  organization,
  watch,
}) => {
  const other = await openPage(organization.administrator);
  await other.goto('/webhooks');
  await expect(other.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible();
  await page.goto('/webhooks');
  await openAccount(page);
  const sessions = page.getByRole('table', { name: 'Sessions' });
  await expect(sessions.getByRole('row')).toHaveCount(3);
  await expect(sessions.getByRole('row', { name: /This session/ })).toContainText('Chrome on Linux');
  await sessions.getByRole('button', { name: 'End' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await expect(sessions.getByRole('row')).toHaveCount(2);
  watch.allow(/status of 401/);
  await other.goto('/retries');
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  const next = 'another long password';
  watch.allow(/status of 422/);
  await page.getByLabel('Password now').fill('not the password');
  await page.getByLabel('New password').fill(next);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('The password is not right.')).toBeVisible();
  await page.getByLabel('Password now').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Password changed')).toBeVisible();
  await signInByForm(other, organization.administrator.email, next);
  await expect(other.getByRole('heading', { name: 'Retries', level: 1 })).toBeVisible();
});

test('ACC-1 ACC-2 an authenticator app: set up, sign in by code and recovery code, confirm a sensitive act', async ({
  page,
  openPage,
  organization,
  keeper,
  watch,
}) => {
  const { email } = organization.administrator;
  await page.goto('/account');
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  const key = await dialog.getByLabel('Or type this key into the app').inputValue();
  watch.allow(/status of 401/);
  await dialog.getByLabel('Code that the app shows now').fill('000000');
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The code is not right.');
  // The step before: the ones of now and after are for what follows.
  await dialog.getByLabel('Code that the app shows now').fill(totpCode(key, -1));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  const shown = page.getByRole('dialog', { name: 'Recovery codes' });
  const items = shown.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(items).toHaveCount(10);
  const codes = await items.allTextContents();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    shown.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('trunkline-recovery-codes.txt');
  await shown.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 left.')).toBeVisible();

  const other = await openPage();
  await other.goto('/audit');
  await signInByForm(other, email);
  await expect(other.getByRole('heading', { name: 'Second step' })).toBeVisible();
  await other.getByLabel('Code').fill(totpCode(key));
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible();

  const third = await openPage();
  await third.goto('/account');
  await signInByForm(third, email);
  await third.getByRole('button', { name: 'Use a recovery code' }).click();
  await third.getByLabel('Recovery code').fill(codes[3] ?? '');
  await third.getByRole('button', { name: 'Sign in' }).click();
  await expect(third.getByText('9 left.')).toBeVisible();

  watch.allow(/status of 403/);
  await keeper.ageSessions(organization.administrator);
  await page.getByRole('button', { name: 'Make new codes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make new codes' }).click();
  const question = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await question.getByLabel(`Password of ${email}`).fill(totpCode(key, 1));
  await question.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('dialog', { name: 'Recovery codes' })).toBeVisible();
  const fresh = page.getByRole('dialog', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(fresh).toHaveCount(10);
  expect(await fresh.allTextContents()).not.toEqual(codes);
});

test('ACC-1 ACC-2 a passkey: added, signs in alone, confirms a sensitive act, removed', async ({
  page,
  product,
  organization,
  keeper,
  watch,
}) => {
  const { email } = organization.administrator;
  // Passkeys belong to names, not to addresses.
  const home = product.url.replace('127.0.0.1', 'localhost');
  await addAuthenticator(page);
  await page.goto(`${home}/account`);
  await signInByForm(page, email);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Work laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Add passkey' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByRole('heading', { name: 'Work laptop' })).toBeVisible();

  await page.getByRole('button', { name: /System administrator/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('button', { name: /System administrator/ })).toBeVisible();

  await openAccount(page);
  await expect(page.getByRole('table', { name: 'Sessions' })).toContainText('Passkey');
  watch.allow(/status of 403/);
  await keeper.ageSessions(organization.administrator);
  await page.getByRole('button', { name: 'Remove Work laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove passkey' }).click();
  await page
    .getByRole('dialog', { name: 'Confirm that it is you' })
    .getByRole('button', { name: 'Use a passkey' })
    .click();
  await expect(page.getByRole('heading', { name: 'Work laptop' })).toHaveCount(0);
});

test('ACC-1 a required second factor comes before anything else', async ({ page, pageAs, watch }) => {
  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/webhooks');
  await expect(viewer.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible();
  // What was on screen is asked for again when the rule comes.
  watch.allow(/status of 403/);
  await page.goto('/members');
  await page.getByRole('combobox', { name: 'Who must have a second factor' }).click();
  await page.getByRole('option', { name: 'Everybody' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
  await expect(page.getByText(/asks for a second factor/)).toBeVisible();

  await viewer.goto('/webhooks');
  await viewer.getByRole('link', { name: 'Set up a second factor' }).click();
  await viewer.getByRole('button', { name: 'Set up' }).click();
  const dialog = viewer.getByRole('dialog');
  const key = await dialog.getByLabel('Or type this key into the app').inputValue();
  await dialog.getByLabel('Code that the app shows now').fill(totpCode(key));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await viewer.getByRole('button', { name: 'I have kept them' }).click();
  await viewer.getByRole('link', { name: 'Endpoints' }).click();
  await expect(viewer.getByRole('heading', { name: 'Webhooks', level: 1 })).toBeVisible();
});
