import type { Integration } from '@trunkline/contract/integrations';
import { choose, flip, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import { password } from './support/keeper.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

/** Connects a provider by key, as a program does. */
async function connect(api: MachineApi, sandbox: Sandbox, slug: string, name?: string): Promise<Integration> {
  const values = await sandbox.credentials(slug);
  return api.call('POST', '/integrations', { provider: slug, values, ...(name ? { name } : {}) });
}

test.describe('CAT-2, CRM 1, 10 to 13: the catalog', () => {
  test('counts what is connected, available and in each category, and finds as one types', async ({
    page,
    api,
    sandbox,
  }) => {
    await connect(api, sandbox, 'sendgrid');
    await page.goto('/integrations?tab=available');
    const counters = page.getByRole('group', { name: 'Filter by connection' });
    await expect(counters.getByRole('button', { name: /Connected 1/ })).toBeVisible();
    await expect(counters.getByRole('button', { name: /Available 63/ })).toBeVisible();
    await expect(counters.getByText('Categories')).toBeVisible();
    await expect(page.getByRole('radio', { name: 'All 64' })).toBeChecked();

    await page.getByRole('searchbox', { name: 'Search the catalog' }).fill('salesf');
    await expect(page).toHaveURL(/q=salesf/);
    await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Salesforce']);
    await expect(page.getByRole('radio', { name: 'CRM 1' })).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search the catalog' }).fill('nothing of this kind');
    await expect(page.getByText('No provider matches')).toBeVisible();
    await page.getByRole('button', { name: 'Show all providers' }).click();
    await expect(page.getByRole('radio', { name: 'All 64' })).toBeChecked();

    await choose(page.getByRole('radio', { name: /^CRM/ }));
    await expect(page).toHaveURL(/category=crm/);
    const cards = page.getByRole('region', { name: 'All providers' }).getByRole('listitem');
    await expect(cards.filter({ hasText: 'Salesforce' }).getByText('CRM', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Connect Salesforce' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('radio', { name: /^CRM/ })).toBeChecked();
  });

  test('says Connected on what is connected, live and without a reload', async ({ page, api, sandbox }) => {
    await page.goto('/integrations?tab=available&category=email');
    await expect(page.getByRole('button', { name: 'Connect Twilio SendGrid' })).toBeVisible();
    await connect(api, sandbox, 'sendgrid');
    const card = page.getByRole('listitem').filter({ hasText: 'Twilio SendGrid' });
    await expect(card.getByText('Connected', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: /^Connected 1/ })).toBeVisible();
    await page.getByRole('button', { name: /^Connected 1/ }).click();
    await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Twilio SendGrid']);
  });

  test('CAT-4 says honestly who exchanges files', async ({ page }) => {
    await page.goto('/integrations?tab=available&provider=bcbs');
    const dialog = page.getByRole('dialog', { name: 'Blue Cross Blue Shield' });
    await expect(dialog.getByText('This connection exchanges files')).toBeVisible();
    await expect(dialog.getByText('Needs a contract first')).toBeVisible();
  });

  test('CAT-3 suggests what fits what is used, and why', async ({ page, api, sandbox }) => {
    await connect(api, sandbox, 'sendgrid');
    await page.goto('/integrations?tab=available');
    const suggested = page.getByRole('region', { name: 'Suggested for you' });
    await expect(suggested.getByRole('listitem').filter({ hasText: 'Amazon SES' })).toContainText(
      'with a second one there is a backup',
    );
  });

  test('CAT-6 a system administrator chooses what it shows; others get a reason', async ({
    page,
    pageAs,
  }) => {
    await page.goto('/integrations?tab=available');
    await page.getByRole('button', { name: 'Curate' }).click();
    await flip(page.getByRole('switch', { name: 'Show Discord in the catalog' }));
    await expect(page.getByText('63 providers shown, 1 hidden')).toBeVisible();
    await page.getByRole('tab', { name: /^Connected/ }).click();
    const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Stop curating' }).click();
    const stopping = page.getByRole('dialog', { name: 'Stop without saving?' });
    await stopping.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('63 providers shown, 1 hidden')).toBeVisible();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByText('1 provider is hidden.')).toBeVisible();

    const { page: other } = await pageAs('utility_admin');
    await other.goto('/integrations?tab=available&category=chat');
    await expect(other.getByRole('button', { name: 'Connect Slack' })).toBeVisible();
    await expect(other.getByRole('button', { name: 'Connect Discord' })).toHaveCount(0);
    const locked = other.getByRole('button', { name: 'Curate' });
    await locked.focus();
    await expect(other.getByRole('tooltip')).toHaveText(/Only a system administrator/);
  });

  test('CAT-5 adds a provider without code, changes it and removes it', async ({ page, watch }) => {
    watch.allow(/status of 422/);
    await page.goto('/integrations?tab=available');
    await page.getByRole('button', { name: 'Add a custom provider' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByRole('button', { name: 'Add to the catalog' }).click();
    await expect(dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByLabel('Name').fill('Acme Time');
    await dialog.getByRole('combobox', { name: 'Category' }).click();
    await page.getByRole('option', { name: 'HRIS' }).click();
    await dialog.getByLabel('Base URL').fill('https://10.0.0.1/api');
    await dialog.getByRole('textbox', { name: 'Header' }).fill('X-Api-Key');
    await dialog.getByLabel('Health check').fill('/me');
    await dialog.getByRole('button', { name: 'Add to the catalog' }).click();
    await expect(dialog.getByLabel('Base URL')).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByLabel('Base URL').fill('https://93.184.216.34/api');
    const trial = dialog.getByRole('region', { name: 'Try it' });
    await trial.getByRole('textbox', { name: 'Key' }).fill('wrong');
    await trial.getByRole('button', { name: 'Check' }).click();
    await expect(trial.getByRole('list', { name: 'Steps of the check' })).toContainText('Failed');
    await trial.getByRole('textbox', { name: 'Key' }).fill('another');
    await expect(trial.getByText('You have changed values since this check.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Add to the catalog' }).click();

    const about = page.getByRole('dialog', { name: 'Acme Time' });
    await about.getByRole('button', { name: 'Edit definition' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Acme Time' });
    await edit.getByLabel('Name').fill('Acme Hours');
    await edit.getByRole('button', { name: 'Save changes' }).click();
    const changed = page.getByRole('dialog', { name: 'Acme Hours' });
    await changed.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove provider' }).click();
    await expect(page.getByRole('radio', { name: 'All 64' })).toBeVisible();
  });

  test('CONN-9 a template fills in the webhook', async ({ page }) => {
    await page.goto('/integrations?tab=available');
    await page.getByRole('button', { name: 'Use template Job created → Zapier' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Fill in the webhook' }).click();
    await expect(page.getByRole('heading', { name: 'Add webhook', level: 1 })).toBeVisible();
    await expect(page.getByLabel('Webhook name')).toHaveValue('Job created - Zapier');
    await expect(page.getByRole('checkbox', { name: /job\.created/ })).toBeChecked();
  });
});

test.describe('DASH-6, S17: what is connected', () => {
  test('an empty list leads to the catalog', async ({ page }) => {
    await page.goto('/integrations');
    await expect(page.getByText('No integrations yet')).toBeVisible();
    await page.getByRole('button', { name: 'Browse the catalog' }).click();
    await expect(page.getByRole('tab', { name: /Available/ })).toHaveAttribute('aria-selected', 'true');
    await page.goBack();
    await expect(page.getByRole('tab', { name: /Connected/ })).toHaveAttribute('aria-selected', 'true');
  });

  test('shows status, category, account and counts, problems first; the counters filter', async ({
    page,
    api,
    sandbox,
  }) => {
    await connect(api, sandbox, 'sendgrid', 'Company email');
    await connect(api, sandbox, 'twilio');
    const values = await sandbox.credentials('postmark');
    await api.call('POST', '/integrations', {
      provider: 'postmark',
      values: { ...values, serverToken: '00000000-0000-4000-8000-000000000000' },
      check: 'skip',
    });
    await page.goto('/integrations');
    const counters = page.getByRole('group', { name: 'Filter by status' });
    await expect(counters.getByRole('button', { name: /^Total 3/ })).toBeVisible();
    await expect(page.getByRole('tab', { name: 'Connected 3' })).toBeVisible();

    const email = page.getByRole('row', { name: /Company email/ });
    await expect(email.getByText('Active', { exact: true })).toBeVisible();
    await expect(email.getByText('Email', { exact: true })).toBeVisible();
    await expect(email.getByRole('switch', { name: 'Company email on' })).toBeChecked();
    await page.getByRole('searchbox', { name: 'Search integrations' }).fill('twil');
    await expect(page.getByRole('row')).toHaveCount(2 + 1);
    await page.getByRole('searchbox', { name: 'Search integrations' }).fill('twilio sms');
    await expect(page.getByRole('row', { name: /Company email/ })).toHaveCount(0);
    await page.getByRole('searchbox', { name: 'Search integrations' }).fill('');
    await counters.getByRole('button', { name: /^Disabled 0/ }).click();
    await expect(page.getByText('No integration matches')).toBeVisible();
    await page.getByRole('button', { name: 'Show all integrations' }).click();
    await expect(page.getByRole('row', { name: /Company email/ })).toBeVisible();
  });

  test('a long list is drawn in part, and whole for keyboard and screen reader', async ({
    page,
    api,
    sandbox,
  }) => {
    const values = await sandbox.credentials('twilio');
    const numbers = Array.from({ length: 105 }, (_, index) => index + 101);
    await Promise.all(
      numbers.map((number) =>
        api.call('POST', '/integrations', {
          provider: 'twilio',
          name: `Line ${number}`,
          values,
          check: 'skip',
        }),
      ),
    );
    await page.goto('/integrations');
    const table = page.getByRole('table', { name: 'Integrations' });
    await expect(table).toHaveAttribute('aria-rowcount', '101');
    await page.getByRole('button', { name: 'Load more' }).click();
    await expect(table).toHaveAttribute('aria-rowcount', '106');
    const drawn = table.getByRole('row');
    expect(await drawn.count()).toBeLessThan(60);

    const last = page.getByRole('row', { name: /Line 205/ });
    await expect(async () => {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await expect(last).toBeInViewport({ timeout: 250 });
    }).toPass();
    await expect(last).toHaveAttribute('aria-rowindex', '106');
    expect(await drawn.count()).toBeLessThan(60);
    // The 24 hours of those in sight, and a change that shows live where it stands.
    const { id } = (await api.call<{ data: Integration[] }>('GET', '/integrations?search=Line%20205'))
      .data[0]!;
    await api.call('PATCH', `/integrations/${id}`, { enabled: false });
    await expect(last.getByRole('switch')).not.toBeChecked();

    await page
      .getByRole('row', { name: /Line 204/ })
      .getByRole('link')
      .first()
      .focus();
    for (let step = 0; step < 40; step += 1) await page.keyboard.press('ArrowUp');
    await expect(
      page
        .getByRole('row', { name: /Line 164/ })
        .getByRole('link')
        .first(),
    ).toBeFocused();
    await page.getByRole('searchbox', { name: 'Search integrations' }).fill('Line 150');
    await expect(page.getByRole('row', { name: /Line 150/ })).toBeInViewport();
    await expect(table).not.toHaveAttribute('aria-rowcount', /.*/);
  });

  test('CRM 9, 11 a toggle acts at once, and the counters follow without a reload', async ({
    page,
    api,
    sandbox,
    openPage,
    organization,
  }) => {
    await connect(api, sandbox, 'sendgrid');
    const other = await openPage(organization.administrator);
    await other.goto('/integrations');
    await page.goto('/integrations');
    const toggle = page.getByRole('switch', { name: 'Twilio SendGrid on' });
    await expect(toggle).toBeChecked();
    await flip(toggle);
    await expect(page.getByRole('row', { name: /Twilio SendGrid/ }).getByText('Disabled')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Disabled 1/ })).toBeVisible();
    await expect(other.getByRole('button', { name: /^Disabled 1/ })).toBeVisible();
    await flip(toggle);
    await expect(page.getByRole('button', { name: /^Active 1/ })).toBeVisible();
  });

  test('CONN-7, S17 disconnecting says what follows, asks for the password when it is due, and says what was done', async ({
    page,
    api,
    sandbox,
    keeper,
    organization,
    watch,
  }) => {
    watch.allow(/status of 403/);
    await connect(api, sandbox, 'sendgrid');
    await page.goto('/integrations');
    await keeper.ageSessions(organization.administrator);
    await page.getByRole('button', { name: 'Disconnect Twilio SendGrid' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect “Twilio SendGrid”?' });
    await expect(dialog.getByRole('list', { name: 'What disconnecting does' })).toContainText('erased');
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByLabel(/^Password of/).fill(password);
    await page.getByRole('button', { name: 'Confirm' }).click();
    const done = page.getByRole('dialog', { name: 'Twilio SendGrid is disconnected' });
    await expect(done.getByRole('status')).toBeVisible();
    await done.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText('No integrations yet')).toBeVisible();
  });

  test('a viewer sees everything and may change nothing; a utility administrator does not disconnect', async ({
    pageAs,
    api,
    sandbox,
  }) => {
    await connect(api, sandbox, 'sendgrid');
    const { page: viewer } = await pageAs('viewer');
    await viewer.goto('/integrations');
    await expect(viewer.getByRole('row', { name: /Twilio SendGrid/ })).toBeVisible();
    await expect(viewer.getByRole('switch', { name: 'Twilio SendGrid on' })).toBeDisabled();
    await expect(viewer.getByRole('button', { name: 'Add integration' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await viewer.goto('/integrations?tab=available&provider=twilio');
    const connectButton = viewer.getByRole('button', { name: 'Connect with Twilio SMS' });
    await expect(connectButton).toHaveAttribute('aria-disabled', 'true');

    const { page: utility } = await pageAs('utility_admin');
    await utility.goto('/integrations');
    await utility.getByRole('button', { name: 'Disconnect Twilio SendGrid' }).focus();
    await expect(utility.getByRole('tooltip')).toHaveText(/Only a system administrator disconnects/);
  });
});

test('DASH-6 the tab API & Webhooks shows key, webhooks and events, and acts on them', async ({
  page,
  api,
  receiver,
  organization,
}) => {
  await api.createWebhook({ name: 'Payroll import', url: receiver.endpoint().url });
  await page.goto('/integrations');
  await page.getByRole('tab', { name: 'API & Webhooks' }).click();
  await expect(page).toHaveURL(/tab=api/);
  await expect(page.getByRole('link', { name: 'Payroll import' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Event types' })).toContainText('job.created');
  // The key is shown here, and a webhook is switched and tested without leaving the page (S17 17.6, CRM AC 9).
  const key = page.getByRole('group', { name: 'Key', exact: true });
  await key.getByRole('button', { name: 'Show' }).click();
  await expect(key.getByTestId('secret-value')).toHaveText(organization.apiKey);
  const row = page.getByRole('main').getByRole('list', { name: 'Webhooks' }).getByRole('listitem');
  await expect(row).toContainText('job.created');
  await row.getByRole('switch', { name: 'Payroll import active' }).press('Space');
  await expect(row).toContainText('Disabled');
  await row.getByRole('button', { name: 'Actions for Payroll import' }).click();
  await page.getByRole('menuitem', { name: 'View logs' }).click();
  await expect(page).toHaveURL(/\/logs\?webhook=/);
  await expect(page.getByRole('combobox', { name: 'Webhook' })).toHaveValue('Payroll import');
  await page.goBack();
  await page.getByRole('link', { name: 'Limits, scoped keys and examples' }).click();
  await expect(page.getByRole('heading', { name: 'API keys', level: 1 })).toBeVisible();
});

test('the page fits 320 and 390 px', async ({ page, api, sandbox }) => {
  await connect(api, sandbox, 'sendgrid', 'The mail server of the whole company with a long name');
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of ['/integrations', '/integrations?tab=available', '/integrations?tab=api']) {
      await page.goto(path);
      await expect(
        page.getByRole('tabpanel').getByRole('button').or(page.getByRole('link')).first(),
      ).toBeVisible();
      expect([width, path, await sidewaysScroll(page)]).toEqual([width, path, 0]);
    }
  }
});
