import { endMemberSessions as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { AppError, notFound } from '../../errors.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { endSessionsIn } from '../../identity/sessions.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';

/**
 * Signs a member out of the organization, e.g. after a computer was lost. Sessions that work in other organizations
 * are not this one's to end; whoever must not come back is removed.
 */
export const endMemberSessions: Verb<typeof operation> = async (ctx, { userId }) => {
  authorize(ctx, operation);
  const { app, organizationId } = ctx;
  if (organizationId === null) throw new AppError('no_organization', 'You belong to no organization.');
  return ownerTransaction(app.pool, async (db, enter) => {
    const { rows } = await db.query<{ name: string }>(
      `SELECT u.name FROM members m JOIN users u ON u.id = m.user_id
       WHERE m.organization_id = $1 AND m.user_id = $2`,
      [organizationId, userId],
    );
    if (!rows[0]) throw notFound('member');
    const ended = await endSessionsIn(db, userId, organizationId, app.clock());
    const tx = await enter(organizationId);
    await recordAudit(ctx, tx, {
      action: 'member.sessions_ended',
      target: { type: 'member', id: userId, name: rows[0].name },
      changes: { sessions: { before: ended, after: 0 } },
    });
    tx.announce('members');
    return { ended };
  });
};
