import { completeAction as operation } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { finishDone, readAction } from './queries.ts';

/**
 * Ends an action that a person has done instead of an integration (FAILOVER-4).
 *
 * @throws AppError `not_found`, `conflict` for one that is not for a person to do
 */
export const completeAction: Verb<typeof operation> = async (ctx, { id, url }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const locked = await tx.query(
      `SELECT FROM actions WHERE organization_id = current_organization() AND id = $1 AND state = 'queued'
         AND last_resort = 'by_hand' FOR UPDATE`,
      [id],
    );
    const { capability, todo } = await readAction(ctx.app, tx, id, { open: true });
    if (locked.length === 0) throw new AppError('conflict', 'This action is not for a person to do.');
    const name = capabilities[capability].label;
    await finishDone(ctx.app, tx, id, resultOf(capability, todo, url));
    await recordAudit(ctx, tx, { action: 'action.completed', target: { type: 'action', id, name } });
    tx.announce('actions', [id]);
    return readAction(ctx.app, tx, id, { open: true });
  });
};

/** As an integration would have answered. */
function resultOf(capability: CapabilityName, todo: unknown, url: string | null): unknown {
  const { jobId, postingId } = todo as { jobId: string; postingId?: string };
  if (capability === 'job.close') {
    return { postingId: postingId ?? jobId, state: 'closed' } satisfies CapabilityOutput<'job.close'>;
  }
  return { postingId: `by-hand:${jobId}`, state: 'live', url } satisfies CapabilityOutput<'job.post'>;
}
