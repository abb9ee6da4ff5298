import { getSignInPolicy as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSignInPolicy } from './sign-in-policy.ts';

/** What the organization asks of people who sign in, and which members have no second factor. */
export const getSignInPolicy: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const secondFactor = await inOrganization(ctx, readSignInPolicy);
  // Second factors belong to people, so they are read as the owner, for the members alone.
  const { rows } = await ctx.app.pool.query<{ userId: string; name: string }>(
    `SELECT u.id AS "userId", u.name FROM members m JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = $1
       AND NOT EXISTS (SELECT FROM totp_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id)
     ORDER BY lower(u.name), u.id`,
    [ctx.organizationId],
  );
  return { secondFactor, lacking: rows };
};
