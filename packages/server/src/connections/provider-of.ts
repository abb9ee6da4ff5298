import type { Tx } from '../ctx.ts';
import { notFound } from '../errors.ts';
import { allProviders, findProvider } from '../providers/all-providers.ts';
import type { Provider } from '../providers/provider.ts';
import { readCustomProviders, readDefinition } from './custom-definitions.ts';
import { providerFromDefinition } from './custom-provider.ts';
import { isCustom } from './custom-slug.ts';

/**
 * The provider of this slug as the organization of `tx` sees it, a built-in one or one of its own.
 *
 * @throws AppError `not_found`
 */
export async function providerOf(tx: Tx, slug: string): Promise<Provider> {
  const custom = isCustom(slug) ? await readDefinition(tx, slug) : null;
  const provider = custom ? providerFromDefinition(slug, custom.definition) : findProvider(slug);
  if (!provider) throw notFound('provider');
  return provider;
}

/** Every provider that the organization of `tx` knows: the built-in ones and its own. */
export async function providersOf(tx: Tx): Promise<readonly Provider[]> {
  return [...allProviders, ...(await readCustomProviders(tx))];
}
