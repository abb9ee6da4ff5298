import type { Page } from '@playwright/test';
import type { AuditRecord } from '@trunkline/contract/audit';
import { expect, test as base } from './support/fixtures.ts';
import { startPortalHost } from './support/portal-host.ts';
import type { PortalHost } from './support/portal-host.ts';

interface Made {
  id: string;
  token: string;
  url: string;
}

/** What the product's back end asks for; changed by a test while its page is open. */
interface Backend {
  grant: { parts: string[]; role: string; subject?: string; expiresInSeconds?: number };
  /** Null: it gives no token. */
  after: ((made: Made) => Promise<void>) | null;
  refuses: boolean;
  made: Made[];
}

const test = base.extend<{ backend: Backend; host: PortalHost }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  backend: async ({}, use) =>
    use({
      grant: { parts: ['integrations', 'webhooks'], role: 'utility_admin', subject: 'jane@acme.test' },
      after: null,
      refuses: false,
      made: [],
    }),
  host: async ({ api, backend }, use) => {
    const host = await startPortalHost(async () => {
      if (backend.refuses) throw new Error('not for this user');
      const made = await api.call<Made>('POST', '/portal/tokens', backend.grant);
      backend.made.push(made);
      await backend.after?.(made);
      return made;
    });
    await api.call('PUT', '/portal/settings', { origins: [host.origin] });
    await use(host);
    await host.close();
  },
});
test.use({ signedIn: false });

const portal = (page: Page) => page.frameLocator('iframe[title=Portal]');
const told = (page: Page) => page.getByRole('list', { name: 'Told' });

test('APIS-4 a product shows the pages in its own admin, and what is done there is in the audit log under its name', async ({
  page,
  host,
  backend,
  api,
  receiver,
  context,
}) => {
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(host.origin);
  const frame = portal(page);
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
  await expect(told(page)).toContainText('opened');
  // Nothing of the admin UI around the pages, and nothing that the token does not open.
  await expect(frame.getByRole('link', { name: 'Members' })).toHaveCount(0);
  await expect(frame.getByRole('button', { name: /Search or jump/ })).toHaveCount(0);
  await expect(frame.getByRole('tab', { name: 'API & Webhooks' })).toHaveCount(0);
  await frame.getByRole('tab', { name: /Available/ }).click();
  await expect(frame.getByText('Slack', { exact: true }).first()).toBeVisible();
  // As high as what it shows, so that only the page around it scrolls.
  await expect
    .poll(async () => (await page.locator('iframe').boundingBox())?.height ?? 0)
    .toBeGreaterThan(1000);

  await frame.getByRole('link', { name: 'Webhooks', exact: true }).click();
  await expect(frame.getByText('No webhooks yet')).toBeVisible();
  await frame.getByRole('link', { name: 'Add webhook' }).first().click();
  await frame.getByLabel('Webhook name').fill('From the portal');
  await frame.getByLabel('Webhook URL').fill(receiver.endpoint().url);
  await frame.getByRole('checkbox', { name: 'job.created', exact: true }).check();
  await frame.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(frame.getByRole('heading', { name: 'Webhook created', level: 1 })).toBeVisible();
  await expect(frame.getByText('It is not shown here again.')).toBeVisible();
  await frame.getByRole('link', { name: 'Open webhook' }).click();
  await expect(frame.getByRole('heading', { name: 'From the portal', level: 1 })).toBeVisible();

  const { data } = await api.call<{ data: AuditRecord[] }>('GET', `/audit?actorId=${backend.made[0]?.id}`);
  expect(data.map(({ action, actor }) => `${action} ${actor.name}`)).toEqual([
    'webhook.created jane@acme.test via portal',
    'portal_token.exchanged jane@acme.test via portal',
  ]);
  expect(addresses.length).toBeGreaterThan(5);
  expect(addresses.filter((address) => /tl_(portal|session)_/.test(address))).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(host.asked()).toBe(1);
});

