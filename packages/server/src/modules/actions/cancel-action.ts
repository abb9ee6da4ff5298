import { cancelAction as operation } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { cancelQueued } from './cancel-queued.ts';
import { readAction } from './queries.ts';

/** Cancels an action that waits. @throws AppError `not_found`, `conflict` for one that does not wait */
export const cancelAction: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const [cancelled] = await cancelQueued(ctx.app, tx, { id });
    const action = await readAction(ctx.app, tx, id, { open: false });
    if (cancelled === undefined) {
      throw new AppError('conflict', 'Only what waits can be cancelled: it is being sent, or has ended.');
    }
    const name = capabilities[action.capability].label;
    await recordAudit(ctx, tx, { action: 'action.cancelled', target: { type: 'action', id, name } });
    tx.announce('actions', [id]);
    return action;
  });
};
