import type { secondFactors } from '@trunkline/contract/access';
import type pg from 'pg';
import type { Ctx } from '../../ctx.ts';
import type { Database } from '../../identity/organizations.ts';
import { createRecoveryCodes, replaceRecoveryCodes } from '../../identity/recovery-codes.ts';
import { endSessionsBeside, hasSecondFactor, markFresh } from '../../identity/sessions.ts';
import type { Person } from './account-transaction.ts';

export type Factor = (typeof secondFactors)[number];

/** Which second factors a person can use. */
export async function factorsOf(db: Database, userId: string): Promise<Factor[]> {
  const { rows } = await db.query<{ totp: boolean; passkey: boolean; recovery_code: boolean }>(
    `SELECT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
       EXISTS (SELECT FROM passkeys WHERE user_id = $1) AS passkey,
       EXISTS (SELECT FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS recovery_code`,
    [userId],
  );
  const found = rows[0];
  return (['totp', 'passkey', 'recovery_code'] as const).filter((factor) => found?.[factor]);
}

/**
 * Takes in a second factor, in the transaction that stores it. With the first one come recovery codes, and all
 * sessions that began without one end but this.
 *
 * @param store writes the factor
 * @returns the recovery codes, null when the person has some already
 */
export async function addFactor(
  ctx: Ctx,
  db: pg.PoolClient,
  person: Person,
  store: () => Promise<unknown>,
): Promise<string[] | null> {
  // Two first factors at the same time would both make recovery codes.
  await db.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id]);
  const isFirst = !(await hasSecondFactor(db, person.id));
  await store();
  const now = ctx.app.clock();
  await markFresh(db, person.sessionId, now);
  if (!isFirst) return null;
  await endSessionsBeside(db, { userId: person.id, boundTo: null }, person.sessionId, now);
  const codes = createRecoveryCodes(ctx.app.randomBytes);
  await replaceRecoveryCodes(db, person.id, codes);
  return codes;
}

/** Recovery codes stand for second factors; without any they are of no use. */
export async function dropUselessCodes(db: Database, userId: string): Promise<void> {
  if (!(await hasSecondFactor(db, userId))) {
    await db.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
  }
}
