import type { Ctx } from '../../ctx.ts';
import { fieldError } from '../../errors.ts';
import { checkUrlToSave } from '../../lib/egress/check-url.ts';
import { systemLookup } from '../../lib/egress/guard.ts';

/**
 * Refuses a webhook URL that must not be called (WH-2, Flow 4a): format, HTTPS, private or reserved address.
 * A name that does not resolve just now is accepted; deliveries check the address again each time.
 *
 * @throws AppError `webhook_url_invalid`, `webhook_url_not_https` or `webhook_url_unsafe`
 */
export async function requireSafeUrl(ctx: Ctx, url: string): Promise<string> {
  const check = await checkUrlToSave(url, ctx.app.egressAllow, systemLookup);
  if (check.ok) return check.url.href;
  throw fieldError(check.code, '/url', check.detail);
}
