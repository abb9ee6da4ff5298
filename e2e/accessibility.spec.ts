import type { Page } from '@playwright/test';
import { violations } from './support/axe.ts';
import { choose } from './support/controls.ts';
import { expect, signInByForm, test } from './support/fixtures.ts';
import { quickRetry } from './support/machine-api.ts';
import type { MachineApi, NewWebhook } from './support/machine-api.ts';
import type { Receiver } from './support/receiver.ts';
import { totpCode } from './support/totp.ts';

// Each looks at many states, twice.
test.setTimeout(120_000);

/**
 * No violation on what is on screen, dialogs included, in both themes. The elements are the same in either, so that only
 * what depends on colors is looked at in the second, which stays: the next state is looked at the other way round.
 */
async function isClean(page: Page, what: string): Promise<void> {
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
  await settled(page);
  const theme = await page.locator('html').getAttribute('data-mantine-color-scheme');
  const other = theme === 'dark' ? 'light' : 'dark';
  expect.soft(await violations(page), `${what}, ${theme}`).toEqual([]);
  await inTheme(page, other);
  await settled(page);
  expect
    .soft(await violations(page, ['color-contrast', 'link-in-text-block']), `${what}, ${other}`)
    .toEqual([]);
}

async function inTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
  // A color on its way from one theme to the other is neither's.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}

/** Waits, for thirty frames at most, until all colors are the same in three of them: a dialog's have arrived, too. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const colors = () =>
      [...document.querySelectorAll('body, body *')]
        .map((element) => {
          const { color, backgroundColor, opacity } = getComputedStyle(element);
          return `${color} ${backgroundColor} ${opacity}`;
        })
        .join();
    let last = '';
    for (let same = 1, frames = 0; same < 3 && frames < 30; frames += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = colors();
      same = now === last ? same + 1 : 1;
      last = now;
    }
  });
}

async function open(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
}

/** A webhook in good order, one that fails with a dead letter, and one that is off. */
async function lay(api: MachineApi, receiver: Receiver): Promise<{ good: NewWebhook; failing: NewWebhook }> {
  const good = await api.createWebhook({ name: 'In order', url: receiver.endpoint().url, events: ['job.*'] });
  const failing = await api.createWebhook({
    name: 'Failing',
    url: receiver.endpoint(500).url,
    description: 'Its receiver is down.',
    events: ['job.created'],
    retry: quickRetry,
  });
  const off = await api.createWebhook({ name: 'Off', url: receiver.endpoint().url, events: ['candidate.*'] });
  await api.call('PATCH', `/webhooks/${off.id}`, { status: 'disabled' });
  await api.send('job.created', { id: 'JOB-1' });
  await api.send('job.created', { id: 'JOB-2' });
  await expect.poll(async () => (await api.deliveries(failing.id, 'dlq')).length).toBe(2);
  return { good, failing };
}

test('axe: webhooks, their menu, test and delete dialogs, the search', async ({ page, api, receiver }) => {
  await open(page, '/webhooks', 'Webhooks');
  await isClean(page, 'no webhooks');
  await lay(api, receiver);
  await expect(page.getByRole('row', { name: /Failing/ })).toContainText('2');
  await isClean(page, 'the list');
  await page.getByRole('button', { name: 'Actions for Failing' }).click();
  await isClean(page, 'the menu');
  await page.getByRole('menuitem', { name: 'Send test' }).click();
  await page.getByRole('button', { name: 'Send test webhook' }).click();
  await expect(page.getByText(/^500 Internal Server Error \(/)).toBeVisible();
  await isClean(page, 'the test');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Failing' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'the question before deleting');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option').first()).toBeVisible();
  await isClean(page, 'the search');
});

