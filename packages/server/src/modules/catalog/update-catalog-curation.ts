import { updateCatalogCuration as operation } from '@trunkline/contract/catalog';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { lockCatalog, readHidden, writeHidden } from './queries.ts';
import { readCatalog } from './read-catalog.ts';

/**
 * Replaces the set of hidden providers (CAT-6). What is in use stays visible and goes on working.
 *
 * @throws AppError `invalid_input` for a provider that does not exist
 */
export const updateCatalogCuration: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockCatalog(tx);
    const { providers } = await readCatalog(tx);
    const slugs = new Set(providers.map(({ slug }) => slug));
    const unknown = input.hidden.findIndex((slug) => !slugs.has(slug));
    if (unknown >= 0) throw fieldError('invalid_input', `/hidden/${unknown}`, 'There is no such provider.');
    const before = await readHidden(tx);
    await writeHidden(tx, [...new Set(input.hidden)]);
    const hidden = await readHidden(tx);
    const changes = changesBetween({ hidden: before }, { hidden });
    if (Object.keys(changes).length > 0) {
      await recordAudit(ctx, tx, {
        action: 'catalog.curated',
        target: { type: 'catalog', id: null, name: null },
        changes,
      });
      tx.announce('catalog');
    }
    return { hidden };
  });
};
