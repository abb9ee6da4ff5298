import type { Page } from '@playwright/test';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

/** Providers that no other test uses: a condition holds for all tests that run at the time. */
const watched = 'whatsapp';
const checked = 'onfido';
/** How soon a fact is on the screen (DASH-5). */
const liveMs = 2_000;

async function connect(api: MachineApi, sandbox: Sandbox, slug: string, name: string) {
  const values = await sandbox.credentials(slug);
  return api.call<IntegrationDetail>('POST', '/integrations', { provider: slug, name, values });
}

const steps = (page: Page) => page.getByRole('list', { name: 'Steps of the troubleshooter' });

test('an error is on the screen within two seconds, with what it is and what helps', async ({
  page,
  api,
  sandbox,
  keeper,
}) => {
  const { id } = await connect(api, sandbox, watched, 'Receipts');
  await keeper.layHealthHistory(id);
  try {
    await page.goto(`/integrations/${id}?tab=health`);
    await expect(page.getByRole('heading', { name: 'Recent errors' })).toBeVisible();
    await expect(page.getByText('No errors')).toBeVisible();
    await expect(page.getByText('Active', { exact: true }).first()).toBeVisible();
    // The last day beside its own week (HEALTH-2).
    const normal = page.getByRole('region', { name: 'Against normal' });
    await expect(normal).toContainText('beside its own 7 days before');
    const metric = (label: string) =>
      normal.locator('div').filter({ has: page.getByText(label, { exact: true }) });
    await expect(metric('Count').last()).toContainText(/In range.*normal 288/);
    await expect(metric('Failed').last()).toContainText(/0In range.*normal 0/);
    const uptime = page.getByRole('region', { name: 'Uptime' });
    await expect(uptime).toContainText(/^Uptime.*100 %.*target 99\.9 %/);
    await expect(uptime).toContainText(/Error budget: (1 min 2\d s) of \1 left/);

    await sandbox.setCondition(watched, 'revoked');
    const found = await api.call<{ ok: boolean }>('POST', `/integrations/${id}/test`, {});
    const recordedAt = Date.now();
    expect(found.ok).toBe(false);
    await expect(page.getByText('Error', { exact: true }).first()).toBeVisible({ timeout: liveMs });
    const groups = page.getByRole('list', { name: 'Errors by kind' });
    await expect(groups.getByRole('listitem')).toHaveCount(1, { timeout: liveMs });
    expect(Date.now() - recordedAt, 'from the recorded fact to the screen').toBeLessThan(liveMs);

    await groups.getByText('1×').click();
    await expect(groups.getByText('What to do:')).toBeVisible();
    await expect(page.getByRole('list', { name: 'What they have in common' })).toContainText(
      'Refused since the credentials were replaced 1 minute ago: the new key is wrong',
    );
    await expect(metric('Failed').last()).toContainText(/1Above normal.*normal 0/);

    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('What to do:');
    await expect(steps(page).getByRole('listitem').filter({ hasText: 'credentials accepted' })).toContainText(
      'Failed',
    );
    await expect(
      steps(page)
        .getByRole('listitem')
        .filter({ hasText: /^Connect to port/ }),
    ).toContainText('Passed');
    const region = page.getByRole('region', { name: 'Troubleshoot' });
    await expect(region.getByRole('link', { name: 'Verify the credentials' })).toHaveAttribute(
      'href',
      new RegExp(`${id}\\?tab=credentials`),
    );
    await expect(
      region.getByRole('link', { name: /status page of WhatsApp Business Cloud API/ }),
    ).toBeVisible();

    // What a firewall has to let through, and whether it does; what the provider's support will ask.
    await region.getByRole('button', { name: 'Check the firewall' }).click();
    const firewall = page.getByRole('dialog', { name: 'Check the firewall' });
    await expect(firewall).toContainText('443 (TCP, outgoing)');
    await firewall.getByRole('button', { name: 'Try to connect' }).click();
    await expect(firewall.getByRole('status').filter({ hasText: 'This server reaches' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(firewall).toBeHidden();
    await page.getByRole('button', { name: 'Contact support' }).first().click();
    const support = page.getByRole('dialog', { name: 'Contact WhatsApp Business Cloud API' });
    await expect(support.getByRole('region', { name: 'Summary for the support' })).toContainText(
      'Service: WhatsApp Business Cloud API',
    );
    await expect(
      support.getByRole('link', { name: /^Documentation of WhatsApp Business Cloud API/ }),
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(support).toBeHidden();

    // The chart by keyboard, and its numbers as a table.
    const chart = page.getByRole('slider', { name: /Response time and failures/ });
    await chart.focus();
    await page.keyboard.press('End');
    await expect(chart).toHaveAttribute('aria-valuetext', /failed/);
    await page.getByText('Show as a table').click();
    await expect(page.getByRole('row').filter({ hasText: /\d/ }).first()).toBeVisible();

    await page.getByRole('button', { name: 'Change the target' }).click();
    await page.getByRole('textbox', { name: 'Target in per cent' }).fill('95');
    await page.getByRole('button', { name: 'Save the target' }).click();
    await expect(page.getByText('target 95 %')).toBeVisible();
    await expect(uptime).toContainText(/Error budget: 1 h \d+ min of 1 h \d+ min left/);

    await sandbox.setCondition(watched, 'healthy');
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(page.getByRole('status').filter({ hasText: /works/i }).first()).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    // The chart is drawn anew for the width.
    await expect.poll(() => sidewaysScroll(page)).toBe(0);
  } finally {
    await sandbox.setCondition(watched, 'healthy');
  }
});

test('HEALTH-3: mail, object stores and file servers step by step; calls are switched to the backup from there', async ({
  page,
  api,
  sandbox,
}) => {
  const begin = (provider: string, name: string, values: Record<string, string>) =>
    api.call<IntegrationDetail>('POST', '/integrations', { provider, name, values, check: 'skip' });
  const step = (label: RegExp) => steps(page).getByRole('listitem').filter({ hasText: label });
  const region = page.getByRole('region', { name: 'Troubleshoot' });
  const open = (id: string) => page.goto(`/integrations/${id}?tab=health&troubleshoot=true`);

  const mail = await begin('smtp', 'Mail server', {
    host: 'smtp.sendgrid.net',
    port: '587',
    username: 'apikey',
    password: 'not the password',
    fromEmail: 'noreply@intime.example',
  });
  const backup = await connect(api, sandbox, 'sendgrid', 'Backup mail');
  await api.call('PUT', `/integrations/${mail.id}/failover`, { backupIntegrationId: backup.id });
  await open(mail.id);
  await expect(step(/^Hear the greeting of the mail server/)).toContainText('Passed');
  await expect(step(/^Log in as apikey/)).toContainText('Failed');
  await expect(region.getByRole('alert')).toContainText('What to do:');
  await region.getByRole('button', { name: 'Switch to the backup' }).click();
  await expect(page.getByText('Calls go through the backup now.')).toBeVisible();
  await page.goto(`/integrations/${mail.id}?tab=failover`);
  await expect(page.getByText('Calls go through Backup mail')).toBeVisible();

  const stored = await sandbox.credentials('aws-s3');
  const store = await begin('aws-s3', 'Documents', { ...stored, secretAccessKey: 'x'.repeat(40) });
  await open(store.id);
  await expect(step(/^Are the credentials accepted/)).toContainText('Failed');
  await expect(region.getByRole('alert')).toContainText('The signature does not match');

  const { sftpPrivateKey = '' } = await sandbox.credentials('delta-dental');
  const files = await begin('delta-dental', 'Carrier', {
    sftpHost: 'sftp.example.com',
    sftpUser: 'acme_834',
    sftpPrivateKey,
    sftpHostKey: `SHA256:${'A'.repeat(43)}`,
    isaSenderId: '123456789',
    isaReceiverId: 'CARRIER01',
    groupNumber: '0012345',
  });
  await open(files.id);
  await expect(step(/^Connect to port/)).toContainText('Passed');
  await expect(step(/^Compare the host key/)).toContainText('Failed');
  await expect(step(/^Log in as acme_834/)).toContainText('Skipped');
  await expect(region.getByRole('alert')).toContainText('shows another host key than expected');
});

test('all are checked on demand, the worst stands first, a viewer only looks', async ({
  page,
  api,
  sandbox,
  pageAs,
}) => {
  await page.goto('/health');
  await expect(page.getByText('Nothing to watch yet')).toBeVisible();
  await connect(api, sandbox, 'sendgrid', 'A good one');
  const bad = await connect(api, sandbox, checked, 'Z bad one');
  try {
    await sandbox.setCondition(checked, 'down');
    await page.goto('/health');
    await page.getByRole('button', { name: 'Health check all' }).click();
    await expect(page.getByText('All 2 checked, 1 does not work')).toBeVisible({ timeout: 20_000 });
    const rows = page.getByRole('table', { name: 'Health of all integrations' }).getByRole('row');
    await expect(rows.nth(1)).toContainText('Z bad one');
    await expect(rows.nth(1)).toContainText('Error');
    // In another order, which the address keeps.
    const header = (name: RegExp) => page.getByRole('columnheader', { name });
    await header(/^Integration/)
      .getByRole('button')
      .click();
    await expect(rows.nth(1)).toContainText('A good one');
    await expect(page).toHaveURL(/sort=name/);
    await header(/^Success/)
      .getByRole('button')
      .click();
    await expect(rows.nth(1)).toContainText('Z bad one');
    await header(/^Success/)
      .getByRole('button')
      .click();
    await expect(rows.nth(1)).toContainText('A good one');
    await expect(header(/^Success/)).toHaveAttribute('aria-sort', 'descending');
    await page.goBack();
    await page.goForward();
    await expect(rows.nth(1)).toContainText('A good one');
    await header(/^Status/)
      .getByRole('button')
      .click();
    await expect(rows.nth(1)).toContainText('Z bad one');
    await expect(page.getByRole('navigation', { name: 'Main' }).getByText('1 in error')).toBeVisible();
    await rows
      .nth(1)
      .getByRole('link', { name: /Troubleshoot/ })
      .click();
    await expect(page).toHaveURL(new RegExp(`${bad.id}\\?tab=health&troubleshoot=true`));
    await expect(steps(page).getByRole('listitem').first()).toContainText('Passed');
    await expect(page.getByRole('alert')).toBeVisible();

    const { page: theirs } = await pageAs('viewer');
    await theirs.goto('/health');
    await expect(theirs.getByRole('link', { name: /Z bad one/ }).first()).toBeVisible();
    await expect(theirs.getByRole('button', { name: 'Health check all' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await theirs.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => sidewaysScroll(theirs)).toBe(0);
  } finally {
    await sandbox.setCondition(checked, 'healthy');
  }
});