test('axe: a webhook with an open delivery, its dialogs, and the form', async ({ page, api, receiver }) => {
  const { failing } = await lay(api, receiver);
  await open(page, `/webhooks/${failing.id}`, 'Failing');
  await page.getByRole('table', { name: 'Deliveries' }).getByRole('button').first().click();
  const detail = page.getByRole('region', { name: 'Delivery', exact: true });
  await expect(detail.getByRole('region', { name: 'Request body' })).toBeVisible();
  await isClean(page, 'a delivery');
  await detail.getByRole('tab', { name: /Attempts/ }).click();
  await isClean(page, 'its attempts');
  await page.getByRole('button', { name: 'Recover since…' }).click();
  await expect(page.getByText(/would be sent|Nothing is missing/)).toBeVisible();
  await isClean(page, 'recovering');

  await open(page, `/webhooks/${failing.id}/edit`, 'Edit Failing');
  await page.getByRole('radio', { name: 'Own policy for this webhook' }).check();
  await isClean(page, 'editing');
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'regenerating the secret');
});

test('axe: a new webhook with errors, and created', async ({ page, receiver }) => {
  await open(page, '/webhooks/new', 'Add webhook');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Give the webhook a name')).toBeVisible();
  await isClean(page, 'the form with errors');
  await page.getByLabel('Webhook name').fill('New');
  await page.getByLabel('Webhook URL').fill(receiver.endpoint().url);
  await page.getByLabel('Webhook URL').blur();
  await expect(page.getByText('The endpoint answered 200')).toBeVisible();
  await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await page.getByRole('button', { name: 'Save & test' }).click();
  await expect(page.getByText(/^200 OK \(Delivered in/)).toBeVisible();
  await isClean(page, 'created');
});

test('axe: dead letters, one of them open, clearing', async ({ page, api, receiver }) => {
  await open(page, '/dead-letters', 'Dead letters');
  await isClean(page, 'no dead letters');
  await lay(api, receiver);
  const rows = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /Failing/ });
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole('checkbox').check();
  await isClean(page, 'the queue with a selection');
  await rows.first().getByRole('button', { name: 'View' }).click();
  await expect(page.getByRole('region', { name: 'Request body' })).toBeVisible();
  await isClean(page, 'a dead letter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear selected' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'clearing');
});

test('axe: a paused webhook, bulk jobs, their questions, the delivery settings', async ({
  page,
  api,
  receiver,
}) => {
  await api.sendMany('job.created', 40);
  const webhook = await api.createWebhook({ name: 'Held', url: receiver.endpoint().url });
  await api.call('PATCH', `/webhooks/${webhook.id}`, { status: 'paused' });
  await open(page, '/bulk-jobs', 'Bulk jobs');
  await expect(page.getByText('No bulk jobs yet')).toBeVisible();
  await isClean(page, 'no bulk jobs');
  await api.call('POST', `/webhooks/${webhook.id}/recover`, {
    since: new Date(Date.now() - 3_600_000).toISOString(),
    ratePerSecond: 1,
  });
  await open(page, `/webhooks/${webhook.id}`, 'Held');
  await expect(page.getByRole('region', { name: /^Recovery for Held/ })).toBeVisible();
  await isClean(page, 'a paused webhook with a bulk job');
  await page.getByRole('button', { name: /^Cancel: / }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'the question before cancelling');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Replay failed' }).click();
  await expect(page.getByText('Nothing has failed for good.')).toBeVisible();
  await isClean(page, 'replaying');
  await open(page, '/bulk-jobs', 'Bulk jobs');
  await expect(page.getByRole('row', { name: /Recovery/ })).toBeVisible();
  await isClean(page, 'the bulk jobs');
  await open(page, `/webhooks/${webhook.id}/edit`, 'Edit Held');
  await page.getByRole('button', { name: 'Show delivery settings' }).click();
  await isClean(page, 'the delivery settings');
});

