import { getCustomProvider as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { readDefinition } from '../../connections/custom-definitions.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentCustom } from './custom-rules.ts';
import { countIntegrations } from './queries.ts';

/**
 * The definition of a custom provider.
 *
 * @throws AppError `not_found`
 */
export const getCustomProvider: Verb<typeof operation> = async (ctx, { slug }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const stored = await readDefinition(tx, slug);
    if (!stored) throw notFound('custom provider');
    return presentCustom(stored, await countIntegrations(tx, slug));
  });
};
