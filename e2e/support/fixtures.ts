import { test as base, expect } from '@playwright/test';
import type { BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import type { Role } from '@trunkline/contract/permissions';
import { createBrowserSessions } from './browser-sessions.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { password, startKeeper } from './keeper.ts';
import type { Keeper, Organization, Person } from './keeper.ts';
import { machineApi } from './machine-api.ts';
import type { MachineApi } from './machine-api.ts';
import { createPageWatch } from './page-watch.ts';
import type { PageWatch } from './page-watch.ts';
import { sandboxAt } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';

export { expect };

/** Set by the global setup, which starts the product once for all workers. */
export interface SharedProduct {
  url: string;
  dataDir: string;
  databaseUrl: string;
}

export interface WorkerFixtures {
  product: SharedProduct;
  keeper: Keeper;
  receiver: Receiver;
  sandbox: Sandbox;
  sessions: BrowserSessions;
}

export interface TestFixtures {
  /** Whether `page` starts signed in as the organization's system administrator. */
  signedIn: boolean;
  watch: PageWatch;
  /** A browser session without anything in it, watched. */
  openSession: () => Promise<BrowserContext>;
  /** An organization of this test alone. */
  organization: Organization;
  api: MachineApi;
  /** A page in a browser session of its own, signed in as a new member in that role. */
  pageAs: (role: Role) => Promise<{ page: Page; person: Person }>;
  /** A page in a browser session of its own; signed in when a person is given. */
  openPage: (person?: Person) => Promise<Page>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  product: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const { TRUNKLINE_E2E_URL, TRUNKLINE_E2E_DATA_DIR, TRUNKLINE_E2E_DATABASE_URL } = process.env;
      if (!TRUNKLINE_E2E_URL || !TRUNKLINE_E2E_DATA_DIR || !TRUNKLINE_E2E_DATABASE_URL) {
        throw new Error('the global setup did not run');
      }
      await use({
        url: TRUNKLINE_E2E_URL,
        dataDir: TRUNKLINE_E2E_DATA_DIR,
        databaseUrl: TRUNKLINE_E2E_DATABASE_URL,
      });
    },
    { scope: 'worker' },
  ],
  keeper: [
    async ({ product }, use) => {
      const keeper = await startKeeper(product);
      await use(keeper);
      await keeper.stop();
    },
    { scope: 'worker' },
  ],
  sandbox: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => use(sandboxAt(process.env['TRUNKLINE_E2E_SANDBOX_URL'] ?? '')),
    { scope: 'worker' },
  ],
  receiver: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const receiver = await startReceiver();
      await use(receiver);
      await receiver.close();
    },
    { scope: 'worker' },
  ],

  sessions: [
    async ({ browser, product }, use) => {
      const others = process.env['TRUNKLINE_E2E_SANDBOX_URL'] ?? '';
      await use(createBrowserSessions(browser, [product.url, others]));
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ product }, use) => use(product.url),
  signedIn: [true, { option: true }],
  // eslint-disable-next-line no-empty-pattern -- as above
  watch: async ({}, use) => {
    const watch = createPageWatch();
    await use(watch);
    expect(watch.problems(), 'errors in the console of the pages').toEqual([]);
  },
  organization: async ({ keeper }, use, info) => {
    await use(await keeper.createOrganization(`Org ${info.testId.slice(-6)} ${info.parallelIndex}`));
  },
  api: async ({ product, organization }, use) => use(machineApi(product.url, organization.apiKey)),
  openSession: async (
    { sessions, contextOptions, baseURL, colorScheme, hasTouch, locale, timezoneId, viewport, watch },
    use,
    info,
  ) => {
    const options: BrowserContextOptions = {
      ...contextOptions,
      colorScheme,
      hasTouch,
      viewport,
      ...(baseURL ? { baseURL } : {}),
      ...(locale ? { locale } : {}),
      ...(timezoneId ? { timezoneId } : {}),
    };
    const taken: { context: BrowserContext; unwatch: () => void }[] = [];
    await use(async () => {
      const context = await sessions.take(options);
      taken.push({ context, unwatch: watch.watch(context) });
      return context;
    });
    for (const { context, unwatch } of taken) {
      unwatch();
      // Closing is when Playwright takes the picture of a failure.
      if (info.status === info.expectedStatus) await sessions.giveBack(context);
      else await context.close();
    }
  },
  context: async ({ openSession }, use) => use(await openSession()),
  page: async ({ context, signedIn, organization }, use) => {
    if (signedIn) await signInByApi(context, organization.administrator);
    await use(await context.newPage());
  },
  openPage: async ({ openSession }, use) => {
    await use(async (person) => {
      const context = await openSession();
      if (person) await signInByApi(context, person);
      return context.newPage();
    });
  },
  pageAs: async ({ openPage, keeper, organization }, use) => {
    await use(async (role) => {
      const person = await keeper.createMember(organization, role);
      return { page: await openPage(person), person };
    });
  },
});

/** Signs a browser session in without the form; the form has tests of its own. */
export async function signInByApi(context: BrowserContext, person: Pick<Person, 'email'>): Promise<void> {
  const response = await context.request.post('/api/trpc/access.signIn', {
    data: { email: person.email, password },
  });
  expect(response.status(), 'signing in').toBe(200);
}

/** Fills in the sign-in form. */
export async function signInByForm(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
