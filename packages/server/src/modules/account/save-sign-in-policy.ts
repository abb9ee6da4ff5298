import { saveSignInPolicy as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readSignInPolicy } from './sign-in-policy.ts';

/**
 * Sets of whom a second factor is required, from their next request on. Whoever has none, the caller too, is led to
 * set one up before anything else.
 */
export const saveSignInPolicy: Verb<typeof operation> = async (ctx, { secondFactor }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readSignInPolicy(tx);
    if (before !== secondFactor) {
      await tx.query(
        `INSERT INTO sign_in_policies (organization_id, second_factor, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (organization_id) DO UPDATE SET second_factor = $2, updated_at = $3`,
        [tx.organizationId, secondFactor, new Date(ctx.app.clock())],
      );
      await recordAudit(ctx, tx, {
        action: 'sign_in_policy.saved',
        target: { type: 'organization', id: tx.organizationId, name: null },
        changes: { secondFactor: { before, after: secondFactor } },
      });
      tx.announce('members');
    }
    return { secondFactor };
  });
};
