import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from '@playwright/test';

/**
 * Browser sessions of one worker. A session that is handed back is emptied and used again; what stays is the browser's cache of
 * files that never change, and the compiled scripts, which a new session would fetch and compile anew.
 */
export interface BrowserSessions {
  /** A session in which nobody is signed in and no page is open. */
  take(options: BrowserContextOptions): Promise<BrowserContext>;
  /** Closes the session's pages and removes what they and the test have left in it. */
  giveBack(context: BrowserContext): Promise<void>;
}

/** What pages may store beside cookies. */
const storageTypes = 'local_storage,indexeddb,cache_storage,service_workers,file_systems';

/** A picture of the product that stays open in a session: the process that shows the product's pages lives as long as it. */
interface Kept {
  kind: string;
  picture: Page;
  devtools: CDPSession;
}

/** @param origins where the pages of the tests come from, the product first */
export function createBrowserSessions(browser: Browser, origins: readonly string[]): BrowserSessions {
  const free = new Map<string, BrowserContext[]>();
  const kept = new Map<BrowserContext, Kept>();

  async function open(kind: string, options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    const picture = await context.newPage();
    await picture.goto(`${origins[0] ?? ''}/favicon.svg`);
    kept.set(context, { kind, picture, devtools: await context.newCDPSession(picture) });
    return context;
  }

  return {
    async take(options) {
      const kind = JSON.stringify(options);
      return free.get(kind)?.pop() ?? (await open(kind, options));
    },
    async giveBack(context) {
      const { kind = '', picture, devtools } = kept.get(context) ?? {};
      for (const page of context.pages()) if (page !== picture) await page.close();
      // Without a page of the tests nothing is written after this.
      for (const origin of origins)
        await devtools?.send('Storage.clearDataForOrigin', { origin, storageTypes });
      await context.unrouteAll();
      await context.clearPermissions();
      await context.clearCookies();
      free.set(kind, [...(free.get(kind) ?? []), context]);
    },
  };
}
