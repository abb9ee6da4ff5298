import type { Page } from '@playwright/test';
import { sidewaysScroll } from './controls.ts';
import { expect } from './fixtures.ts';

/** What people paste, by what it might do; each fits into the shortest field, and the long ones fill theirs. */
export const hostileTexts = {
  markup: '"><img src=x onerror="window.pwned=1">',
  script: '</title><script>window.pwned=1</script>',
  url: 'javascript:window.pwned=1',
  reversed: 'a\u202Egpj.exe\u202C \u2066b\u2069',
  long: 'W'.repeat(60),
  template: '{{7*7}}${7*7}<%=7*7%>#{7*7}\'"`\\',
  nullish: 'null',
  inherited: '__proto__',
  formula: '=HYPERLINK("http://x.example","y")',
  sum: '@SUM(1+1)*cmd|x',
  spaces: '\u00a0\u200b\u2003x\u3000',
} as const;
export const hostile: readonly string[] = Object.values(hostileTexts);

/** Notes from now on, for {@link isHarmless}, what the page's own policy refuses to load or run. */
export async function watchRefusals(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const own = window as { refused?: string[] };
    own.refused = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      own.refused?.push(`${violatedDirective} ${blockedURI}`);
    });
  });
}

/** Nothing of it ran, became a part of the page, or made the page wider than the window. */
export async function isHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: 'pwned' in window,
    images: document.querySelectorAll('img[src="x"]').length,
    links: document.querySelectorAll('a[href^="javascript" i]').length,
    refused: (window as { refused?: string[] }).refused ?? [],
  }));
  const sideways = await sidewaysScroll(page);
  const widest = sideways === 0 ? '' : await widestElement(page);
  expect.soft({ where, ...found, sideways, widest }).toEqual({
    where,
    ran: false,
    images: 0,
    links: 0,
    refused: [],
    sideways: 0,
    widest: '',
  });
}

/** What makes the page too wide: the innermost element that reaches beyond the window. */
function widestElement(page: Page): Promise<string> {
  return page.evaluate(() => {
    const beyond = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    );
    return beyond.at(-1)?.outerHTML.slice(0, 300) ?? '';
  });
}
