import { listProviders as operation } from '@trunkline/contract/catalog';
import { authorize } from '../../authorize.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { presentSummary } from './present-provider.ts';
import { countByCategory, filterProviders, searchProviders } from './rules.ts';

/**
 * The catalog (CAT-1, CAT-2): what the search finds, of one category or group if asked. The counts are of all that the
 * search finds; one page has all.
 */
export const listProviders: Verb<typeof operation> = async (ctx, { search = '', category, group }) => {
  authorize(ctx, operation);
  const found = searchProviders(allProviders, search);
  return {
    data: filterProviders(found, { category, group }).map(presentSummary),
    nextCursor: null,
    categories: countByCategory(allProviders, found),
    total: found.length,
  };
};
