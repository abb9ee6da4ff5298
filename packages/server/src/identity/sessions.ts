import type { Role } from '@trunkline/contract/permissions';
import type { Pool } from 'pg';
import type { SessionFields } from './better-auth.ts';

const dayMs = 24 * 60 * 60 * 1000;
const idleMs = 7 * dayMs;
const sweepRows = 100;

/** Milliseconds after sign-in at which a session ends however often it is used, and its cookie too. */
export const absoluteSessionMs = 30 * dayMs;

/** A signed-in person in the organization they work in. */
export interface SignedIn {
  sessionId: string;
  userId: string;
  email: string;
  name: string;
  /** The organization the session works in; null when none is chosen or the membership is gone. */
  organizationId: string | null;
  /** The role in that organization; null exactly when `organizationId` is. */
  role: Role | null;
  /** Last proof of identity (sign-in or re-authentication), milliseconds since the epoch. */
  freshAt: number;
}

interface SessionRow {
  id: string;
  user_id: string;
  email: string;
  name: string;
  organization_id: string | null;
  role: Role | null;
  fresh_at: Date;
  expires_at: Date;
  created_at: Date;
}

/**
 * Finds a live session by the hash of its token: one query by unique keys, and at most once a day an
 * update that moves its end to seven days from now, but never past thirty days after sign-in.
 */
export async function findSession(pool: Pool, tokenHash: string, now: number): Promise<SignedIn | null> {
  const { rows } = await pool.query<SessionRow>(
    `SELECT s.id, s.user_id, u.email, u.name, m.organization_id, m.role, s.fresh_at, s.expires_at, s.created_at
       FROM sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN members m ON m.organization_id = s.active_organization_id AND m.user_id = s.user_id
      WHERE s.token_hash = $1 AND s.expires_at > $2`,
    [tokenHash, new Date(now)],
  );
  const [row] = rows;
  if (!row) return null;
  const end = Math.min(now + idleMs, row.created_at.getTime() + absoluteSessionMs);
  if (end - row.expires_at.getTime() >= dayMs) {
    await pool.query(
      'UPDATE sessions SET expires_at = $2, updated_at = $3 WHERE id = $1 AND expires_at < $2',
      [row.id, new Date(end), new Date(now)],
    );
  }
  return {
    sessionId: row.id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    organizationId: row.organization_id,
    role: row.role,
    freshAt: row.fresh_at.getTime(),
  };
}

/** What a new session of a user starts with: fresh now, in the organization the user joined first. */
export async function newSessionFields(pool: Pool, userId: string, now: number): Promise<SessionFields> {
  const { rows } = await pool.query<{ organization_id: string }>(
    'SELECT organization_id FROM members WHERE user_id = $1 ORDER BY created_at, id LIMIT 1',
    [userId],
  );
  const at = new Date(now);
  return {
    createdAt: at,
    updatedAt: at,
    freshAt: at,
    expiresAt: new Date(now + idleMs),
    activeOrganizationId: rows[0]?.organization_id ?? null,
  };
}

/** Ends a session, if there is one with this token. */
export async function deleteSession(pool: Pool, tokenHash: string): Promise<void> {
  await pool.query('DELETE FROM sessions WHERE token_hash = $1', [tokenHash]);
}

/** Removes up to a hundred ended sessions; called at each sign-in, which adds one. */
export async function sweepSessions(pool: Pool, now: number): Promise<void> {
  await pool.query(
    `DELETE FROM sessions WHERE id IN (
       SELECT id FROM sessions WHERE expires_at <= $1 LIMIT ${sweepRows} FOR UPDATE SKIP LOCKED)`,
    [new Date(now)],
  );
}