test('axe: events, an event, undelivered', async ({ page, api, receiver }) => {
  await open(page, '/events', 'Events');
  await expect(page.getByText('No events yet')).toBeVisible();
  await isClean(page, 'no events');
  await open(page, '/undelivered', 'Undelivered');
  await expect(page.getByText(/^Everything since .+ was delivered$/)).toBeVisible();
  await isClean(page, 'nothing undelivered');
  await lay(api, receiver);
  await expect(page.getByRole('row', { name: /Failing/ })).toHaveCount(2);
  await choose(page.getByRole('radio', { name: 'Since…' }));
  await isClean(page, 'undelivered');
  await open(page, '/events', 'Events');
  const rows = page.getByRole('table', { name: 'Events' }).getByRole('row', { name: /job\.created/ });
  await expect(rows).toHaveCount(2);
  await isClean(page, 'events');
  await rows.first().getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Event body' })).toBeVisible();
  await isClean(page, 'an event');
});

test('axe: inbound webhooks, adding a source, one of them, what came in, suppressed addresses', async ({
  page,
  api,
  sandbox,
}) => {
  await open(page, '/inbound', 'Inbound webhooks');
  await expect(page.getByText('Nobody sends webhooks to you yet')).toBeVisible();
  await page.getByRole('button', { name: 'Add source' }).first().click();
  await page.getByRole('textbox', { name: 'Search providers' }).fill('send');
  await isClean(page, 'who sends');
  await page.getByRole('button', { name: /^Any sender/ }).click();
  await page.getByRole('button', { name: 'Create source' }).click();
  await isClean(page, 'the form of any sender with errors');
  await page.getByRole('textbox', { name: 'Name' }).fill('Payroll');
  await page.getByRole('button', { name: 'Create source' }).click();
  await expect(page.getByText('Waiting for the first webhook…')).toBeVisible();
  await isClean(page, 'created');
  const { webhookPublicKey: key } = await sandbox.credentials('sendgrid');
  const source = await api.call<{ id: string; url: string }>('POST', '/inbound/sources', {
    provider: 'sendgrid',
    key,
  });
  expect(await sandbox.sendWebhook('sendgrid', source.url, 'bounce')).toBe(200);
  await open(page, '/inbound', 'Inbound webhooks');
  await expect(page.getByRole('row', { name: /SendGrid/ })).toContainText('Receiving');
  await isClean(page, 'the sources');
  await open(page, `/inbound/${source.id}`, 'Twilio SendGrid');
  const latest = page.getByRole('table', { name: 'Latest webhooks' });
  await expect(latest.getByRole('row', { name: /bounce/ })).toContainText('Processed');
  await isClean(page, 'a source');
  await latest.getByRole('button').click();
  await expect(page.getByRole('region', { name: 'Body' })).toBeVisible();
  await isClean(page, 'a webhook that came in');
  await page.goto('/inbound?tab=suppressed');
  await expect(page.getByRole('row', { name: /ada@example\.com/ })).toBeVisible();
  await isClean(page, 'suppressed addresses');
});

