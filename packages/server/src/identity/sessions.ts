import type { Role } from '@trunkline/contract/permissions';
import type { Pool } from 'pg';
import type { SessionFields } from './better-auth.ts';
import type { Database } from './organizations.ts';

const dayMs = 24 * 60 * 60 * 1000;
const idleMs = 7 * dayMs;
const sweepRows = 100;

/** Use of a session is noted no more often than this. */
const seenMs = 5 * 60_000;

/** Milliseconds after sign-in at which a session ends however often it is used, and its cookie too. */
export const absoluteSessionMs = 30 * dayMs;

export type Missing = 'second_factor' | 'sso';

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
  /** What the organization asks of its people first, and this session lacks. */
  missing: Missing | null;
  /** The organization through which the session began: it works in no other. Null for all other sessions. */
  boundTo: string | null;
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
  missing: Missing | null;
  sso_organization_id: string | null;
  fresh_at: Date;
  expires_at: Date;
  created_at: Date;
  updated_at: Date;
}

/** SQL: whether the person of `userId` has a second factor. */
const hasFactor = (userId: string): string =>
  `(EXISTS (SELECT FROM totp_factors f WHERE f.user_id = ${userId} AND f.confirmed_at IS NOT NULL)
     OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = ${userId}))`;

/**
 * SQL: what a session lacks. Whoever came through the identity provider was asked for a second factor there. Where the
 * provider is required, system administrators with a second factor may pass it by, so that nobody is locked out by it.
 */
const missing = `CASE
              WHEN s.method = 'sso' THEN NULL
              WHEN c.required AND m.role <> 'system_admin' THEN 'sso'
              WHEN (c.required OR p.second_factor = 'everybody'
                OR (p.second_factor = 'administrators' AND m.role <> 'viewer'))
                AND NOT ${hasFactor('s.user_id')} THEN 'second_factor'
            END`;

/** Says whether a person has a second factor, so that their password alone opens nothing. */
export async function hasSecondFactor(db: Database, userId: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(`SELECT ${hasFactor('$1')} AS found`, [userId]);
  return rows[0]?.found === true;
}

/**
 * Finds a live session by the hash of its token: one query by unique keys, and at most every five minutes an
 * update that notes the use. Once a day that moves its end to seven days from now, but never past thirty days
 * after sign-in.
 */
export async function findSession(pool: Pool, tokenHash: string, now: number): Promise<SignedIn | null> {
  const { rows } = await pool.query<SessionRow>(
    `SELECT s.id, s.user_id, u.email, u.name, m.organization_id, m.role, s.fresh_at, s.expires_at,
            s.created_at, s.updated_at,
            s.sso_organization_id, ${missing} AS missing
       FROM sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN members m ON m.organization_id = s.active_organization_id AND m.user_id = s.user_id
        AND (s.sso_organization_id IS NULL OR s.sso_organization_id = m.organization_id)
       LEFT JOIN sign_in_policies p ON p.organization_id = m.organization_id
       LEFT JOIN sso_connections c ON c.organization_id = m.organization_id
      WHERE s.token_hash = $1 AND s.expires_at > $2`,
    [tokenHash, new Date(now)],
  );
  const [row] = rows;
  if (!row) return null;
  if (now - row.updated_at.getTime() >= seenMs) {
    const end = Math.min(now + idleMs, row.created_at.getTime() + absoluteSessionMs);
    const moves = end - row.expires_at.getTime() >= dayMs;
    await pool.query(
      'UPDATE sessions SET expires_at = greatest(expires_at, $2), updated_at = $3 WHERE id = $1 AND updated_at < $3',
      [row.id, moves ? new Date(end) : row.expires_at, new Date(now)],
    );
  }
  return {
    sessionId: row.id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    organizationId: row.organization_id,
    role: row.role,
    missing: row.missing,
    boundTo: row.sso_organization_id,
    freshAt: row.fresh_at.getTime(),
  };
}

