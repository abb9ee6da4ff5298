import { endGrace as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readApiKey, removeExpiringKey } from './queries.ts';

/**
 * Ends an older key before its grace period is over (KEY-1).
 *
 * @throws AppError `not_found`
 */
export const endGrace: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const name = await removeExpiringKey(tx, id);
    await recordAudit(ctx, tx, { action: 'api_key.grace_ended', target: { type: 'api_key', id, name } });
    tx.announce('api_key');
    return readApiKey(tx, new Date(ctx.app.clock()));
  });
};
