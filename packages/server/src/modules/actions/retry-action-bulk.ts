import { retryActionBulk as operation } from '@trunkline/contract/action-bulks';
import { capabilities } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readBulk, retryFailed } from './bulk-queries.ts';

/** Tries the failed actions of a bulk again, for a day after they failed. @throws AppError `not_found` */
export const retryActionBulk: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { capability, total } = await readBulk(tx, id);
    await retryFailed(tx, id);
    const name = `${total} × ${capabilities[capability].label}`;
    await recordAudit(ctx, tx, { action: 'action_bulk.retried', target: { type: 'action_bulk', id, name } });
    tx.announce('actions');
    return readBulk(tx, id);
  });
};
