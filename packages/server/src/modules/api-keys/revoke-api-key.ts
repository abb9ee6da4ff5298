import { revokeApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockScopedKey, presentScopedKey, saveScopedKey } from './queries.ts';

/**
 * Ends a scoped key at once and for good (KEY-1). Revoking it again changes nothing.
 *
 * @throws AppError `not_found`
 */
export const revokeApiKey: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const now = ctx.app.clock();
    const row = await lockScopedKey(tx, id);
    if (row.revokedAt !== null) return presentScopedKey(row, now);
    const revoked = { ...row, revokedAt: new Date(now) };
    await saveScopedKey(tx, revoked);
    await recordAudit(ctx, tx, {
      action: 'api_key.revoked',
      target: { type: 'scoped_key', id, name: `${row.name} ${row.preview}` },
    });
    tx.announce('api_key');
    return presentScopedKey(revoked, now);
  });
};
