import { getProvider as operation } from '@trunkline/contract/catalog';
import { authorize } from '../../authorize.ts';
import { notFound } from '../../errors.ts';
import { findProvider } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { presentProvider } from './present-provider.ts';

/**
 * A provider of the catalog with all that somebody needs to connect it.
 *
 * @throws AppError `not_found`
 */
export const getProvider: Verb<typeof operation> = async (ctx, { slug }) => {
  authorize(ctx, operation);
  const provider = findProvider(slug);
  if (!provider) throw notFound('provider');
  return presentProvider(provider);
};
