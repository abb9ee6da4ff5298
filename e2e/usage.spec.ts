import { readFile } from 'node:fs/promises';
import { expect, test } from './support/fixtures.ts';
import { mutate } from './support/trpc.ts';

test('KEY-1 KEY-4 a scoped key is switched on, made, shown once, used within its scope, and revoked', async ({
  page,
  product,
  watch,
}) => {
  // The network that is refused first.
  watch.allow(/status of 422/);
  await page.goto('/api-key');
  const card = page.getByRole('region', { name: 'Scoped keys' }).first();
  await expect(card.getByText('Scoped keys are off')).toBeVisible();
  await card.getByRole('switch', { name: 'Scoped keys' }).click({ force: true });
  await card.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New scoped key' });
  await dialog.getByLabel('Name').fill('Importer');
  await dialog.getByRole('checkbox', { name: 'read' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'events' }).check();
  await dialog.getByLabel('Allowed addresses').fill('10.0.0.1/8');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await expect(dialog.getByText('the network starts at 10.0.0.0/8')).toBeVisible();
  await dialog.getByLabel('Allowed addresses').fill('127.0.0.0/8\n::1');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await expect(dialog).toBeHidden();
  const key = await page.getByTestId('new-key').innerText();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('body')).not.toContainText(key);

  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const send = () =>
    fetch(`${product.url}/api/v1/events`, {
      method: 'POST',
      headers,
      body: '{"type":"job.created","data":{}}',
    });
  expect((await send()).status).toBe(202);
  const read = await fetch(`${product.url}/api/v1/webhooks`, { headers });
  expect([read.status, ((await read.json()) as { code: string }).code]).toEqual([403, 'insufficient_scope']);

  const row = page.getByRole('row', { name: /Importer/ });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toContainText('Revoked');
  await expect.poll(async () => (await send()).status).toBe(401);
});

test('KEY-3 UC-7 limits are lowered; throttled requests, usage, the log and the report follow', async ({
  page,
  organization,
  product,
  pageAs,
}) => {
  await page.goto('/api-key');
  const limits = page.getByRole('region', { name: 'Limits' });
  await limits.getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog', { name: 'Limits on requests' });
  await dialog.getByLabel('A key, an hour').fill('5');
  await dialog.getByRole('button', { name: 'Save limits' }).click();
  await expect(dialog).toBeHidden();
  await expect(limits.getByText('0 of 5')).toBeVisible();

  const headers = { authorization: `Bearer ${organization.apiKey}` };
  const statuses: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    const path = index === 4 ? 'no-such-address' : 'webhooks?limit=1';
    const answer = await fetch(`${product.url}/api/v1/${path}`, { headers });
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    else expect(answer.headers.get('ratelimit')).toMatch(/^"hour";r=\d;t=\d+$/);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 404, 429, 429, 429]);

  await page.goto('/usage');
  const totals = page.getByRole('group', { name: 'Requests in this time' });
  await expect(totals).toContainText('Total requests8');
  await expect(totals).toContainText('Success (2xx)450 % of all');
  await expect(page.getByRole('img', { name: /^8 requests: 4 succeeded, 4 with 4xx/ })).toBeVisible();
  await expect(page.getByText('5 of 5').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Throttled requests (3)' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Throttled requests' })).toContainText('Key, an hour');

  const log = page.getByRole('table', { name: 'Requests', exact: true });
  await expect(log.locator('tbody tr')).toHaveCount(8);
  await page.getByRole('region', { name: 'Request log' }).getByRole('radio', { name: '4xx' }).check();
  await expect(log.locator('tbody tr')).toHaveCount(4);
  await page.getByRole('button', { name: 'GET /api/v1/webhooks' }).click();
  await expect(log.locator('tbody tr')).toHaveCount(3);
  await expect(page).toHaveURL(/endpoint=/);

  for (const [label, start] of [
    ['CSV', 'hour,key,endpoint'],
    ['PDF', '%PDF-'],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: label }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^api-usage-.*\.(csv|pdf)$/);
    expect((await readFile(await download.path())).toString('latin1').startsWith(start)).toBe(true);
  }

  const { page: viewer } = await pageAs('viewer');
  await viewer.goto('/api-key');
  await expect(
    viewer.getByRole('region', { name: 'Limits' }).getByRole('button', { name: 'Change' }),
  ).toHaveAttribute('aria-disabled', 'true');
  const none = { keyPerMinute: null, keyPerHour: null, organizationPerHour: null };
  expect(await mutate(viewer, 'apiKeys.updateLimits', none)).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
});