/** Starts a session of a user; whoever calls has made sure of them. */
export async function insertSession(
  pool: Pool,
  input: {
    id: string;
    userId: string;
    tokenHash: string;
    method: SessionRecord['method'];
    address: string | null;
    userAgent: string;
    /** With `sso`: the organization that the session is bound to. */
    organizationId: string | null;
  },
  now: number,
): Promise<void> {
  const fields = await newSessionFields(pool, input.userId, now);
  const active = input.organizationId ?? fields.activeOrganizationId;
  await pool.query(
    `INSERT INTO sessions (id, user_id, token_hash, active_organization_id, fresh_at, expires_at, ip_address,
       user_agent, created_at, updated_at, method, sso_organization_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $5, $5, $9, $10)`,
    [
      input.id,
      input.userId,
      input.tokenHash,
      active,
      fields.freshAt,
      fields.expiresAt,
      input.address,
      input.userAgent,
      input.method,
      input.organizationId,
    ],
  );
}

/** Notes a proof of identity, which opens sensitive acts of this session. */
export async function markFresh(db: Database, sessionId: string, now: number): Promise<void> {
  await db.query('UPDATE sessions SET fresh_at = $2, updated_at = $2 WHERE id = $1', [
    sessionId,
    new Date(now),
  ]);
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

/** A session as its owner is shown it. */
export interface SessionRecord {
  id: string;
  method: 'password' | 'passkey' | 'sso';
  userAgent: string | null;
  address: string | null;
  startedAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Whose sessions: a person's, or with `boundTo` only those that an organization's identity provider began. */
export interface SessionOwner {
  userId: string;
  boundTo: string | null;
}

/** SQL: the sessions of $1, of $2 alone when it is given. */
const owned = 'user_id = $1 AND ($2::uuid IS NULL OR sso_organization_id = $2)';

/** The live sessions of a person, the last used first. */
export async function sessionsOf(
  db: Database,
  { userId, boundTo }: SessionOwner,
  now: number,
): Promise<SessionRecord[]> {
  const { rows } = await db.query<SessionRecord>(
    `SELECT id, method, user_agent AS "userAgent", ip_address AS address, created_at AS "startedAt",
            updated_at AS "lastSeenAt", expires_at AS "expiresAt"
       FROM sessions WHERE ${owned} AND expires_at > $3 ORDER BY updated_at DESC, id`,
    [userId, boundTo, new Date(now)],
  );
  return rows;
}

/** Ends one session of a person. False when there is no such live one. */
export async function endSessionOf(
  db: Database,
  { userId, boundTo }: SessionOwner,
  sessionId: string,
  now: number,
): Promise<boolean> {
  const { rowCount } = await db.query(`DELETE FROM sessions WHERE ${owned} AND id = $3 AND expires_at > $4`, [
    userId,
    boundTo,
    sessionId,
    new Date(now),
  ]);
  return rowCount === 1;
}

/** Ends all sessions of a person but one. Gives how many were alive. */
export async function endSessionsBeside(
  db: Database,
  { userId, boundTo }: SessionOwner,
  sessionId: string,
  now: number,
): Promise<number> {
  const { rows } = await db.query<{ alive: boolean }>(
    `DELETE FROM sessions WHERE ${owned} AND id <> $3 RETURNING expires_at > $4 AS alive`,
    [userId, boundTo, sessionId, new Date(now)],
  );
  return rows.filter(({ alive }) => alive).length;
}

/** Ends the sessions of a person that work in one organization. Gives how many were alive. */
export async function endSessionsIn(
  db: Database,
  userId: string,
  organizationId: string,
  now: number,
): Promise<number> {
  const { rows } = await db.query<{ alive: boolean }>(
    `DELETE FROM sessions WHERE user_id = $1 AND active_organization_id = $2
     RETURNING expires_at > $3 AS alive`,
    [userId, organizationId, new Date(now)],
  );
  return rows.filter(({ alive }) => alive).length;
}

/** Removes up to a hundred ended sessions; called at each sign-in, which adds one. */
export async function sweepSessions(pool: Pool, now: number): Promise<void> {
  await pool.query(
    `DELETE FROM sessions WHERE id IN (
       SELECT id FROM sessions WHERE expires_at <= $1 LIMIT ${sweepRows} FOR UPDATE SKIP LOCKED)`,
    [new Date(now)],
  );
}
