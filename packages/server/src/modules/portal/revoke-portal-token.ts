import { revokePortalToken as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { endPortalToken, lockPortalToken } from './queries.ts';
import { portalName, presentPortalToken } from './rules.ts';

/**
 * Ends a token and its session at once (APIS-4). What is over already stays as it is.
 *
 * @throws AppError `not_found`
 */
export const revokePortalToken: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const now = ctx.app.clock();
    const row = await lockPortalToken(tx, id);
    if (row === null) throw notFound('portal token');
    const shown = presentPortalToken(row, now);
    if (shown.status !== 'waiting' && shown.status !== 'open') return shown;
    const revoked = { ...row, revokedAt: new Date(now), revokedBy: personOf(ctx).name };
    await endPortalToken(tx, id, revoked.revokedAt, revoked.revokedBy);
    await recordAudit(ctx, tx, {
      action: 'portal_token.revoked',
      target: { type: 'portal_token', id, name: portalName(row.subject) },
    });
    tx.announce('portal');
    return presentPortalToken(revoked, now);
  });
};
