import { retryAction as operation } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readAction } from './queries.ts';

/** Lets the integrations try again what a last resort holds. @throws AppError `not_found`, `conflict` for anything else */
export const retryAction: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const due = await tx.query(
      `UPDATE actions SET due_at = now() WHERE organization_id = current_organization() AND id = $1
         AND state = 'queued' AND last_resort IS NOT NULL RETURNING id`,
      [id],
    );
    const action = await readAction(ctx.app, tx, id, { open: false });
    if (due.length === 0) throw new AppError('conflict', 'No last resort holds this action.');
    const name = capabilities[action.capability].label;
    await recordAudit(ctx, tx, { action: 'action.retried', target: { type: 'action', id, name } });
    tx.announce('actions', [id]);
    return action;
  });
};
