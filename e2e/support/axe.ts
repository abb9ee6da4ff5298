import type { Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * What axe finds wrong with what is on screen, an entry per rule with its elements.
 * @param rules the ids of the rules to apply; left out: all that axe applies by itself
 * @throws Error when the page has frames, which are not looked at
 */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (page.frames().length > 1) throw new Error('the page has frames, and axe would not look into them');
  // Its source is half a megabyte, so a document gets it once.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
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
