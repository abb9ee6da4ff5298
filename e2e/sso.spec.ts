import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openIdClient, startOpenIdServer } from '../packages/server/src/testing/openid-server.ts';
import { expect, test } from './support/fixtures.ts';
import { mutate } from './support/trpc.ts';

async function signInAtProvider(page: Page, login: string): Promise<void> {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
}

test('ACC-1 single sign-on: set up, a person of the domain comes in, confirms there, and nobody else does', async ({
  page,
  openPage,
  product,
  keeper,
  watch,
}) => {
  // The provider's own pages want a font from elsewhere, and have no icon.
  watch.allow(/ERR_NAME_NOT_RESOLVED|favicon\.ico/);
  const domain = `d${randomUUID().slice(0, 8)}.example`;
  const provider = await startOpenIdServer(`${product.url}/api/sso/callback`);
  try {
    await page.goto('/members');
    const card = page.getByRole('region', { name: 'Single sign-on' });
    await card.getByRole('button', { name: 'Set up' }).click();
    const form = page.getByRole('dialog', { name: 'Single sign-on' });
    watch.allow(/status of 422/);
    await form.getByLabel('Issuer').fill('http://127.0.0.1:9');
    await form.getByLabel('Client id').fill(openIdClient.clientId);
    await form.getByLabel('Client secret').fill(openIdClient.clientSecret);
    await form.getByLabel('E-mail domains').fill(domain);
    await form.getByLabel('E-mail domains').press('Enter');
    await form.getByRole('combobox', { name: /without an invitation/ }).click();
    await page.getByRole('option', { name: 'As system administrator' }).click();
    await form.getByRole('button', { name: 'Test and save' }).click();
    await expect(form.getByLabel('Issuer')).toHaveAttribute('aria-invalid', 'true');
    await form.getByLabel('Issuer').fill(provider.issuer);
    await form.getByRole('button', { name: 'Test and save' }).click();
    await expect(card).toContainText(domain);

    const name = `_trunkline.${domain}`;
    const proof = card.getByRole('listitem').filter({ hasText: domain });
    await expect(proof).toContainText('Not proved yet');
    await proof.getByRole('button', { name: 'Check now' }).click();
    await expect(proof).toContainText(`There is no TXT record ${name} yet`);
    const value = /trunkline-domain=[0-9a-f]{32}/.exec((await proof.textContent()) ?? '')?.[0] ?? '';
    await mkdir(join(product.dataDir, 'txt'), { recursive: true });
    await writeFile(join(product.dataDir, 'txt', name), `v=spf1 -all\n${value}`);
    await proof.getByRole('button', { name: 'Check now' }).click();
    await expect(proof).toContainText('Proved');
    await expect(proof.getByRole('button', { name: 'Check now' })).toHaveCount(0);

    // The record goes, as the daily look would find, and comes back.
    const record = join(product.dataDir, 'txt', name);
    await rm(record);
    expect((await mutate(page, 'access.checkSsoDomain', { domain })).status).toBe(200);
    await expect(proof).toContainText('Proof is gone');
    await expect(proof).toContainText(`There is no TXT record ${name} any more.`);
    await expect(proof).toContainText('still come here from the sign-in page');
    await writeFile(record, value);
    await proof.getByRole('button', { name: 'Check now' }).click();
    await expect(proof).not.toContainText('Proof is gone');
    await expect(proof).toContainText('Proved');

    const email = `nora@${domain}`;
    provider.people.set('nora', { email, email_verified: true, name: 'Nora Field' });
    const guest = await openPage();
    await guest.goto('/audit');
    await guest.getByRole('button', { name: 'Single sign-on' }).click();
    await guest.getByLabel('E-mail').fill(email);
    await guest.getByRole('button', { name: 'Go on' }).click();
    await signInAtProvider(guest, 'nora');
    await expect(guest.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible();
    await guest.goto('/account');
    await expect(guest.getByText('You signed in through your organization')).toBeVisible();
    await expect(guest.getByRole('table', { name: 'Sessions' })).toContainText('Single sign-on');

    await keeper.ageSessions(await keeper.findPerson(email));
    watch.allow(/status of 403/);
    await guest.goto('/members');
    await guest.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await guest.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    const popup = guest.waitForEvent('popup');
    await guest.getByRole('button', { name: 'Confirm at your identity provider' }).click();
    const window = await popup;
    await window.locator('input[name=login]').fill('nora');
    await window.locator('input[name=password]').fill('any');
    await window.getByRole('button', { name: /sign-in/i }).click();
    await expect(guest.getByText(/sessions? of .* ended/)).toBeVisible();

    const stranger = await openPage();
    await stranger.goto('/sign-in');
    await stranger.getByRole('button', { name: 'Single sign-on' }).click();
    await stranger.getByLabel('E-mail').fill('somebody@unknown.example');
    await stranger.getByRole('button', { name: 'Go on' }).click();
    await expect(stranger.getByRole('alert')).toContainText('No organization signs in');
  } finally {
    await provider.close();
  }
});
