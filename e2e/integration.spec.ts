import type { Page } from '@playwright/test';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import type { OAuthApp } from '@trunkline/contract/oauth';
import { flip, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';
import { mutate } from './support/trpc.ts';

/** Connects a provider by key, as a program does. */
async function connect(
  api: MachineApi,
  sandbox: Sandbox,
  slug: string,
  more: { values?: Record<string, string>; name?: string; check?: 'skip' } = {},
): Promise<IntegrationDetail> {
  const values = { ...(await sandbox.credentials(slug)), ...more.values };
  return api.call('POST', '/integrations', { ...more, provider: slug, values });
}

/** A mail server as the sandbox plays it. */
async function connectMail(api: MachineApi, sandbox: Sandbox): Promise<IntegrationDetail> {
  const { password: secret } = await sandbox.credentials('smtp');
  return api.call('POST', '/integrations', {
    provider: 'smtp',
    name: 'Company email',
    values: {
      host: 'smtp.sendgrid.net',
      port: '587',
      username: 'apikey',
      password: secret,
      fromEmail: 'noreply@intime.example',
      fromName: 'InTime Staffing',
    },
  });
}

/** Sets up the organization's app at a provider and begins an integration there, not connected yet. */
async function begin(
  page: Page,
  api: MachineApi,
  sandbox: Sandbox,
  slug: string,
): Promise<IntegrationDetail> {
  const { clientId, clientSecret } = await sandbox.credentials(slug);
  const saved = await mutate(page, 'integrations.saveOAuthApp', {
    provider: slug,
    values: { clientId, clientSecret },
  });
  expect(saved.status, 'saving the app').toBe(200);
  await sandbox.allowRedirect(slug, (saved.data as OAuthApp).redirectUri);
  return api.call('POST', '/integrations', { provider: slug, authType: 'oauth2' });
}

/** Goes through the dialog and the consent page of the other window; `refused` are scopes to untick there. */
async function allow(page: Page, refused: readonly string[] = []): Promise<void> {
  const dialog = page.getByRole('dialog');
  const opened = page.waitForEvent('popup');
  await dialog.getByRole('button', { name: /^Continue to/ }).click();
  const consent = await opened;
  for (const scope of refused) await consent.getByRole('checkbox', { name: scope }).uncheck();
  await consent.getByRole('button', { name: 'Allow' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
}

/** Begins at a provider and connects by the page itself. */
async function connectByConsent(
  page: Page,
  api: MachineApi,
  sandbox: Sandbox,
  slug: string,
  refused: readonly string[] = [],
): Promise<IntegrationDetail> {
  const integration = await begin(page, api, sandbox, slug);
  await page.goto(`/integrations/${integration.id}`);
  await state(page).getByRole('button', { name: 'Connect' }).click();
  await allow(page, refused);
  return integration;
}

const state = (page: Page) => page.getByRole('region', { name: 'State of this integration' });
const steps = (page: Page) => page.getByRole('list', { name: 'Steps of the check' });

async function confirmPassword(page: Page): Promise<void> {
  await page.getByLabel(/^Password of/).fill(password);
  await page.getByRole('button', { name: 'Confirm' }).click();
}

test.describe('one integration', () => {
  test('shows who connected it, what it can do and its last check; it is renamed in place', async ({
    page,
    api,
    sandbox,
  }) => {
    const { id } = await connect(api, sandbox, 'sendgrid');
    await page.goto(`/integrations/${id}`);
    await expect(page.getByRole('heading', { name: 'Twilio SendGrid', level: 1 })).toBeVisible();
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'What it can do' })).toBeVisible();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(steps(page).getByRole('listitem').filter({ hasText: 'OK' }).first()).toBeVisible();

    await page.getByRole('button', { name: 'Rename' }).click();
    const name = page.getByLabel('Name of the integration');
    await name.fill('  ');
    await expect(page.getByText('Give it a name')).toBeVisible();
    await name.fill('Company email');
    await name.press('Enter');
    await expect(page.getByRole('heading', { name: 'Company email', level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Rename' })).toBeFocused();
    await page.getByRole('button', { name: 'Rename' }).click();
    await name.fill('Something else');
    await name.press('Escape');
    await expect(page.getByRole('heading', { name: 'Company email', level: 1 })).toBeVisible();
  });

  test('the switch acts at once, and the page says what that means', async ({ page, api, sandbox }) => {
    const { id } = await connect(api, sandbox, 'sendgrid');
    await page.goto(`/integrations/${id}`);
    await flip(page.getByRole('switch', { name: 'On' }));
    await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
    await expect(state(page)).toContainText('Nothing is called and nothing is checked');
    await state(page).getByRole('button', { name: 'Switch on' }).click();
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    await expect(page.getByRole('switch', { name: 'On' })).toBeChecked();
    await expect(state(page)).toHaveCount(0);
    await expect(page.locator('#page-title')).toBeFocused();
  });

  test('CONN-2 settings and CONN-4 limits are saved together; leaving unsaved asks first', async ({
    page,
    api,
    sandbox,
  }) => {
    const { id } = await connect(api, sandbox, 'hellosign');
    await page.goto(`/integrations/${id}?tab=settings`);
    const mode = page.getByRole('switch', { name: /^Test mode/ });
    const before = await mode.isChecked();
    await flip(mode);
    await page.getByLabel('Most calls an hour').fill('1000');
    await page.getByLabel('Most calls a day').fill('500');
    await expect(page.getByText(/never has an effect/)).toBeVisible();
    await page.getByLabel('Most calls a day').fill('25000');
    await page.getByRole('radio', { name: 'Refuse' }).check();

    await page.getByRole('tab', { name: 'Activity' }).click();
    const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByLabel('Most calls an hour')).toHaveValue('1,000');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByRole('region', { name: 'Unsaved changes' })).toBeHidden();
    const saved = await api.call<IntegrationDetail>('GET', `/integrations/${id}`);
    expect(saved.settings['testMode']).toBe(!before);
    expect(saved.limits).toEqual({ perHour: 1000, perDay: 25_000, onLimit: 'refuse' });
    await expect(page.getByRole('region', { name: 'Current usage' })).toContainText(/of 25,000/);
    await page.reload();
    await expect(page.getByRole('radio', { name: 'Refuse' })).toBeChecked();
    await page.getByRole('tab', { name: 'Activity' }).click();
    await expect(page.getByRole('button', { name: 'Integration changed' })).toBeVisible();
  });

  test('CONN-8 a secret is shown after the password, hides itself, and the showing is on record', async ({
    page,
    api,
    sandbox,
    keeper,
    organization,
    watch,
  }) => {
    watch.allow(/status of 403/);
    await page.clock.install();
    const { apiKey } = await sandbox.credentials('sendgrid');
    const { id } = await connect(api, sandbox, 'sendgrid');
    await page.goto(`/integrations/${id}?tab=credentials`);
    const field = page.getByRole('group', { name: 'API key', exact: true });
    const value = field.getByTestId('secret-value');
    await expect(value).toHaveText(/^•+/);
    await keeper.ageSessions(organization.administrator);
    await field.getByRole('button', { name: 'Show' }).click();
    await confirmPassword(page);
    await expect(value).toHaveText(apiKey ?? '');
    await page.clock.fastForward(31_000);
    await expect(value).not.toHaveText(apiKey ?? '');
    await page.getByRole('tab', { name: 'Activity' }).click();
    await expect(page.getByRole('button', { name: 'Credential shown' })).toBeVisible();
    await expect(page.locator('body')).not.toContainText(apiKey ?? '');
  });

  test('CONN-8 new credentials that fail wait beside those in use; those that pass take over', async ({
    page,
    api,
    sandbox,
  }) => {
    const { apiKey } = await sandbox.credentials('sendgrid');
    const { id } = await connect(api, sandbox, 'sendgrid');
    await page.goto(`/integrations/${id}?tab=credentials`);
    const key = page.getByRole('textbox', { name: 'API key' });
    await page.getByRole('button', { name: 'Replace credentials' }).click();
    await expect(page).toHaveURL(/edit=true/);
    await key.fill('SG.wrong.key');
    await page.getByRole('button', { name: 'Test typed values' }).click();
    await expect(page.getByRole('alert')).toContainText('The API key is not accepted');
    await page.getByRole('button', { name: 'Test & save' }).click();

    const waiting = page.getByRole('region', { name: 'New credentials wait' });
    await expect(waiting).toBeVisible();
    await expect(steps(page).getByRole('listitem').filter({ hasText: 'Failed' })).toHaveCount(1);
    expect((await api.call<IntegrationDetail>('GET', `/integrations/${id}`)).status).toBe('active');
    await page.getByRole('tab', { name: 'Overview' }).click();
    await state(page).getByRole('link', { name: 'Look at them' }).click();
    await waiting.getByRole('button', { name: 'Test again' }).click();
    await expect(waiting.getByRole('alert')).toContainText('The API key is not accepted');
    await waiting.getByRole('button', { name: 'Discard' }).click();
    await expect(waiting).toBeHidden();

    await page.getByRole('button', { name: 'Replace credentials' }).click();
    await key.fill(apiKey ?? '');
    await page.getByRole('button', { name: 'Test & save' }).click();
    await expect(page.getByText('The new credentials are in use')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Replace credentials' })).toBeVisible();
    await page.getByRole('tab', { name: 'Activity' }).click();
    await expect(page.getByRole('button', { name: 'Credentials replaced' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'New credentials discarded' })).toBeVisible();
  });

  test('a key that is not accepted any more: the banner says so and leads to the form that mends it', async ({
    page,
    api,
    sandbox,
  }) => {
    const { serverToken } = await sandbox.credentials('postmark');
    const { id } = await connect(api, sandbox, 'postmark', {
      values: { serverToken: '00000000-0000-4000-8000-000000000000' },
      check: 'skip',
    });
    await page.goto(`/integrations/${id}`);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(state(page).getByText('What to do:')).toBeVisible();
    await expect(page.getByText('Error', { exact: true })).toBeVisible();
    await state(page).getByRole('link', { name: 'Enter new credentials' }).click();
    await page
      .getByRole('textbox', { name: /token/i })
      .first()
      .fill(serverToken ?? '');
    await page.getByRole('button', { name: 'Test & save' }).click();
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    await expect(state(page)).toHaveCount(0);
  });

  test('CONN-3, CONN-6 the mail form tests what is typed, keeps limits, and sends a test email', async ({
    page,
    api,
    sandbox,
  }) => {
    const { password: secret } = await sandbox.credentials('smtp');
    const { id } = await connectMail(api, sandbox);
    await page.goto(`/integrations/${id}?tab=credentials`);
    await page.getByLabel('To', { exact: true }).fill('admin@intime.example');
    await page.getByRole('button', { name: 'Send test email' }).click();
    await expect(page.getByText('The test email to admin@intime.example was accepted')).toBeVisible();

    await page.getByRole('button', { name: 'Change connection' }).click();
    const form = page.getByRole('region', { name: /^Email integration \(SMTP\)/ });
    await expect(form.getByLabel('Host')).toHaveValue('smtp.sendgrid.net');
    await form.getByLabel('Password').first().fill('wrong');
    await form.getByRole('button', { name: 'Test typed values' }).click();
    // Ports may have these digits, too.
    await expect(form.getByRole('listitem').filter({ hasText: 'Failed' })).toContainText('535');
    await form
      .getByLabel('Password')
      .first()
      .fill(secret ?? '');
    await form.getByLabel('Send a test email to').fill('somebody@intime.example');
    await form.getByRole('button', { name: 'Send test email' }).click();
    await expect(form.getByText('The test email to somebody@intime.example was accepted')).toBeVisible();
    await form.getByRole('radio', { name: '465 (TLS)' }).check();
    await form.getByLabel('Most emails a day').fill('25000');
    await form.getByRole('button', { name: 'Test & save' }).click();
    await expect(form).toBeHidden();
    const saved = await api.call<IntegrationDetail>('GET', `/integrations/${id}`);
    expect(saved.values['port']).toBe('465');
    expect(saved.limits.perDay).toBe(25_000);
  });

  test('CONN-7 disconnecting erases it and keeps its history', async ({ page, api, sandbox }) => {
    const { id } = await connect(api, sandbox, 'twilio');
    await page.goto(`/integrations/${id}`);
    await page.getByRole('button', { name: 'More for Twilio SMS' }).click();
    await page.getByRole('menuitem', { name: 'Disconnect and remove' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
    await page.goto(`/integrations/${id}`);
    await expect(page.getByText('This integration was disconnected')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Integration disconnected' })).toBeVisible();
  });

  test('an address without an integration says so', async ({ page, watch }) => {
    watch.allow(/status of 40[04]|status of 422/);
    for (const id of ['00000000-0000-7000-8000-000000000000', 'nonsense']) {
      await page.goto(`/integrations/${id}`);
      await expect(page.getByRole('heading', { name: 'Integration not found', level: 1 })).toBeVisible();
    }
  });

  test('a viewer sees everything, locked with the reason; a utility administrator sees no secret', async ({
    pageAs,
    api,
    sandbox,
  }) => {
    const { id } = await connect(api, sandbox, 'sendgrid');
    const { page: viewer } = await pageAs('viewer');
    await viewer.goto(`/integrations/${id}`);
    await expect(viewer.getByRole('switch', { name: 'On' })).toBeDisabled();
    const test = viewer.getByRole('button', { name: 'Test connection' });
    await test.focus();
    await expect(viewer.getByRole('tooltip')).toHaveText(/Viewers do not/);
    await viewer.getByRole('tab', { name: 'Settings' }).click();
    await expect(viewer.getByLabel('Most calls an hour')).toBeDisabled();
    await viewer.goto(`/integrations/${id}?tab=credentials&edit=true`);
    await expect(viewer.getByRole('button', { name: 'Replace credentials' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );

    const { page: utility } = await pageAs('utility_admin');
    await utility.goto(`/integrations/${id}?tab=credentials`);
    await utility.getByRole('button', { name: 'Show', exact: true }).focus();
    await expect(utility.getByRole('tooltip')).toHaveText(/Only a system administrator sees/);
  });
});

test.describe('an integration by OAuth', () => {
  test('OAUTH-4 what was not granted is asked for later; what was granted stays', async ({
    page,
    api,
    sandbox,
  }) => {
    const optional = 'See only when somebody is busy or free';
    const { id } = await connectByConsent(page, api, sandbox, 'google-calendar', [optional]);
    await page.getByRole('tab', { name: 'Permissions' }).click();
    await expect(page.getByText(/^Connected as .+@/).last()).toBeVisible();
    const list = page.getByRole('list', { name: 'Permissions' });
    await expect(list.getByRole('listitem').filter({ hasText: optional })).toContainText('Not granted');
    await page.getByRole('button', { name: 'Request additional permissions' }).click();
    await page.getByRole('checkbox', { name: optional }).check();
    await page.getByRole('button', { name: 'Ask for 1 permission' }).click();
    await allow(page);
    await expect(list.getByRole('listitem').filter({ hasText: optional })).not.toContainText('Not granted');
    await expect(list.getByText('Not granted')).toHaveCount(0);
    await expect(page.getByText(/^in \d+ min \(/)).toBeVisible();
    await expect(page.getByText(/^On: renewed before it expires/)).toBeVisible();
    expect((await api.call<IntegrationDetail>('GET', `/integrations/${id}`)).status).toBe('active');
  });

  test('OAUTH-3 access that was revoked at the provider: the page says so, and Reconnect mends it', async ({
    page,
    api,
    sandbox,
  }) => {
    const { id } = await connectByConsent(page, api, sandbox, 'calendly');
    await sandbox.setCondition('calendly', 'revoked');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(state(page).getByText('What to do:')).toBeVisible();
    await expect(page.getByText('Error', { exact: true })).toBeVisible();
    await page.getByRole('tab', { name: 'Permissions' }).click();
    await expect(
      page.getByText('Calendly no longer accepts the connection', { exact: true }).last(),
    ).toBeVisible();
    // What an alert leads to begins by itself, once.
    await page.goto(`/integrations/${id}?reconnect=true`);
    await expect(page.getByRole('dialog')).toContainText('Continue to');
    await expect(page).toHaveURL(new RegExp(`${id}$`));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await state(page).getByRole('button', { name: 'Reconnect' }).click();
    await allow(page);
    await expect(page.getByText('Active', { exact: true })).toBeVisible();
    await expect(state(page)).toHaveCount(0);
  });

  test('OAUTH-6 disconnecting revokes at the provider; the integration stays and waits', async ({
    page,
    api,
    sandbox,
    keeper,
    organization,
    watch,
  }) => {
    watch.allow(/status of 403/);
    const { id } = await connectByConsent(page, api, sandbox, 'discord');
    await page.goto(`/integrations/${id}?tab=permissions`);
    await keeper.ageSessions(organization.administrator);
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect from Discord?' });
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await confirmPassword(page);
    const done = page.getByRole('dialog', { name: 'Disconnected from Discord' });
    await expect(done.getByRole('status')).toContainText('confirmed that access has ended');
    expect(await sandbox.calls('discord')).toContainEqual(expect.stringMatching(/^POST .*revoke/));
    await done.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText('Not connected to Discord')).toBeVisible();
    await expect(state(page)).toContainText('Not connected yet');
  });

  test('the app at the provider: its redirect address, a change and its removal, for system administrators', async ({
    page,
    pageAs,
    api,
    sandbox,
  }) => {
    const { id } = await begin(page, api, sandbox, 'slack');
    await page.goto(`/integrations/${id}?tab=permissions`);
    const card = page.getByRole('region', { name: 'App at Slack' });
    await expect(card.getByLabel('Redirect address')).toHaveValue(/\/api\/integrations\/oauth\/callback$/);
    await card.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set up the app at Slack' });
    await dialog.getByLabel('Client ID').fill('1234.5678');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(card.getByText('1234.5678')).toBeVisible();
    const { page: utility } = await pageAs('utility_admin');
    await utility.goto(`/integrations/${id}?tab=permissions`);
    const theirCard = utility.getByRole('region', { name: 'App at Slack' });
    await theirCard.getByRole('button', { name: 'Remove' }).focus();
    await expect(utility.getByRole('tooltip')).toHaveText(/Only a system administrator sets up/);
    await card.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove app' }).click();
    await expect(card.getByText('No app is set up')).toBeVisible();
  });
});

test('the page fits 320 and 390 px', async ({ page, api, sandbox }) => {
  const name = 'The mail server of the whole company with a long name';
  const { id } = await connect(api, sandbox, 'sendgrid', { name });
  const slack = await begin(page, api, sandbox, 'slack');
  const pages = ['', '?tab=settings', '?tab=credentials', '?tab=credentials&edit=true', '?tab=activity'];
  const paths = [
    ...pages.map((search) => `/integrations/${id}${search}`),
    `/integrations/${slack.id}?tab=permissions`,
  ];
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole('tabpanel').getByRole('heading', { level: 2 }).first()).toBeVisible();
    await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
    for (const width of [320, 390]) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, path, await sidewaysScroll(page)]).toEqual([width, path, 0]);
    }
  }
});
