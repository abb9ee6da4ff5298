import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import type { Webhook } from '@trunkline/contract/webhooks';
import { storyNames, tellStory } from './support/demo-story.ts';
import { discardDataFolder } from './support/keeper.ts';
import { startProduct } from './support/product.ts';
import { smallPng } from './support/small-png.ts';

const folder = fileURLToPath(new URL('../docs/screens/', import.meta.url));
const largest = 150 * 1024;
/** So many of the first events of the demo go to the endpoint that is down. */
const firstDeadLetters = 6;
const administrator = { email: 'admin@intime.example', password: 'trunkline-demo' };

interface Screen {
  name: string;
  path: string;
  heading: string;
  signedOut?: boolean;
  /** Brings the page into the state of the picture. */
  show?: (page: Page) => Promise<unknown>;
}

const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name }).first();

async function openWebhook(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole('link').click();
  await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
}

/** A URL of the demo's receiver that answers 200. */
async function demoUrl(page: Page): Promise<string> {
  const answer = await page.request.get('/api/trpc/integrations.listWebhooks?input={}');
  const { result } = (await answer.json()) as { result: { data: { data: Webhook[] } } };
  const url = result.data.data.map((webhook) => webhook.url).find((each) => each.endsWith('/ok'));
  if (url === undefined) throw new Error('the demo has no endpoint that answers 200');
  return url;
}

/** Waits until the deliveries that the demo starts with have settled. */
async function settled(context: BrowserContext): Promise<void> {
  await expect
    .poll(
      async () => {
        const answer = await context.request.get('/api/trpc/integrations.getDlqItems?input={}');
        return ((await answer.json()) as { result: { data: { total: number } } }).result.data.total;
      },
      { timeout: 90_000 },
    )
    .toBeGreaterThanOrEqual(firstDeadLetters);
}

async function openDelivery(page: Page): Promise<void> {
  await openWebhook(page, 'Placements to payroll');
  const table = page.getByRole('table', { name: 'Deliveries' });
  await table
    .getByRole('row', { name: /Dead letter/ })
    .first()
    .getByRole('button')
    .first()
    .click();
  await page.getByRole('tab', { name: /Attempts/ }).click();
  await page.getByRole('region', { name: 'Delivery history' }).scrollIntoViewIfNeeded();
}

async function openIntegration(page: Page, name: string): Promise<void> {
  await page.getByRole('row').filter({ hasText: name }).getByRole('link', { name }).first().click();
  await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
}

