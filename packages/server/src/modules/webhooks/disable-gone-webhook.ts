import type { Ctx } from '../../ctx.ts';
import { disableByRule } from './disable-by-rule.ts';

/**
 * Switches off a webhook whose endpoint answered 410 Gone (RETRY-1); once, whatever comes in at the same time.
 * `url` is the address that answered: a webhook that has another one by now stays on.
 */
export async function disableGoneWebhook(ctx: Ctx, id: string, url: string): Promise<void> {
  await disableByRule(ctx, id, 'gone', { sql: 'w.url = $1', values: [url] });
}
