import { listProviders as operation } from '@trunkline/contract/catalog';
import { authorize, permits } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentSummary } from './present-provider.ts';
import { readCatalog } from './read-catalog.ts';
import { countByCategory, filterProviders, searchProviders } from './rules.ts';

/**
 * The catalog (CAT-1, CAT-2): what the search finds, of one category, group or state if asked. One page has all.
 *
 * @throws AppError `forbidden` when somebody else than a system administrator asks for what is hidden
 */
export const listProviders: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { search = '', category, group, state, includeHidden = false } = input;
  if (includeHidden && !permits(ctx, 'catalog.curate')) {
    throw new AppError('forbidden', 'Only a system administrator sees what is hidden.');
  }
  const catalog = await inOrganization(ctx, readCatalog);
  const shown = (includeHidden ? catalog.providers : catalog.visible).filter(
    (provider) =>
      state === undefined || (state === 'connected') === catalog.standingOf(provider).connected > 0,
  );
  const found = searchProviders(shown, search);
  return {
    data: filterProviders(found, { category, group }).map((provider) =>
      presentSummary(provider, catalog.standingOf(provider)),
    ),
    nextCursor: null,
    categories: countByCategory(shown, found),
    total: found.length,
    counts: catalog.counts,
  };
};
