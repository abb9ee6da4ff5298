import type { App } from '../ctx.ts';
import { fieldError } from '../errors.ts';
import { checkUrlToSave } from '../lib/egress/check-url.ts';
import { systemLookup } from '../lib/egress/guard.ts';

/**
 * Refuses an address that a provider's definition must not name, by the rules for webhooks: format, HTTPS, private or
 * reserved address. The fault is told at `pointer`, a JSON pointer into the input.
 *
 * @throws AppError `invalid_input`
 */
export async function requireSafeAddress(
  app: Pick<App, 'egressAllow'>,
  url: string,
  pointer: string,
): Promise<URL> {
  const check = await checkUrlToSave(url, app.egressAllow, systemLookup);
  if (check.ok) return check.url;
  throw fieldError('invalid_input', pointer, check.detail);
}