const screens: Screen[] = [
  { name: 'sign-in', path: '/sign-in', heading: 'Sign in', signedOut: true },
  {
    name: 'integrations',
    path: '/integrations',
    heading: 'Integrations',
    show: (page) => expect(row(page, /Email \(SendGrid\)/)).toBeVisible(),
  },
  {
    name: 'catalog',
    path: '/integrations?tab=available',
    heading: 'Integrations',
    show: (page) => expect(page.getByRole('heading', { name: 'Suggested for you' })).toBeVisible(),
  },
  {
    name: 'provider',
    path: '/integrations?tab=available&search=salesforce',
    heading: 'Integrations',
    show: async (page) => {
      await page
        .getByRole('button', { name: /^Connect( Salesforce)?$/ })
        .first()
        .click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'integration',
    path: '/integrations',
    heading: 'Integrations',
    show: (page) => openIntegration(page, 'Interview calendar'),
  },
  {
    name: 'integration-error',
    path: '/integrations',
    heading: 'Integrations',
    show: (page) => openIntegration(page, 'Email (SendGrid)'),
  },
  {
    name: 'health',
    path: '/health',
    heading: 'Health',
    show: async (page) => {
      await page.getByRole('button', { name: 'Health check all' }).click();
      await expect(page.getByText(/^All \d+ checked/)).toBeVisible({ timeout: 60_000 });
    },
  },
  {
    name: 'integration-health',
    path: '/integrations',
    heading: 'Integrations',
    show: async (page) => {
      await openIntegration(page, 'Email (SendGrid)');
      await page.goto(`${page.url()}?tab=health`);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'Suggested actions' })).toBeVisible({
        timeout: 60_000,
      });
    },
  },
  {
    name: 'alerts',
    path: '/alerts',
    heading: 'Alerts',
    show: (page) =>
      expect(page.getByRole('listitem').filter({ hasText: 'Email (SendGrid)' }).first()).toBeVisible(),
  },
  {
    name: 'alert-settings',
    path: '/alerts/settings',
    heading: 'Alert rules and channels',
    show: (page) => expect(page.getByText('Alerts appear on screen only')).toBeVisible(),
  },
  {
    name: 'logs',
    path: '/logs',
    heading: 'Logs',
    show: async (page) => {
      const line = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Error' }).first();
      await line.getByRole('button').first().click();
      await expect(line.getByRole('button', { name: 'Copy as JSON' })).toBeVisible();
    },
  },
  { name: 'runbook', path: '/runbooks/email', heading: 'Email does not work' },
  {
    name: 'verification',
    path: '/verification',
    heading: 'Verification',
    show: async (page) => {
      await page.getByRole('button', { name: 'Verify now' }).click();
      await expect(page.getByRole('button', { name: 'Download CSV' })).toBeVisible({ timeout: 60_000 });
    },
  },
  {
    name: 'webhooks',
    path: '/webhooks',
    heading: 'Webhooks',
    show: (page) => expect(row(page, /Placements to payroll/)).toBeVisible(),
  },
  {
    name: 'webhook-new',
    path: '/webhooks/new',
    heading: 'Add webhook',
    show: async (page) => {
      await page.getByLabel('Webhook name').fill('Job Created - Zapier');
      await page.getByLabel('Webhook URL').fill(await demoUrl(page));
      await page.getByLabel('Webhook URL').blur();
      await expect(page.getByText(/^The endpoint answered 200/)).toBeVisible();
      await page.getByRole('checkbox', { name: 'job.created', exact: true }).check();
      await page.getByRole('checkbox', { name: 'job.updated', exact: true }).check();
      await page.evaluate(() => window.scrollTo(0, 0));
    },
  },
  {
    name: 'webhook',
    path: '/webhooks',
    heading: 'Webhooks',
    show: (page) => openWebhook(page, 'Job Created - Zapier'),
  },
  {
    name: 'webhook-test',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await openWebhook(page, 'Job Created - Zapier');
      await page.getByRole('button', { name: 'Send test webhook' }).click();
      await expect(page.getByText(/^200 OK \(Delivered in/)).toBeVisible();
      await page.getByRole('region', { name: 'Test webhook', exact: true }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'webhook-paused',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await openWebhook(page, storyNames.paused);
      await expect(page.getByText(/deliveries are held; they go out when you resume/)).toBeVisible();
    },
  },
  {
    name: 'webhook-off',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await openWebhook(page, storyNames.off);
      await page.getByRole('switch', { name: 'Active' }).press('Space');
      await expect(page.getByRole('dialog', { name: /^Switch on/ })).toContainText('are held');
    },
  },
  {
    name: 'webhook-circuit',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await openWebhook(page, storyNames.down);
      await expect(page.getByText(/deliveries are held and none is lost/)).toBeVisible();
    },
  },
  {
    name: 'webhook-flow',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await openWebhook(page, storyNames.paused);
      await page.goto(`${page.url()}/edit`);
      const section = page.getByRole('region', { name: 'Delivery', exact: true });
      await expect(section.getByLabel('Requests at once')).toHaveValue('4');
      await section.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    },
  },
  {
    name: 'inbound',
    path: '/inbound',
    heading: 'Inbound webhooks',
    show: (page) =>
      expect(page.getByRole('table', { name: 'Sources' }).getByRole('link').first()).toBeVisible(),
  },
  {
    name: 'inbound-source',
    path: '/inbound',
    heading: 'Inbound webhooks',
    show: async (page) => {
      await row(page, /SendGrid/)
        .getByRole('link')
        .first()
        .click();
      await expect(page.getByRole('list', { name: 'Events' })).toBeVisible();
    },
  },
  {
    name: 'inbound-received',
    path: '/inbound?tab=received',
    heading: 'Inbound webhooks',
    show: async (page) => {
      await page.getByRole('table', { name: 'Received webhooks' }).getByRole('button').first().click();
      await expect(page.getByRole('region', { name: 'Body' })).toBeVisible();
    },
  },
  { name: 'suppressed', path: '/inbound?tab=suppressed', heading: 'Inbound webhooks' },
  { name: 'delivery', path: '/webhooks', heading: 'Webhooks', show: openDelivery },
  {
    name: 'dead-letters',
    path: '/dead-letters',
    heading: 'Dead letters',
    show: (page) => expect(row(page, /Placements to payroll/)).toBeVisible(),
  },
  {
    name: 'dead-letter',
    path: '/dead-letters',
    heading: 'Dead letters',
    show: async (page) => {
      await row(page, /Placements to payroll/)
        .getByRole('button', { name: 'View' })
        .click();
      await expect(page.getByRole('region', { name: 'Request body' })).toBeVisible();
    },
  },
  {
    name: 'undelivered',
    path: '/undelivered',
    heading: 'Undelivered',
    show: (page) => expect(row(page, /Placements to payroll/)).toBeVisible(),
  },
  {
    name: 'events',
    path: '/events',
    heading: 'Events',
    show: (page) => expect(row(page, /job\.created/)).toBeVisible(),
  },
  {
    name: 'event',
    path: '/events?eventType=job.updated&subject=job/JOB-2026-1203',
    heading: 'Events',
    show: async (page) => {
      await row(page, /job\.updated/)
        .getByRole('link')
        .click();
      await expect(page.getByRole('table', { name: 'Ledger' })).toBeVisible();
    },
  },
  {
    name: 'bulk-jobs',
    path: '/bulk-jobs',
    heading: 'Bulk jobs',
    show: (page) => expect(row(page, new RegExp(storyNames.recovering))).toContainText('Running'),
  },
  {
    name: 'retries',
    path: '/retries',
    heading: 'Retries',
    show: (page) => expect(page.getByText(/attempts; gives up after about/)).toBeVisible(),
  },
  {
    name: 'event-catalog',
    path: '/event-types',
    heading: 'Event catalog',
    show: (page) => page.getByRole('button', { name: /^job\.created/ }).click(),
  },
  {
    name: 'api-key',
    path: '/api-key',
    heading: 'API keys',
    show: (page) => expect(page.getByTestId('secret-value')).toBeVisible(),
  },
  {
    name: 'usage',
    path: '/usage',
    heading: 'API usage',
    show: (page) => expect(page.getByRole('img', { name: /requests:/ })).toBeVisible(),
  },
  {
    name: 'actions',
    path: '/actions',
    heading: 'Actions',
    show: (page) => expect(page.getByRole('table', { name: /^Actions/ })).toBeVisible(),
  },
  {
    name: 'failover',
    path: '/failover',
    heading: 'Failover',
    show: (page) => expect(page.getByRole('heading', { name: 'If all fail' })).toBeVisible(),
  },
  { name: 'automations', path: '/automations', heading: 'Automations' },
  {
    name: 'automation-templates',
    path: '/automations?tab=templates',
    heading: 'Automations',
  },
  { name: 'automation-new', path: '/automations/new', heading: 'New automation' },
  {
    name: 'portal',
    path: '/portal',
    heading: 'Portal',
    show: (page) => expect(page.getByText('lakeside-hospital/jane').first()).toBeVisible(),
  },
  { name: 'account', path: '/account', heading: 'Your account' },
  {
    name: 'insights',
    path: '/insights',
    heading: 'Insights',
    show: (page) => expect(page.getByRole('table', { name: 'Integrations used most' })).toBeVisible(),
  },
  {
    name: 'audit',
    path: '/audit',
    heading: 'Audit log',
    show: (page) => page.getByRole('button', { name: 'Webhook paused' }).first().click(),
  },
  {
    name: 'members',
    path: '/members',
    heading: 'Members',
    show: (page) => expect(row(page, /Priya Nair/)).toBeVisible(),
  },
  {
    name: 'search',
    path: '/webhooks',
    heading: 'Webhooks',
    show: async (page) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('option', { name: /Placements to payroll/ })).toBeVisible();
    },
  },
];