test('axe: the portal, its tokens, its origins, and its frame by itself', async ({ page, api }) => {
  const origins = ['https://app.example.com'];
  const { frameUrl } = await api.call<{ frameUrl: string }>('PUT', '/portal/settings', { origins });
  await api.call('POST', '/portal/tokens', { parts: ['webhooks'], subject: 'jane@acme.test' });
  await open(page, '/portal', 'Portal');
  await expect(page.getByRole('row', { name: /jane@acme\.test/ })).toBeVisible();
  await isClean(page, 'the portal');
  await page.getByRole('button', { name: 'Change' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'the origins');
  await page.goto(frameUrl);
  await expect(page.getByText('This page belongs inside another one')).toBeVisible();
  await isClean(page, 'the frame by itself');
});

test('axe: retries, API key, event catalog', async ({ page }) => {
  await open(page, '/retries', 'Retries');
  await expect(page.getByText(/attempts; gives up after about/)).toBeVisible();
  await isClean(page, 'retries');
  await open(page, '/api-key', 'API keys');
  await expect(page.getByTestId('secret-value')).toBeVisible();
  await isClean(page, 'the API key');
  await page.getByRole('button', { name: 'Regenerate', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'regenerating the key');
  await page.keyboard.press('Escape');
  await open(page, '/usage', 'API usage');
  await expect(page.getByText('No requests yet')).toBeVisible();
  await isClean(page, 'usage');
  await open(page, '/insights?group=security', 'Insights');
  await expect(page.getByText('The log has no gaps in this time.')).toBeVisible();
  await isClean(page, 'insights');
  await open(page, '/event-types', 'Event catalog');
  await page.getByRole('button', { name: /^job\.created/ }).click();
  await expect(page.getByRole('table', { name: 'Properties of job.created' })).toBeVisible();
  await isClean(page, 'the catalog');
  await page.getByRole('button', { name: 'Add event type' }).click();
  await expect(page.getByRole('dialog', { name: 'Add event type' })).toBeVisible();
  await isClean(page, 'an own event type');
});

test('axe: audit log, members, password dialog, unknown address', async ({
  page,
  keeper,
  organization,
  watch,
}) => {
  watch.allow(/status of 40[13]/);
  await keeper.createMember(organization, 'viewer');
  await open(page, '/audit', 'Audit log');
  await page.getByRole('button', { name: 'Organization created' }).click();
  await isClean(page, 'the audit log');
  await open(page, '/members', 'Members');
  await expect(page.getByRole('row', { name: /Vera Wood/ })).toBeVisible();
  await isClean(page, 'members');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('dialog', { name: 'Invite a person' })).toBeVisible();
  await isClean(page, 'inviting');
  await page.keyboard.press('Escape');
  await keeper.ageSessions(organization.administrator);
  await open(page, '/api-key', 'API keys');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('dialog', { name: 'Confirm that it is you' })).toBeVisible();
  await isClean(page, 'the password dialog');
  await page.goto('/no/such/page');
  await expect(page.getByText('There is no page at this address')).toBeVisible();
  await isClean(page, 'an unknown address');
});

