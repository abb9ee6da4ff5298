import { getProvider as operation } from '@trunkline/contract/catalog';
import { authorize, permits } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentProvider } from './present-provider.ts';
import { readCatalog } from './read-catalog.ts';

/**
 * A provider of the catalog with all that somebody needs to connect it. One that is hidden and not in use is found by
 * system administrators only.
 *
 * @throws AppError `not_found`
 */
export const getProvider: Verb<typeof operation> = async (ctx, { slug }) => {
  authorize(ctx, operation);
  const catalog = await inOrganization(ctx, readCatalog);
  const found = permits(ctx, 'catalog.curate') ? catalog.providers : catalog.visible;
  const provider = found.find((one) => one.slug === slug);
  if (!provider) throw notFound('provider');
  return presentProvider(provider, catalog.standingOf(provider));
};
