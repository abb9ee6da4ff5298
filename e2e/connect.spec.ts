import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import type { Sandbox } from './support/sandbox.ts';

/** Opens a provider from the catalog and goes on to its form or to its consent. */
async function begin(page: Page, slug: string, name: string): Promise<void> {
  await page.goto(`/integrations?tab=available&provider=${slug}`);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Connect with ${name}` })
    .click();
}

async function fill(page: Page, values: Record<string, string | undefined>): Promise<void> {
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(values)) {
    await dialog
      .getByLabel(label)
      .first()
      .fill(value ?? '');
  }
}

test.describe('CONN-1, CONN-6: connect by what is typed', () => {
  test('SendGrid by key: a wrong key shows the step and stays typed; the right one is tested, saved and works', async ({
    page,
    sandbox,
    watch,
  }) => {
    watch.allow(/status of 422/);
    const { apiKey, fromEmail } = await sandbox.credentials('sendgrid');
    await begin(page, 'sendgrid', 'Twilio SendGrid');
    await fill(page, { 'API key': 'not a key', 'Sender address': fromEmail });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Test & save' }).click();
    await expect(dialog.getByText(/This does not look like a value of this kind/)).toBeVisible();

    await fill(page, { 'API key': 'SG.wrong.key' });
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The API key is not accepted');
    const steps = dialog.getByRole('list', { name: 'Steps of the check' });
    await expect(steps.getByRole('listitem').filter({ hasText: 'Failed' })).toHaveCount(1);
    await expect(dialog.getByLabel('API key').first()).toHaveValue('SG.wrong.key');
    await dialog.getByRole('button', { name: 'Test & save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The API key is not accepted');
    await expect(dialog.getByLabel('API key').first()).toHaveValue('SG.wrong.key');

    await fill(page, { 'API key': apiKey });
    await expect(dialog.getByText('You have changed values since this test.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await expect(dialog.getByText('The connection works')).toBeVisible();
    await dialog.getByRole('button', { name: 'Test & save' }).click();
    const done = page.getByRole('dialog', { name: 'Connection successful' });
    await expect(done.getByText('Successfully connected to Twilio SendGrid')).toBeVisible();
    await expect(done.getByRole('link', { name: 'Configure settings' })).toHaveAttribute(
      'href',
      /^\/integrations\/[0-9a-f-]{36}$/,
    );
    await done.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('tab', { name: /Connected/ }).click();
    await expect(page.getByRole('row', { name: /Twilio SendGrid/ }).getByText('Active')).toBeVisible();
  });

  test('Twilio by key, saved without a test, is tested before it is called working', async ({
    page,
    sandbox,
  }) => {
    const values = await sandbox.credentials('twilio');
    await begin(page, 'twilio', 'Twilio SMS');
    const dialog = page.getByRole('dialog');
    await fill(page, {
      'Account SID': values['accountSid'],
      'Auth token': values['authToken'],
      Sender: values['from'],
    });
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('dialog', { name: 'Connection successful' })).toBeVisible();
  });

  test('CONN-3 a mail server by SMTP: the preset fills in, the steps are shown, a test email goes out', async ({
    page,
    sandbox,
  }) => {
    const { password } = await sandbox.credentials('smtp');
    await begin(page, 'smtp', 'SMTP server');
    const dialog = page.getByRole('dialog', { name: 'Email integration (SMTP)' });
    await dialog.getByRole('combobox', { name: 'Mail provider' }).click();
    await page.getByRole('option', { name: 'SendGrid' }).click();
    await expect(dialog.getByLabel('Host')).toHaveValue('smtp.sendgrid.net');
    await expect(dialog.getByRole('radio', { name: '587 (STARTTLS)' })).toBeChecked();
    await expect(dialog.getByLabel('User name')).toHaveValue('apikey');
    await fill(page, {
      Password: 'wrong',
      'Sender address': 'noreply@intime.example',
      'Sender name': 'InTime',
    });
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await expect(dialog.getByRole('listitem').filter({ hasText: '535' })).toBeVisible();

    await fill(page, { Password: password });
    await fill(page, { 'Send a test email to': 'admin@intime.example' });
    await dialog.getByRole('button', { name: 'Send test email' }).click();
    await expect(dialog.getByText('The test email to admin@intime.example was accepted')).toBeVisible();
    await dialog.getByRole('radio', { name: '465 (TLS)' }).check();
    await expect(dialog.getByText('Encrypted from the first byte (TLS).')).toBeVisible();
    await dialog.getByRole('button', { name: 'Test & save' }).click();
    await expect(page.getByRole('dialog', { name: 'Connection successful' })).toBeVisible();
  });
});

/** Sets up the organization's app at a provider, here and there; the form for it has a test of its own. */
async function setUpApp(page: Page, sandbox: Sandbox, slug: string): Promise<void> {
  const { clientId = '', clientSecret = '' } = await sandbox.credentials(slug);
  const response = await page.request.post('/api/trpc/integrations.saveOAuthApp', {
    data: { provider: slug, values: { clientId, clientSecret } },
  });
  expect(response.status(), await response.text()).toBe(200);
  const { result } = (await response.json()) as { result: { data: { redirectUri: string } } };
  await sandbox.allowRedirect(slug, result.data.redirectUri);
}

/** Presses the button that opens the window at the provider, and gives that window. */
async function openConsent(page: Page, name: string): Promise<Page> {
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: `Continue to ${name}` }).click();
  const consent = await popup;
  await expect(
    consent.getByRole('heading', { name: new RegExp(`wants to use your ${name} account`) }),
  ).toBeVisible();
  return consent;
}

test.describe('OAUTH-1, OAUTH-5, S17 17.8: connect by consent', () => {
  test('Salesforce: the app is set up first, permissions are shown in words, and the window closes itself', async ({
    page,
    sandbox,
  }) => {
    const { clientId, clientSecret, domain } = await sandbox.credentials('salesforce');
    await page.goto('/integrations?tab=available&provider=salesforce');
    const about = page.getByRole('dialog', { name: 'Salesforce' });
    await expect(about.getByText('Stay connected without asking again')).toBeVisible();
    await about.getByRole('checkbox', { name: /Know who signed in/ }).uncheck();
    await about.getByRole('button', { name: 'Set up the app at Salesforce' }).click();

    const app = page.getByRole('dialog', { name: 'Set up the app at Salesforce' });
    await sandbox.allowRedirect('salesforce', await app.getByLabel('Redirect address').inputValue());
    await fill(page, { 'Consumer key': clientId, 'Consumer secret': clientSecret });
    await app.getByRole('button', { name: 'Save and continue' }).click();

    const ask = page.getByRole('dialog', { name: 'Connect to Salesforce' });
    await ask.getByRole('button', { name: 'Continue to Salesforce' }).click();
    await expect(ask.getByText('My Domain is needed')).toBeVisible();
    await fill(page, { 'My Domain': domain });
    await expect(ask.getByText(domain ?? '', { exact: true })).toBeVisible();
    await expect(ask.getByText('Know who signed in')).toHaveCount(0);
    const consent = await openConsent(page, 'Salesforce');
    await expect(page.getByRole('dialog', { name: 'Waiting for Salesforce' })).toBeVisible();
    const closed = consent.waitForEvent('close');
    await consent.getByRole('button', { name: 'Allow' }).click();

    const done = page.getByRole('dialog', { name: 'Connection successful' });
    await expect(done.getByText('Successfully connected to Salesforce')).toBeVisible();
    await expect(done.getByText(/^Connected as/)).toBeVisible();
    await closed;
    await done.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('tab', { name: /Connected/ }).click();
    await expect(page.getByRole('row', { name: /Salesforce/ }).getByText('Active')).toBeVisible();
  });

  for (const [slug, name] of [
    ['google-calendar', 'Google Calendar'],
    ['slack', 'Slack'],
  ] as const) {
    test(`${name} connects with the app that is there`, async ({ page, sandbox }) => {
      await setUpApp(page, sandbox, slug);
      await begin(page, slug, name);
      const consent = await openConsent(page, name);
      await consent.getByRole('button', { name: 'Allow' }).click();
      const done = page.getByRole('dialog', { name: 'Connection successful' });
      await expect(done.getByText(`Successfully connected to ${name}`)).toBeVisible();
    });
  }

  test('a denial says so, and trying again goes on with the same integration', async ({
    page,
    sandbox,
    api,
  }) => {
    await setUpApp(page, sandbox, 'slack');
    await begin(page, 'slack', 'Slack');
    await (await openConsent(page, 'Slack')).getByRole('button', { name: 'Deny' }).click();
    const ended = page.getByRole('dialog', { name: 'Not connected' });
    await expect(ended.getByText('Access was denied at Slack')).toBeVisible();
    const catalog = await page.context().newPage();
    await catalog.goto('/integrations?tab=available');
    const details = catalog.getByRole('button', { name: 'Details of Slack' });
    const card = catalog.getByRole('listitem').filter({ has: details });
    await expect(card.getByText('Not connected yet')).toBeVisible();
    await ended.getByRole('button', { name: 'Try again' }).click();
    await (await openConsent(page, 'Slack')).getByRole('button', { name: 'Allow' }).click();
    await expect(page.getByRole('dialog', { name: 'Connection successful' })).toBeVisible();
    const { data } = await api.call<{ data: unknown[] }>('GET', '/integrations');
    expect(data).toHaveLength(1);
    await expect(card.getByText('Connected', { exact: true })).toBeVisible();
  });

  test('what was begun and not allowed is removed by whoever may connect', async ({
    page,
    sandbox,
    pageAs,
    api,
  }) => {
    await setUpApp(page, sandbox, 'slack');
    const { page: editor } = await pageAs('utility_admin');
    await begin(editor, 'slack', 'Slack');
    const consent = await openConsent(editor, 'Slack');
    await editor
      .getByRole('dialog', { name: 'Waiting for Slack' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await consent.close();
    const ended = editor.getByRole('dialog', { name: 'Not connected' });
    await expect(ended.getByText('Access has not been allowed yet')).toBeVisible();
    await ended.getByRole('button', { name: 'Keep for later' }).click();
    const { data } = await api.call<{ data: { id: string }[] }>('GET', '/integrations');
    await editor.goto(`/integrations/${data[0]?.id}`);
    const state = editor.getByRole('region', { name: 'State of this integration' });
    await state.getByRole('button', { name: 'Remove' }).click();
    const asked = editor.getByRole('dialog', { name: 'Remove “Slack”?' });
    await asked.getByRole('button', { name: 'Remove' }).click();
    await editor.getByRole('button', { name: 'Done' }).click();
    await expect(editor).toHaveURL(/\/integrations$/);
    expect((await api.call<{ data: unknown[] }>('GET', '/integrations')).data).toEqual([]);

    await begin(editor, 'slack', 'Slack');
    await (await openConsent(editor, 'Slack')).getByRole('button', { name: 'Deny' }).click();
    await ended.getByRole('button', { name: 'Remove' }).click();
    await expect(ended).toBeHidden();
    expect((await api.call<{ data: unknown[] }>('GET', '/integrations')).data).toEqual([]);
  });

  test('an attempt whose time is over says so', async ({ page, sandbox, keeper, organization }) => {
    await setUpApp(page, sandbox, 'slack');
    await begin(page, 'slack', 'Slack');
    await openConsent(page, 'Slack');
    await expect(page.getByRole('dialog', { name: 'Waiting for Slack' })).toBeVisible();
    await keeper.expireAttempts(organization);
    await expect(page.getByText('The time to allow access is over')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toBeFocused();
  });

  test('a window that the browser blocks is its own state; it goes on in this tab', async ({
    page,
    sandbox,
  }) => {
    await setUpApp(page, sandbox, 'slack');
    await page.addInitScript(() => {
      window.open = () => null;
    });
    await begin(page, 'slack', 'Slack');
    await page.getByRole('button', { name: 'Continue to Slack' }).click();
    const blocked = page.getByRole('dialog', { name: 'The browser blocked the window' });
    await expect(blocked.getByText('Your browser did not let a window open')).toBeVisible();
    await blocked.getByRole('button', { name: 'Continue in this tab' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page).toHaveURL(/\/connect\/[0-9a-f-]{36}$/);
    await expect(page.getByText('Slack allowed access')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Open the integration' })).toHaveAttribute(
      'href',
      /^\/integrations\/[0-9a-f-]{36}$/,
    );
  });

  test('OAUTH-3 access that was taken back at the provider is asked for again from the list', async ({
    page,
    sandbox,
    api,
  }) => {
    await setUpApp(page, sandbox, 'hubspot');
    await begin(page, 'hubspot', 'HubSpot');
    await (await openConsent(page, 'HubSpot')).getByRole('button', { name: 'Allow' }).click();
    const done = page.getByRole('dialog', { name: 'Connection successful' });
    await done.getByRole('button', { name: 'Done' }).click();
    await page.goto('/integrations');
    const row = page.getByRole('row', { name: /HubSpot/ });
    await expect(row.getByText('Active')).toBeVisible();

    await sandbox.revokeAll('hubspot');
    const { data } = await api.call<{ data: { id: string }[] }>('GET', '/integrations');
    await api.call('POST', `/integrations/${data[0]?.id}/test`, {});
    await expect(row.getByText('Error')).toBeVisible();
    await row.getByRole('button', { name: 'Reconnect HubSpot' }).click();
    await (await openConsent(page, 'HubSpot')).getByRole('button', { name: 'Allow' }).click();
    await page
      .getByRole('dialog', { name: 'Connection successful' })
      .getByRole('button', { name: 'Done' })
      .click();
    await expect(row.getByText('Active')).toBeVisible();
  });

  test('who may not set up the app is told whom to ask', async ({ pageAs, organization }) => {
    const { page } = await pageAs('utility_admin');
    await page.goto('/integrations?tab=available&provider=zoom');
    const dialog = page.getByRole('dialog', { name: 'Zoom' });
    await expect(dialog.getByText('An app at Zoom has to be set up first')).toBeVisible();
    await expect(dialog.getByText(organization.administrator.name)).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Connect with/ })).toHaveCount(0);
  });
});
