import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

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
