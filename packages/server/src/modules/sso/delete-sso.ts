import { deleteSso as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { AppError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';

/** Removes the identity provider with all that it said: whom it knows, and the sessions that came from it. */
export const deleteSso: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { organizationId } = ctx;
  if (organizationId === null) throw new AppError('no_organization', 'You belong to no organization.');
  return ownerTransaction(ctx.app.pool, async (db, enter) => {
    const { rows } = await db.query<{ issuer: string }>(
      'DELETE FROM sso_connections WHERE organization_id = $1 RETURNING issuer',
      [organizationId],
    );
    if (!rows[0]) throw notFound('identity provider');
    await db.query('DELETE FROM sessions WHERE sso_organization_id = $1', [organizationId]);
    const tx = await enter(organizationId);
    await recordAudit(ctx, tx, {
      action: 'sso.deleted',
      target: { type: 'organization', id: organizationId, name: null },
      changes: { issuer: { before: rows[0].issuer, after: null } },
    });
    tx.announce('members');
    return { ok: true };
  });
};
