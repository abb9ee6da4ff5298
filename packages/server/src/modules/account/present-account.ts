import type { getAccount } from '@trunkline/contract/account';
import type { z } from 'zod';
import { notFound } from '../../errors.ts';
import type { Database } from '../../identity/organizations.ts';
import { presentPasskeys } from './passkeys.ts';

/**
 * A person's account as they are shown it. `bound`: in a session that began through an organization.
 * @throws AppError `not_found`
 */
export async function presentAccount(
  db: Database,
  userId: string,
  bound: boolean,
): Promise<z.input<(typeof getAccount)['output']>> {
  const { rows } = await db.query<{
    name: string;
    email: string;
    hasPassword: boolean;
    totpSince: Date | null;
    recoveryCodesLeft: number;
  }>(
    `SELECT u.name, u.email, f.confirmed_at AS "totpSince",
       EXISTS (SELECT FROM accounts a
         WHERE a.user_id = u.id AND a.provider_id = 'credential' AND a.password IS NOT NULL) AS "hasPassword",
       (SELECT count(*)::int FROM recovery_codes c WHERE c.user_id = u.id AND c.used_at IS NULL) AS "recoveryCodesLeft"
     FROM users u LEFT JOIN totp_factors f ON f.user_id = u.id WHERE u.id = $1`,
    [userId],
  );
  const [row] = rows;
  if (!row) throw notFound('account');
  return {
    ...row,
    totpSince: row.totpSince?.toISOString() ?? null,
    passkeys: await presentPasskeys(db, userId),
    bound,
  };
}
