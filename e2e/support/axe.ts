import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** What a color of axe holds. */
interface AxeColor {
  r: number;
  g: number;
  b: number;
  alpha: number;
  parseString: (text: string) => AxeColor;
}

/**
 * Reading colors is most of what axe spends its time with, and a page has few that differ: each is read once in a document.
 * Runs in the page.
 */
function readColorsOnce(): void {
  const { color } = (window as unknown as { axe: { commons: { color: { Color: { prototype: AxeColor } } } } })
    .axe.commons;
  const colors = color.Color.prototype;
  const { parseString } = colors;
  const known = new Map<string, Pick<AxeColor, 'r' | 'g' | 'b' | 'alpha'>>();
  colors.parseString = function (this: AxeColor, text) {
    const before = known.get(text);
    if (before) return Object.assign(this, before);
    // Throws what it cannot read.
    parseString.call(this, text);
    const { r, g, b, alpha } = this;
    known.set(text, { r, g, b, alpha });
    return this;
  };
}

/**
 * What axe finds wrong with what is on screen, an entry per rule with its elements.
 * @param rules the ids of the rules to apply; left out: all that axe applies by itself
 * @throws Error when the page has frames, which are not looked at
 */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (page.frames().length > 1) throw new Error('the page has frames, and axe would not look into them');
  // Its source is half a megabyte, so a document gets it once.
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe.source);
    await page.evaluate(readColorsOnce);
  }
  return page.evaluate(async (only) => {
    const { run } = (window as unknown as { axe: typeof axe }).axe;
    const found = await run(document, {
      resultTypes: ['violations'],
      // The style sheets would be fetched and read anew each time, for an experimental rule that does not run.
      preload: { assets: ['media'] },
      ...(only ? { runOnly: only } : {}),
    });
    return found.violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n  ${nodes
          .map(({ target, html, failureSummary }) => `${target.join(' ')} ${html} ${failureSummary}`)
          .join('\n  ')}`,
    );
  }, rules);
}
