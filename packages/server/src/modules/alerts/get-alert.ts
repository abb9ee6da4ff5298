import { getAlert as operation } from '@trunkline/contract/alerts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readAlert, readTimeline } from './queries.ts';

/** An alert with what happened to it. @throws AppError `not_found` */
export const getAlert: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({
    ...(await readAlert(tx, id, ctx.app.clock())),
    timeline: await readTimeline(tx, id),
  }));
};
