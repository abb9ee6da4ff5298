import { listInboundSources as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentSource } from './present-source.ts';
import { listSources } from './source-queries.ts';

/** All sources, the oldest first; there are at most 200. */
export const listInboundSources: Verb<typeof operation> = async (ctx, filter) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({
    data: (await listSources(tx, filter)).map((source) => presentSource(ctx.app, source)),
    nextCursor: null,
  }));
};
