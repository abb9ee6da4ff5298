import { revokePortalTokens as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { personOf } from '../integrations/person.ts';
import { endPortalTokens } from './queries.ts';
import { portalName } from './rules.ts';

/** Ends every open token, or those of one subject: somebody has left, or a key that made them has leaked (APIS-4). */
export const revokePortalTokens: Verb<typeof operation> = async (ctx, { subject }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const ended = await endPortalTokens(
      tx,
      new Date(ctx.app.clock()),
      personOf(ctx).name,
      subject === undefined ? {} : { subject },
    );
    if (ended.length === 0) return { revoked: 0 };
    await recordAudit(ctx, tx, {
      action: 'portal_token.revoked',
      target: { type: 'portal_token', id: null, name: subject === undefined ? null : portalName(subject) },
      changes: { tokens: { before: ended.map(({ id }) => id), after: null } },
    });
    tx.announce('portal');
    return { revoked: ended.length };
  });
};