test.describe('signed out', () => {
  test.use({ signedIn: false });

  test('axe: signing in, refused, and an invitation', async ({ page, openPage, organization, watch }) => {
    watch.allow(/status of 40[14]/);
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await isClean(page, 'signing in');
    await page.getByLabel('E-mail').fill(organization.administrator.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await isClean(page, 'refused');
    await page.goto(`/invite/${'x'.repeat(40)}`);
    await expect(page.getByRole('alert')).toBeVisible();
    await isClean(page, 'an invitation that is gone');

    const administrator = await openPage(organization.administrator);
    const invited = await administrator.request.post('/api/trpc/access.inviteMember', {
      data: { email: `axe.${organization.id}@people.example`, role: 'viewer' },
    });
    const { result } = (await invited.json()) as { result: { data: { url: string } } };
    await page.goto(result.data.url);
    await expect(page.getByLabel('Your name')).toBeVisible();
    await isClean(page, 'an invitation');
  });
});

test('axe: integrations, disconnecting, the catalog and its curation', async ({ page, api, sandbox }) => {
  await open(page, '/integrations', 'Integrations');
  await isClean(page, 'no integrations');
  const values = await sandbox.credentials('sendgrid');
  await api.call('POST', '/integrations', { provider: 'sendgrid', values });
  await expect(page.getByRole('row', { name: /Twilio SendGrid/ })).toBeVisible();
  await isClean(page, 'the list');
  await page.getByRole('button', { name: 'Disconnect Twilio SendGrid' }).click();
  await expect(page.getByRole('list', { name: 'What disconnecting does' })).toBeVisible();
  await isClean(page, 'disconnecting');
  await page.goto('/integrations?tab=available');
  await expect(page.getByRole('button', { name: 'Connect Slack' })).toBeVisible();
  await page.getByRole('button', { name: 'Curate' }).click();
  await isClean(page, 'curating the catalog');
  await page.goto('/integrations?tab=api');
  await expect(page.getByRole('list', { name: 'Event types' })).toBeVisible();
  await isClean(page, 'API and webhooks');
});

test('axe: what a provider is, by OAuth and by files', async ({ page }) => {
  for (const slug of ['slack', 'bcbs']) {
    // With few cards behind it: all of them would be examined again for each dialog.
    await page.goto(`/integrations?tab=available&q=${slug}&provider=${slug}`);
    await expect(page.getByRole('dialog').getByRole('heading', { name: 'Features' })).toBeVisible();
    await isClean(page, `about ${slug}`);
  }
});

test('axe: the mail form, a template', async ({ page }) => {
  await page.goto('/integrations?tab=available&q=smtp&provider=smtp');
  await page.getByRole('button', { name: 'Connect with SMTP server' }).click();
  await page.getByRole('button', { name: 'Test & save' }).click();
  await isClean(page, 'the mail form with errors');
  await page.goto('/integrations?tab=available&q=smtp&template=email-with-backup');
  await expect(page.getByRole('dialog', { name: 'Email with a backup' })).toBeVisible();
  await isClean(page, 'a template');
});

test('axe: adding a custom provider', async ({ page, watch }) => {
  watch.allow(/status of 422/);
  await open(page, '/integrations?tab=available', 'Integrations');
  await page.getByRole('button', { name: 'Add a custom provider' }).click();
  await expect(page.getByRole('radio', { name: 'REST API' })).toBeVisible();
  await isClean(page, 'the kinds');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Add to the catalog' }).click();
  await expect(page.getByRole('dialog').getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await isClean(page, 'the form with errors');
});

test('axe: one integration, its parts, a form, what waits, its dialogs', async ({ page, api, sandbox }) => {
  const values = await sandbox.credentials('sendgrid');
  const { id } = await api.call<{ id: string }>('POST', '/integrations', { provider: 'sendgrid', values });
  const limits = { perHour: 100, perDay: null };
  await api.call('PATCH', `/integrations/${id}`, { limits });
  await open(page, `/integrations/${id}`, 'Twilio SendGrid');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByRole('list', { name: 'Steps of the check' })).toBeVisible();
  await isClean(page, 'the overview');
  await page.getByRole('button', { name: 'Rename' }).click();
  await isClean(page, 'renaming');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'More for Twilio SendGrid' }).click();
  await isClean(page, 'the menu');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByLabel('Most calls an hour').fill('50');
  await isClean(page, 'settings that were changed');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('tab', { name: 'Credentials' }).click();
  await page.getByRole('button', { name: 'Replace credentials' }).click();
  await page.getByRole('textbox', { name: 'API key' }).fill('SG.wrong.key');
  await isClean(page, 'the form for new credentials');
  await page.getByRole('button', { name: 'Test & save' }).click();
  await expect(page.getByRole('region', { name: 'New credentials wait' })).toBeVisible();
  await isClean(page, 'credentials that wait');
  await page.getByRole('tab', { name: 'Activity' }).click();
  await expect(page.getByRole('button', { name: 'New credentials given' })).toBeVisible();
  await isClean(page, 'the activity');
});

test('axe: runbooks and verification', async ({ page, api, sandbox }) => {
  const values = await sandbox.credentials('sendgrid');
  await api.call('POST', '/integrations', { provider: 'sendgrid', values });
  await open(page, '/runbooks', 'Runbooks');
  await isClean(page, 'runbooks');
  await open(page, '/runbooks/email', 'Email does not work');
  await isClean(page, 'a runbook');
  const { id } = await api.call<{ id: string }>('POST', '/verifications', {});
  await open(page, '/verification', 'Verification');
  await isClean(page, 'verifications');
  await page.goto(`/verification/${id}`);
  await expect(page.getByText('Nothing to do.')).toBeVisible({ timeout: 20_000 });
  await isClean(page, 'the report of a verification');
});

