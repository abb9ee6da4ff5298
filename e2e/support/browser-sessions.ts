import type { Browser, BrowserContext, BrowserContextOptions } from '@playwright/test';

/**
 * Browser sessions of one worker. A session that is handed back is emptied and used again; what stays is the browser's cache of
 * files that never change, which a new session would fetch anew.
 */
export interface BrowserSessions {
  /** A session in which nobody is signed in and no page is open. */
  take(options: BrowserContextOptions): Promise<BrowserContext>;
  /** Closes the session's pages and removes what they and the test have left in it. */
  giveBack(context: BrowserContext): Promise<void>;
}

/** What pages may store beside cookies. */
const storageTypes = 'local_storage,indexeddb,cache_storage,service_workers,file_systems';

/** @param origins where the pages of the tests come from */
export function createBrowserSessions(browser: Browser, origins: readonly string[]): BrowserSessions {
  const free = new Map<string, BrowserContext[]>();
  const kinds = new Map<BrowserContext, string>();

  /** Without a page of the tests nothing is written after this. */
  async function clearStorage(context: BrowserContext): Promise<void> {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    for (const origin of origins) await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes });
    await page.close();
  }

  return {
    async take(options) {
      const kind = JSON.stringify(options);
      const context = free.get(kind)?.pop() ?? (await browser.newContext(options));
      kinds.set(context, kind);
      return context;
    },
    async giveBack(context) {
      for (const page of context.pages()) await page.close();
      await clearStorage(context);
      await context.unrouteAll();
      await context.clearPermissions();
      await context.clearCookies();
      const kind = kinds.get(context) ?? '';
      free.set(kind, [...(free.get(kind) ?? []), context]);
    },
  };
}
