import { getInboundSource as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentSource } from './present-source.ts';
import { readSource } from './source-queries.ts';

/** One source. @throws AppError `not_found` */
export const getInboundSource: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => presentSource(ctx.app, await readSource(tx, id)));
};
