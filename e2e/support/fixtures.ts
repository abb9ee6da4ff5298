import { test as base, expect } from '@playwright/test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import type { Role } from '@trunkline/contract/permissions';
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
}

export interface TestFixtures {
  /** Whether `page` starts signed in as the organization's system administrator. */
  signedIn: boolean;
  watch: PageWatch;
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
  context: async ({ context, watch }, use) => {
    watch.watch(context);
    await use(context);
  },
  page: async ({ context, page, signedIn, organization }, use) => {
    if (signedIn) await signInByApi(context, organization.administrator);
    await use(page);
  },
  openPage: async (
    { browser, contextOptions, baseURL, colorScheme, locale, timezoneId, viewport, watch },
    use,
  ) => {
    const contexts: BrowserContext[] = [];
    await use(async (person) => {
      const options = { ...contextOptions, baseURL: baseURL ?? '', colorScheme, viewport };
      const context = await newContext(browser, {
        ...options,
        ...(locale ? { locale } : {}),
        ...(timezoneId ? { timezoneId } : {}),
      });
      contexts.push(context);
      watch.watch(context);
      if (person) await signInByApi(context, person);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
  pageAs: async ({ openPage, keeper, organization }, use) => {
    await use(async (role) => {
      const person = await keeper.createMember(organization, role);
      return { page: await openPage(person), person };
    });
  },
});

function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  return browser.newContext(options);
}

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
