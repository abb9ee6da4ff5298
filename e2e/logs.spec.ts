import { readFile } from 'node:fs/promises';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { choose, flip, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import type { MachineApi } from './support/machine-api.ts';

const wrongKey = 'SG.this-key-was-never-given.0123456789abcdefghij';

/** An integration whose key its provider refuses; its first check, which comes by itself, has failed and is written. */
async function connectWithWrongKey(api: MachineApi): Promise<IntegrationDetail> {
  const integration = await api.call<IntegrationDetail>('POST', '/integrations', {
    provider: 'sendgrid',
    name: 'Company email',
    values: { apiKey: wrongKey, fromEmail: 'no-reply@intime.example' },
    check: 'skip',
  });
  await expect
    .poll(async () => {
      const path = `/integrations/${integration.id}/logs?level=error`;
      return (await api.call<{ data: unknown[] }>('GET', path)).data.length;
    })
    .toBe(1);
  return integration;
}

const check = (api: MachineApi, { id }: IntegrationDetail) =>
  api.call('POST', `/integrations/${id}/test`, {});

test('LOG-1 UC-8 a failure is found by level, source and word, opened, and followed as it happens', async ({
  page,
  api,
  receiver,
}) => {
  const integration = await connectWithWrongKey(api);
  const webhook = await api.createWebhook({ name: 'Failing', url: receiver.endpoint(503).url });
  await api.send('job.created', { secretOfTheBody: 'Mia Summers' });
  await expect.poll(async () => (await api.deliveries(webhook.id)).length).toBe(1);

  await page.goto('/logs');
  const lines = page.getByRole('main').getByRole('listitem');
  const failed = lines.filter({ hasText: 'Company email' }).filter({ hasText: 'Error' });
  await expect(failed).toHaveCount(1);
  await expect(lines.filter({ hasText: 'The endpoint failed with 503.' })).toContainText('Failing');
  await expect(page.locator('main')).not.toContainText('Mia Summers');

  await choose(page.getByRole('checkbox', { name: /^Error/ }));
  await expect(page).toHaveURL(/level=error/);
  await expect(lines.filter({ hasText: 'The endpoint failed' })).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Search' }).fill('api.sendgrid');
  await expect(page).toHaveURL(/q=api\.sendgrid/);
  await expect(lines).toHaveCount(1);

  await failed.getByRole('button').first().click();
  await expect(failed).toContainText('api.sendgrid.com');
  await expect(failed.getByText('401', { exact: true })).toBeVisible();
  await expect(failed.getByRole('button', { name: 'Copy as JSON' })).toBeVisible();
  await expect(page.locator('main')).not.toContainText(wrongKey);

  // The address alone brings the same lines back.
  await page.reload();
  await expect(lines).toHaveCount(1);
  const live = page.getByRole('log', { name: 'New lines' });
  await check(api, integration);
  await expect(live.getByRole('listitem')).toHaveCount(1);
  await flip(page.getByRole('switch', { name: 'Follow new lines' }));
  await check(api, integration);
  const slider = page.getByRole('slider', { name: 'Lines over time' });
  await expect(slider).toHaveAttribute('aria-valuetext', /3 errors/);
  // Nobody follows: the new line waits, and is shown when it is asked for, or when somebody follows again.
  await expect(live.getByRole('listitem')).toHaveCount(1);
  const waiting = page.getByRole('status').getByRole('button', { name: '1 new' });
  await waiting.click();
  await expect(live.getByRole('listitem')).toHaveCount(2);
  await expect(waiting).toBeHidden();
  await check(api, integration);
  await expect(waiting).toBeVisible();
  await flip(page.getByRole('switch', { name: 'Follow new lines' }));
  await expect(live.getByRole('listitem')).toHaveCount(3);
  await expect(waiting).toBeHidden();

  // Somebody who reads further down keeps what is before them; what came meanwhile is one press away.
  const usual = page.viewportSize() ?? { width: 1280, height: 800 };
  await page.setViewportSize({ width: usual.width, height: 260 });
  await lines.last().getByRole('button').first().click();
  await lines.last().getByText('api.sendgrid.com').last().scrollIntoViewIfNeeded();
  await page.mouse.move(usual.width / 2, 130);
  await page.mouse.wheel(0, 5_000);
  await expect(page.getByRole('switch', { name: 'Follow new lines' })).not.toBeInViewport();
  await check(api, integration);
  const pill = page.getByRole('status').getByRole('button', { name: '1 new' });
  await expect(pill).toBeVisible();
  await check(api, integration);
  const both = page.getByRole('status').getByRole('button', { name: '2 new' });
  await expect(both).toBeVisible();
  await expect(live.getByRole('listitem')).toHaveCount(3);
  await both.click();
  await expect(live.getByRole('listitem')).toHaveCount(5);
  await expect(page.getByRole('switch', { name: 'Follow new lines' })).toBeInViewport();
  await expect(both).toBeHidden();
  await page.setViewportSize(usual);

  await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like it');
  await expect(page.getByText('No line matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(lines.filter({ hasText: 'The endpoint failed' })).toHaveCount(1);

  await slider.focus();
  await slider.press('End');
  await slider.press('Enter');
  await expect(page.getByLabel('From')).toBeVisible();
  await expect(page).toHaveURL(/range=own/);
});

test('LOG-2 lines are exported as stated, kept as long as set, and cleared by a system administrator', async ({
  page,
  api,
  keeper,
  organization,
  pageAs,
  watch,
}) => {
  // Clearing without a fresh proof is refused first.
  watch.allow(/status of 403 .*logs\.clearLogs/);
  const integration = await connectWithWrongKey(api);
  for (let n = 0; n < 2; n += 1) await check(api, integration);
  await page.goto(`/integrations/${integration.id}?tab=logs`);
  const lines = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Error' });
  await expect(lines).toHaveCount(3);

  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('4 lines match')).toBeVisible();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^logs-\d{4}-\d\d-\d\d-\d{6}\.csv$/);
  const rows = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  expect(rows).toHaveLength(5);
  expect(rows[0]).toContain('time,level,source');
  expect(rows.join()).not.toContain(wrongKey);
  await expect(dialog).toBeHidden();

  await page.getByRole('button', { name: 'Kept 30 days' }).click();
  await dialog.getByLabel('Days').fill('7');
  await expect(dialog.getByText(/older than 7 days are removed/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Kept 7 days' })).toBeVisible();

  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(dialog.getByText('4 lines will be removed for good')).toBeVisible();
  const clearing = page.getByRole('dialog', { name: /^Clear the logs of/ });
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await keeper.ageSessions(organization.administrator);
  await clearing.getByRole('button', { name: 'Clear logs' }).click();
  await proof.getByRole('button', { name: 'Cancel' }).click();
  await expect(clearing).toContainText('Nothing was changed');
  await expect(lines).toHaveCount(3);
  await clearing.getByRole('button', { name: 'Clear logs' }).click();
  await proof.getByLabel(/^Password/).fill(password);
  await proof.getByRole('button', { name: 'Confirm' }).click();
  await expect(proof).toBeHidden();
  await expect(clearing).toBeHidden();
  await expect(lines).toHaveCount(0);
  await expect(page.getByText(/cleared 4 lines/)).toBeVisible();

  const { page: viewer } = await pageAs('viewer');
  await viewer.setViewportSize({ width: 390, height: 844 });
  await viewer.goto('/logs');
  await expect(viewer.getByText(/cleared 4 lines/)).toBeVisible();
  await viewer.getByRole('button', { name: 'Clear', exact: true }).hover();
  await expect(viewer.getByRole('tooltip')).toContainText('Only a system administrator');
  expect(await sidewaysScroll(viewer)).toBe(0);
});
