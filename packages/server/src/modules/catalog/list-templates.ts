import { capabilityNames } from '@trunkline/contract/capabilities';
import { listTemplates as operation } from '@trunkline/contract/templates';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readCatalog } from './read-catalog.ts';
import { presentTemplates } from './template-rules.ts';

/** The guided set-ups (CONN-9) whose providers the organization finds in its catalog. */
export const listTemplates: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const catalog = await inOrganization(ctx, readCatalog);
  const providers = catalog.visible.map((provider) => {
    const { connected, pending } = catalog.standingOf(provider);
    return {
      slug: provider.slug,
      name: provider.name,
      connected: connected - pending,
      offers: capabilityNames.filter((name) => provider.adapters?.[name] !== undefined),
    };
  });
  return { data: presentTemplates(providers), nextCursor: null };
};