test('axe: the health of one integration and of all, the troubleshooter', async ({ page, api, sandbox }) => {
  await open(page, '/health', 'Health');
  await isClean(page, 'nothing to watch');
  const values = { ...(await sandbox.credentials('sendgrid')), apiKey: 'SG.wrong.key' };
  const { id } = await api.call<{ id: string }>('POST', '/integrations', {
    provider: 'sendgrid',
    values,
    check: 'skip',
  });
  await api.call('POST', `/integrations/${id}/test`, {});
  await open(page, `/integrations/${id}?tab=health&troubleshoot=true`, 'Twilio SendGrid');
  await expect(page.getByRole('heading', { name: 'Suggested actions' })).toBeVisible();
  await page.getByRole('list', { name: 'Errors by kind' }).getByRole('listitem').first().click();
  await page.getByText('Show as a table').click();
  await isClean(page, 'the health of an integration in error');
  await open(page, '/health', 'Health');
  await page.getByRole('button', { name: 'Health check all' }).click();
  await expect(page.getByText(/checked, 1 does not work/)).toBeVisible({ timeout: 20_000 });
  await isClean(page, 'the health of all');
});

test('axe: an integration by OAuth that is not connected, its app', async ({ page, api }) => {
  const { id } = await api.call<{ id: string }>('POST', '/integrations', { provider: 'slack' });
  await open(page, `/integrations/${id}?tab=permissions`, 'Slack');
  await expect(page.getByRole('heading', { name: 'App at Slack' })).toBeVisible();
  await isClean(page, 'permissions');
  await page.getByRole('button', { name: 'Set up your own' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'the app');
});

test('axe: the files of a partner, one of them, creating, uploading, its columns', async ({
  page,
  api,
  watch,
}) => {
  watch.allow(/status of 422/);
  const { id } = await api.call<{ id: string }>('POST', '/integrations', {
    provider: 'fidelity',
    authType: 'manual',
    values: { planNumber: '54321' },
    check: 'skip',
  });
  await open(page, `/integrations/${id}?tab=files`, 'Fidelity Workplace 401(k)');
  await expect(page.getByText('No files yet')).toBeVisible();
  await api.call('POST', `/integrations/${id}/files`, { content: { kind: 'sample', of: 'census' } });
  const file = page
    .getByRole('table', { name: 'Files to and from the partner' })
    .getByRole('button', { name: /^sample_/ });
  await expect(file).toBeVisible();
  await isClean(page, 'the list');
  await file.click();
  await expect(page.getByText('Nothing is wrong with it', { exact: true })).toBeVisible();
  await isClean(page, 'a file');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Upload' }).click();
  await isClean(page, 'uploading');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Change columns of Census (CSV)' }).click();
  await isClean(page, 'columns');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Create file' }).click();
  await page.getByRole('textbox', { name: 'Rows' }).fill('[{"planNumber":"1"}]');
  await page.getByRole('button', { name: 'Create file' }).last().click();
  await expect(page.getByText('What is wrong with the rows')).toBeVisible();
  await isClean(page, 'creating, with errors');
});

test('axe: alerts with one of them, its page, the settings with their dialogs, and a status update', async ({
  page,
  api,
  receiver,
}) => {
  await open(page, '/alerts', 'Alerts');
  await isClean(page, 'no alerts');
  await lay(api, receiver);
  const title = page.getByRole('link', { name: 'Dead letters of webhook Failing' });
  await expect(title).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Post status update' }).click();
  await isClean(page, 'posting a status update');
  await page.getByLabel('What everybody should know').fill('We look into it.');
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Status updates' })).toBeVisible();
  await isClean(page, 'alerts');
  await title.click();
  await expect(page.getByRole('list', { name: 'What happened' })).toBeVisible();
  await isClean(page, 'one alert');
  await open(page, '/alerts/settings', 'Alert rules and channels');
  await isClean(page, 'the settings');
  await page.getByRole('button', { name: 'Add channel' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'adding a channel');
});

test('axe: logs, a line, an export, clearing', async ({ page, api, receiver }) => {
  await open(page, '/logs?range=15m&source=oauth', 'Logs');
  await expect(page.getByText('No line matches')).toBeVisible();
  await isClean(page, 'no line matches');
  await lay(api, receiver);
  await open(page, '/logs', 'Logs');
  const line = page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ hasText: 'The endpoint failed' })
    .first();
  await line.getByRole('button').first().click();
  await expect(line.getByRole('button', { name: 'Copy as JSON' })).toBeVisible();
  await isClean(page, 'the logs with an open line');
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByText(/will be exported/)).toBeVisible();
  await isClean(page, 'exporting');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByText(/will be removed for good/)).toBeVisible();
  await isClean(page, 'clearing');
});

