import { listCustomProviders as operation } from '@trunkline/contract/custom-providers';
import { authorize } from '../../authorize.ts';
import { readDefinitions } from '../../connections/custom-definitions.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentCustom } from './custom-rules.ts';
import { readUses } from './queries.ts';

/** Every provider that the organization added itself (CAT-5), by name; one page has all. */
export const listCustomProviders: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const stored = await readDefinitions(tx);
    const uses = new Map((await readUses(tx)).map((use) => [use.provider, use.integrations]));
    return { data: stored.map((one) => presentCustom(one, uses.get(one.slug) ?? 0)), nextCursor: null };
  });
};
