import type { Invitation, Member } from '@trunkline/contract/access';
import type { Role } from '@trunkline/contract/permissions';
import type pg from 'pg';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';
import { isLastAdministrator, latest } from './rules.ts';

interface MemberRow {
  userId: string;
  name: string;
  email: string;
  role: Role;
  joinedAt: Date;
  lastActAt: Date | null;
}

const selectMembers = `
  SELECT m.user_id AS "userId", u.name, u.email, m.role, m.created_at AS "joinedAt",
    (SELECT a.occurred_at FROM audit_log a
     WHERE a.organization_id = m.organization_id AND a.actor_id = m.user_id::text AND a.actor_type = 'user'
     ORDER BY a.sequence DESC LIMIT 1) AS "lastActAt"
  FROM members m JOIN users u ON u.id = m.user_id
  WHERE m.organization_id = current_organization()`;

export function listMemberRows(tx: Tx): Promise<MemberRow[]> {
  return tx.query<MemberRow>(`${selectMembers} ORDER BY lower(u.name), u.id`);
}

/** @throws AppError `not_found` */
export async function readMemberRow(tx: Tx, userId: string): Promise<MemberRow> {
  const [row] = await tx.query<MemberRow>(`${selectMembers} AND m.user_id = $1`, [userId]);
  if (!row) throw notFound('member');
  return row;
}

/**
 * Members as they are shown. They were last seen when they last did something that left an audit record, or
 * used a session that works in this organization; what they do in other organizations does not show here.
 * `rows` come from a tenant's transaction, which has ended: sessions are read as the owner.
 */
export async function presentMembers(
  pool: pg.Pool,
  organizationId: string,
  rows: readonly MemberRow[],
): Promise<z.input<typeof Member>[]> {
  const { rows: sessions } = await pool.query<{ userId: string; usedAt: Date }>(
    `SELECT user_id AS "userId", max(updated_at) AS "usedAt" FROM sessions
     WHERE active_organization_id = $1 AND user_id = ANY($2) GROUP BY user_id`,
    [organizationId, rows.map(({ userId }) => userId)],
  );
  const usedAt = new Map(sessions.map((session) => [session.userId, session.usedAt]));
  return rows.map(({ userId, name, email, role, joinedAt, lastActAt }) => ({
    userId,
    name,
    email,
    role,
    joinedAt: joinedAt.toISOString(),
    lastSeenAt: latest(lastActAt, usedAt.get(userId))?.toISOString() ?? null,
  }));
}

/**
 * A member with all system administrators locked, so that of two simultaneous demotions the second one sees
 * the first. Locks are taken in one order.
 * @throws AppError `not_found`; `last_administrator` when the member must stay one
 */
export async function lockMember(
  tx: Tx,
  userId: string,
  change: { keepsAdministrator: boolean },
): Promise<{ userId: string; role: Role }> {
  const rows = await tx.query<{ userId: string; role: Role }>(
    `SELECT user_id AS "userId", role FROM members
     WHERE organization_id = current_organization() AND (role = 'system_admin' OR user_id = $1)
     ORDER BY user_id FOR UPDATE`,
    [userId],
  );
  const member = rows.find((row) => row.userId === userId);
  if (!member) throw notFound('member');
  if (!change.keepsAdministrator && isLastAdministrator(rows, userId)) {
    throw new AppError(
      'last_administrator',
      'This is the only system administrator. Make another member one first.',
    );
  }
  return member;
}

/** Withdraws what somebody who may no longer invite has offered. Gives the number of open invitations. */
export async function withdrawInvitationsOf(tx: Tx, userId: string): Promise<number> {
  const rows = await tx.query(
    `DELETE FROM invitations
     WHERE organization_id = current_organization() AND invited_by = $1 AND accepted_at IS NULL RETURNING id`,
    [userId],
  );
  return rows.length;
}

interface InvitationRow {
  id: string;
  email: string;
  role: Role;
  invitedBy: string | null;
  createdAt: Date;
  expiresAt: Date;
  mailState: 'none' | 'waiting' | 'sent' | 'failed';
  mailSentAt: Date | null;
  mailProblem: string | null;
  mailDueAt: Date | null;
}

// The row-level policy shows only members' names; an inviter who left has none.
const selectOpenInvitations = `
  SELECT i.id, i.email, i.role, u.name AS "invitedBy", i.created_at AS "createdAt", i.expires_at AS "expiresAt",
    i.mail_state AS "mailState", i.mail_sent_at AS "mailSentAt", i.mail_problem AS "mailProblem",
    i.mail_due_at AS "mailDueAt"
  FROM invitations i LEFT JOIN users u ON u.id = i.invited_by
  WHERE i.organization_id = current_organization() AND i.accepted_at IS NULL AND i.expires_at > $1`;

export async function listOpenInvitations(tx: Tx, now: Date): Promise<z.input<typeof Invitation>[]> {
  const rows = await tx.query<InvitationRow>(
    `${selectOpenInvitations} ORDER BY i.created_at DESC, i.id DESC`,
    [now],
  );
  return rows.map(presentInvitation);
}

/** @throws AppError `not_found` */
export async function readOpenInvitation(tx: Tx, id: string, now: Date): Promise<z.input<typeof Invitation>> {
  const [row] = await tx.query<InvitationRow>(`${selectOpenInvitations} AND i.id = $2`, [now, id]);
  if (!row) throw notFound('invitation');
  return presentInvitation(row);
}

function presentInvitation(row: InvitationRow): z.input<typeof Invitation> {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    invitedBy: row.invitedBy ?? 'A former member',
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    mail: {
      state: row.mailState,
      sentAt: row.mailSentAt?.toISOString() ?? null,
      problem: row.mailProblem,
      nextTryAt: row.mailProblem === null ? null : (row.mailDueAt?.toISOString() ?? null),
    },
  };
}

export interface Offer {
  id: string;
  organizationId: string;
  organizationName: string;
  email: string;
  role: Role;
  hasAccount: boolean;
}

/**
 * What a link offers, to whoever holds its token; null when there is none, or it is used or over. Read as the
 * owner: the caller belongs to no organization yet. `lock` keeps others from using it in the meantime.
 */
export async function findOffer(
  db: pg.Pool | pg.PoolClient,
  tokenHash: Buffer,
  now: Date,
  lock = false,
): Promise<Offer | null> {
  const { rows } = await db.query<Offer>(
    `SELECT i.id, i.organization_id AS "organizationId", o.name AS "organizationName", i.email, i.role,
       EXISTS (SELECT FROM users u JOIN accounts a ON a.user_id = u.id
         WHERE u.email = i.email AND a.provider_id = 'credential' AND a.password IS NOT NULL) AS "hasAccount"
     FROM invitations i JOIN organizations o ON o.id = i.organization_id
     WHERE i.token_hash = $1 AND i.accepted_at IS NULL AND i.expires_at > $2 ${lock ? 'FOR UPDATE OF i' : ''}`,
    [tokenHash, now],
  );
  return rows[0] ?? null;
}
