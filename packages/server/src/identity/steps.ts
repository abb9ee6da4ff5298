import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Database } from './organizations.ts';
import type { RandomBytes } from './uuid.ts';

/** How long somebody may take for the second half of what they began. */
export const stepMs = 5 * 60_000;
const sweepRows = 100;

export type StepPurpose = 'second_factor' | 'passkey_sign_in' | 'passkey_add' | 'passkey_proof';

/** Something that was begun: whose, and what has to be answered. */
export interface Step {
  userId: string | null;
  challenge: string;
}

/**
 * Begins something with a second half. The token that is given back is all that the browser holds of it; the
 * challenge is what a passkey signs.
 */
export async function beginStep(
  db: Database,
  input: { id: string; purpose: StepPurpose; userId: string | null; now: number; random: RandomBytes },
): Promise<{ token: string; challenge: string }> {
  const { id, purpose, userId, now, random } = input;
  const token = Buffer.from(random(32)).toString('base64url');
  const challenge = Buffer.from(random(32)).toString('base64url');
  await db.query(
    `WITH swept AS (
       DELETE FROM sign_in_steps WHERE id IN (
         SELECT id FROM sign_in_steps WHERE expires_at <= $6 LIMIT ${sweepRows} FOR UPDATE SKIP LOCKED))
     INSERT INTO sign_in_steps (id, token_hash, purpose, user_id, challenge, expires_at)
     VALUES ($1, $2, $3, $4, $5, $7)`,
    [id, hashToken(token), purpose, userId, challenge, new Date(now), new Date(now + stepMs)],
  );
  return { token, challenge };
}

/** Looks at a step without taking it; null when there is none, or it is over. */
export async function readStep(
  pool: Pool,
  token: string,
  purpose: StepPurpose,
  now: number,
): Promise<Step | null> {
  const { rows } = await pool.query<Step>(
    `SELECT user_id AS "userId", challenge FROM sign_in_steps
     WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3`,
    [hashToken(token), purpose, new Date(now)],
  );
  return rows[0] ?? null;
}

/** Takes a step, which can be done once; of two that take it, one gets null. */
export async function takeStep(
  db: Database,
  token: string,
  purpose: StepPurpose,
  now: number,
): Promise<Step | null> {
  const { rows } = await db.query<Step>(
    `DELETE FROM sign_in_steps WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3
     RETURNING user_id AS "userId", challenge`,
    [hashToken(token), purpose, new Date(now)],
  );
  return rows[0] ?? null;
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
