import type { Tx } from '../ctx.ts';
import { notFound } from '../errors.ts';
import { findProvider } from '../providers/all-providers.ts';
import type { Provider } from '../providers/provider.ts';

/**
 * The provider of this slug as the organization of `tx` sees it.
 *
 * @throws AppError `not_found`
 */
export function providerOf(_tx: Tx, slug: string): Promise<Provider> {
  const provider = findProvider(slug);
  return provider ? Promise.resolve(provider) : Promise.reject(notFound('provider'));
}