test('APIS-4 live changes reach the frame, and it follows the look of its page', async ({
  page,
  host,
  api,
  receiver,
}) => {
  await page.goto(`${host.origin}/?part=webhooks&accent=0f766e`);
  const frame = portal(page);
  await expect(frame.getByText('No webhooks yet')).toBeVisible();
  await expect(frame.getByText(/^Live/)).toBeVisible();
  await api.createWebhook({ name: 'Made elsewhere', url: receiver.endpoint().url });
  await expect(frame.getByRole('row', { name: /Made elsewhere/ })).toBeVisible();
  const root = frame.locator('html');
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
  expect(await root.evaluate((html) => html.style.getPropertyValue('--accent'))).toContain('#0f766e');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('APIS-4 a page of another origin gets no frame', async ({ page, host, api, watch, backend }) => {
  watch.allow(/frame-ancestors|Framing|401/);
  await page.goto(host.origin);
  await expect(portal(page).getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
  await api.call('PUT', '/portal/settings', { origins: ['https://elsewhere.example.com'] });
  await expect(portal(page).getByText('Your session has ended')).toBeVisible();
  const violation = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.reload();
  await violation;
  await expect(portal(page).getByRole('heading', { name: 'Integrations' })).toHaveCount(0);
  expect(backend.made).toHaveLength(2);
  await expect(told(page)).not.toContainText('opened');
});

test('APIS-4 a token that does not work any more is refused in plain words, and another one opens the page', async ({
  page,
  host,
  api,
  backend,
  watch,
}) => {
  watch.allow(/401/);
  backend.after = async ({ id }) => {
    await api.call('POST', `/portal/tokens/${id}/revoke`);
  };
  await page.goto(host.origin);
  const frame = portal(page);
  await expect(frame.getByText('This page could not be opened')).toBeVisible();
  await expect(frame.getByText(/it was revoked/)).toBeVisible();
  await expect(told(page)).toContainText('ended: refused');
  backend.after = null;
  await frame.getByRole('button', { name: 'Try again' }).click();
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
});

test('APIS-4 a session is renewed before its end; without a new token it says that it is over', async ({
  page,
  host,
  backend,
  watch,
}) => {
  watch.allow(/403/);
  await page.clock.install();
  await page.goto(host.origin);
  const frame = portal(page);
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
  await page.clock.fastForward('14:05');
  await expect.poll(() => backend.made.length).toBe(2);
  await expect(told(page).getByText('opened')).toHaveCount(2);
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
  backend.refuses = true;
  await page.clock.fastForward('15:05');
  await expect(frame.getByText('Your session has ended')).toBeVisible();
  await expect(told(page)).toContainText('ended: expired');
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toHaveCount(0);
  backend.refuses = false;
  await frame.getByRole('button', { name: 'Continue' }).click();
  await expect(frame.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('APIS-4 the pages fit into the frame, and a dialog is where it can be seen', async ({
    page,
    host,
  }) => {
    await page.goto(host.origin);
    const frame = portal(page);
    await frame.getByRole('tab', { name: /Available/ }).click();
    await expect(frame.getByText('Slack', { exact: true }).first()).toBeVisible();
    const html = frame.locator('html');
    expect(await html.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);

    // Far down a frame of thousands of pixels.
    const twilio = frame.getByRole('button', { name: 'Connect Twilio Verify' });
    await twilio.scrollIntoViewIfNeeded();
    await twilio.click();
    const dialog = frame.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await expect(dialog.getByRole('heading', { name: 'Twilio Verify', exact: true })).toBeInViewport();
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeInViewport();
  });
});

test.describe('in the admin UI', () => {
  test.use({ signedIn: true });

  test('APIS-4 an administrator allows an origin, sees who has the portal open and ends it', async ({
    page,
    api,
    openPage,
    host,
    watch,
  }) => {
    watch.allow(/401|422/);
    await api.call('PUT', '/portal/settings', { origins: [] });
    await page.goto('/portal');
    await expect(page.getByText('The portal is switched off')).toBeVisible();
    await page.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Allowed origins').fill('http://app.example.com');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText(/http:\/\/app\.example\.com: Use https/)).toBeVisible();
    await dialog.getByLabel('Allowed origins').fill(host.origin);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: host.origin })).toBeVisible();
    await expect(page.getByText('Nobody has the portal open')).toBeVisible();

    const product = await openPage();
    await product.goto(host.origin);
    await expect(portal(product).getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
    const row = page.getByRole('row', { name: /jane@acme\.test/ });
    await expect(row).toContainText('Open');
    await expect(row).toContainText(host.origin);
    await row.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByText('Nobody has the portal open')).toBeVisible();
    await expect(portal(product).getByText('Your session has ended')).toBeVisible();
  });

  test('APIS-4 the address of the frame by itself shows nothing', async ({ page, api }) => {
    const { frameUrl } = await api.call<{ frameUrl: string }>('GET', '/portal/settings');
    await page.goto(frameUrl);
    await expect(page.getByText('This page belongs inside another one')).toBeVisible();
  });
});