/** Some of them by name, when only those have changed. */
const only = process.env['TRUNKLINE_SCREENS_ONLY']?.split(',');
const wanted = screens.filter(({ name }) => only === undefined || only.includes(name));

async function signIn(context: BrowserContext): Promise<void> {
  const response = await context.request.post('/api/trpc/access.signIn', { data: administrator });
  expect(response.status(), 'signing in').toBe(200);
}

/** The demo that the pictures are of. */
async function startDemo(): Promise<{ url: string; stop: () => Promise<void> }> {
  const running = process.env['TRUNKLINE_SCREENS_URL'];
  if (running) return { url: running, stop: async () => {} };
  const dataDir = join(tmpdir(), `trunkline-screens-${randomUUID().slice(0, 8)}`);
  const demo = await startProduct({ dataDir, command: 'demo' });
  return {
    url: demo.url,
    stop: async () => {
      await demo.stop();
      await discardDataFolder(dataDir);
    },
  };
}

let demo: Awaited<ReturnType<typeof startDemo>>;
test.beforeAll(async ({ browser }) => {
  demo = await startDemo();
  const context = await browser.newContext({ baseURL: demo.url });
  await signIn(context);
  await tellStory(context.request);
  await settled(context);
  await context.close();
  await mkdir(folder, { recursive: true });
});
test.afterAll(() => demo.stop());

for (const theme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`pictures, ${theme}, ${width} px`, async ({ browser }) => {
      const open = (signedIn: boolean) =>
        browser.newContext({
          baseURL: demo.url,
          colorScheme: theme,
          reducedMotion: 'reduce',
          locale: 'en-US',
          timezoneId: 'UTC',
          viewport: { width, height: width === 1440 ? 900 : 844 },
          ...(signedIn ? {} : { storageState: { cookies: [], origins: [] } }),
        });
      const context = await open(true);
      await signIn(context);
      const outside = await open(false);
      for (const screen of wanted) {
        const page = await (screen.signedOut ? outside : context).newPage();
        await page.goto(screen.path);
        await expect(page.getByRole('heading', { name: screen.heading, level: 1 })).toBeVisible();
        await screen.show?.(page);
        await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
        await page.mouse.move(0, 0);
        const picture = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
        expect.soft(picture.length, `${screen.name} in bytes`).toBeLessThanOrEqual(largest);
        const name = `${screen.name}-${theme}${width === 390 ? '-narrow' : ''}.png`;
        await writeFile(join(folder, name), picture);
        await page.close();
      }
      await context.close();
      await outside.close();
    });
  }
}
