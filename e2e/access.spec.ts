import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

test('ACC-1 signing out ends the session, also in another tab', async ({ page, context, watch }) => {
  // The other tab may tell what was done in it just after the session has ended.
  watch.allow(/status of 401 .*insights\.recordInteractions/);
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

test('ACC-1 a page of another origin cannot act with the session, neither by a form nor by fetch', async ({
  page,
  product,
  watch,
}) => {
  // What is refused, and what the browser keeps from the foreign page.
  watch.allow(/status of 403/);
  watch.allow(/CORS policy|ERR_FAILED|ERR_BLOCKED_BY_RESPONSE/);
  const target = `${product.url}/api/trpc/account.updateProfile`;
  const foreign = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    // As plain text, a form's body can be JSON: the name and the value of its field around an equals sign.
    response.end(`<form method="post" enctype="text/plain" action="${target}">
      <input type="hidden" name='{"name":"Mallory","rest":"' value='"}'><button>Win a prize</button></form>`);
  });
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  const { port } = foreign.address() as AddressInfo;
  const name = async () => {
    const answer = await page.request.get('/api/trpc/account.getAccount');
    expect(answer.status()).toBe(200);
    return answer.text();
  };
  const before = await name();
  try {
    // The same host at another port gets the cookie sent along; another name of it does not.
    for (const host of ['127.0.0.1', 'localhost']) {
      await page.goto(`http://${host}:${port}/`);
      const [sent] = await Promise.all([
        page.waitForResponse(target),
        page.getByRole('button', { name: 'Win a prize' }).click(),
      ]);
      expect(sent.status()).toBe(403);
      await page.goto(`http://${host}:${port}/`);
      const outcomes = await page.evaluate(async (url) => {
        const body = JSON.stringify({ name: 'Mallory' });
        const send = (init: RequestInit) =>
          fetch(url, { method: 'POST', credentials: 'include', body, ...init }).then(
            ({ status }) => status,
            () => 'kept from the page',
          );
        return [
          await send({ mode: 'no-cors' }),
          await send({ headers: { 'content-type': 'text/plain' } }),
          await send({ headers: { 'content-type': 'application/json' } }),
        ];
      }, target);
      expect(outcomes).toEqual(Array.from({ length: 3 }, () => 'kept from the page'));
    }
    expect(await name()).toBe(before);
    // The same from a page of the product.
    await page.goto('/account');
    const status = await page.evaluate(async (url) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ name: 'Mallory' }) }))
        .status;
    }, target);
    expect(status).toBe(200);
    expect(await name()).toContain('Mallory');
  } finally {
    foreign.close();
    foreign.closeAllConnections();
  }
});
