import type { Role } from '@trunkline/contract/permissions';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import type { Tx } from '../../ctx.ts';

export interface PortalTokenRow {
  id: string;
  subject: string | null;
  parts: PortalPart[];
  role: Role;
  createdBy: string;
  createdAt: Date;
  exchangeBy: Date;
  expiresAt: Date;
  exchangedAt: Date | null;
  origin: string | null;
  revokedAt: Date | null;
  revokedBy: string | null;
}

export const tokenColumns = `id, subject, parts, role, created_by AS "createdBy", created_at AS "createdAt",
  exchange_by AS "exchangeBy", expires_at AS "expiresAt", exchanged_at AS "exchangedAt", origin,
  revoked_at AS "revokedAt", revoked_by AS "revokedBy"`;

/** What waits to be exchanged or is in use at the instant `$1`. */
const open = `revoked_at IS NULL AND expires_at > $1 AND (exchanged_at IS NOT NULL OR exchange_by > $1)`;

export async function readOrigins(tx: Tx): Promise<string[]> {
  const [row] = await tx.query<{ origins: string[] }>(
    'SELECT origins FROM portal_settings WHERE organization_id = current_organization()',
  );
  return row?.origins ?? [];
}

/** As {@link readOrigins}; others who read or change them wait. */
export async function lockOrigins(tx: Tx, now: Date): Promise<string[]> {
  const [row] = await tx.query<{ origins: string[] }>(
    `INSERT INTO portal_settings (organization_id, updated_at) VALUES (current_organization(), $1)
     ON CONFLICT (organization_id) DO UPDATE SET updated_at = excluded.updated_at RETURNING origins`,
    [now],
  );
  return row?.origins ?? [];
}

export async function writeOrigins(tx: Tx, origins: string[]): Promise<void> {
  await tx.query('UPDATE portal_settings SET origins = $1 WHERE organization_id = current_organization()', [
    origins,
  ]);
}

export async function insertPortalToken(tx: Tx, row: PortalTokenRow, tokenHash: Buffer): Promise<void> {
  await tx.query(
    `INSERT INTO portal_tokens (id, organization_id, token_hash, subject, parts, role, created_by, created_at,
       exchange_by, expires_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.id,
      tokenHash,
      row.subject,
      row.parts,
      row.role,
      row.createdBy,
      row.createdAt,
      row.exchangeBy,
      row.expiresAt,
    ],
  );
}

/** A page and one more, newest first. */
export function readPortalTokens(
  tx: Tx,
  { limit, before, subject, openAt }: { limit: number; before?: string; subject?: string; openAt?: Date },
): Promise<PortalTokenRow[]> {
  return tx.query<PortalTokenRow>(
    `SELECT ${tokenColumns} FROM portal_tokens
     WHERE organization_id = current_organization() AND ($1::timestamptz IS NULL OR (${open}))
       AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR subject = $3)
     ORDER BY id DESC LIMIT $4`,
    [openAt ?? null, before ?? null, subject ?? null, limit + 1],
  );
}

export async function lockPortalToken(tx: Tx, id: string): Promise<PortalTokenRow | null> {
  const [row] = await tx.query<PortalTokenRow>(
    `SELECT ${tokenColumns} FROM portal_tokens WHERE organization_id = current_organization() AND id = $1 FOR UPDATE`,
    [id],
  );
  return row ?? null;
}

export async function beginSession(
  tx: Tx,
  id: string,
  { sessionHash, at, origin }: { sessionHash: Buffer; at: Date; origin: string },
): Promise<void> {
  await tx.query(
    `UPDATE portal_tokens SET session_hash = $2, exchanged_at = $3, origin = $4
     WHERE organization_id = current_organization() AND id = $1`,
    [id, sessionHash, at, origin],
  );
}

export async function endPortalToken(tx: Tx, id: string, at: Date, by: string): Promise<void> {
  await tx.query(
    `UPDATE portal_tokens SET revoked_at = $2, revoked_by = $3
     WHERE organization_id = current_organization() AND id = $1`,
    [id, at, by],
  );
}

/** Ends what is open: of one subject, or what was opened on other pages than these, or all. Gives what was ended. */
export function endPortalTokens(
  tx: Tx,
  at: Date,
  by: string,
  { subject, outside }: { subject?: string; outside?: string[] } = {},
): Promise<Pick<PortalTokenRow, 'id' | 'subject'>[]> {
  return tx.query<Pick<PortalTokenRow, 'id' | 'subject'>>(
    `UPDATE portal_tokens SET revoked_at = $1, revoked_by = $2
     WHERE organization_id = current_organization() AND ${open}
       AND ($3::text IS NULL OR subject = $3) AND ($4::text[] IS NULL OR NOT coalesce(origin = ANY ($4), true))
     RETURNING id, subject`,
    [at, by, subject ?? null, outside ?? null],
  );
}