test('axe: failover of an integration, its overview, actions', async ({ page, api, sandbox }) => {
  for (const slug of ['sendgrid', 'postmark']) {
    await api.call('POST', '/integrations', { provider: slug, values: await sandbox.credentials(slug) });
  }
  const { data } = await api.call<{ data: { id: string }[] }>('GET', '/integrations');
  const [first, second] = data;
  await api.call('PUT', `/integrations/${first!.id}/failover`, { backupIntegrationId: second!.id });
  await api.call('POST', '/actions/email.send', { to: 'jane@example.com', subject: 'Hello', text: 'Hello' });
  await page.goto(`/integrations/${first!.id}?tab=failover`);
  await expect(page.getByText('Failover settings')).toBeVisible();
  await isClean(page, 'the failover of an integration');
  await open(page, '/failover', 'Failover');
  await isClean(page, 'the overview');
  await open(page, '/actions', 'Actions');
  await page.getByRole('button', { name: /Send email/ }).click();
  await expect(page.getByRole('region', { name: 'Attempts' })).toBeVisible();
  await isClean(page, 'an action');
});

test('axe: the account, an authenticator app, recovery codes, the second step', async ({
  page,
  openPage,
  organization,
}) => {
  await open(page, '/account', 'Your account');
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2);
  await isClean(page, 'the account');
  await page.getByRole('button', { name: 'Set up' }).click();
  const key = await page.getByLabel('Or type this key into the app').inputValue();
  await isClean(page, 'setting up an app');
  await page.getByLabel('Code that the app shows now').fill(totpCode(key));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('list', { name: 'Recovery codes' })).toBeVisible();
  await isClean(page, 'the recovery codes');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  const other = await openPage();
  await open(other, '/sign-in', 'Sign in');
  await signInByForm(other, organization.administrator.email);
  await expect(other.getByRole('heading', { name: 'Second step' })).toBeVisible();
  await isClean(other, 'the second step');
});

test('axe: automations, their runs, templates and editor', async ({ page, api }) => {
  const step = { name: 'post', capability: 'chat.post', input: { text: 'Robot {{ event.data.id }}' } };
  const trigger = { kind: 'event', events: ['robot.stopped'] };
  const { id } = await api.call<{ id: string }>('POST', '/automations', {
    name: 'Robots',
    trigger,
    steps: [step],
  });
  await api.call('POST', '/events', { type: 'robot.stopped', data: {} });
  await page.goto('/automations');
  await expect(page.getByRole('row', { name: /Robots/ })).toBeVisible();
  await isClean(page, 'the automations');
  await page.getByRole('tab', { name: /Runs/ }).click();
  await page.getByRole('button', { name: /Robots/ }).click();
  const run = page.getByRole('dialog', { name: 'Run', exact: true });
  await expect(run.getByText(/cannot be filled from this event/)).toBeVisible();
  await isClean(page, 'a run');
  await page.goto('/automations?tab=templates');
  await expect(page.getByRole('heading', { name: 'Failed payment → Slack' })).toBeVisible();
  await isClean(page, 'the templates');
  await page.goto(`/automations/${id}`);
  await expect(page.getByRole('region', { name: 'Step 1' })).toBeVisible();
  await isClean(page, 'the editor');
});
