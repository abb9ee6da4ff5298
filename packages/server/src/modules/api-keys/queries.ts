import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import type { ApiKey, KeyCaller, ScopedKey } from '@trunkline/contract/api-keys';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';

interface KeyRow {
  id: string;
  preview: string;
  createdBy: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  replacedAt: Date | null;
  networks: string[];
}

/**
 * The active key, masked, with those in their grace period, the one that ends last first.
 * @throws AppError `not_found`
 */
export async function readApiKey(tx: Tx, now: Date): Promise<ApiKey> {
  const rows = await tx.query<KeyRow>(
    `SELECT id, preview, created_by AS "createdBy", created_at AS "createdAt", last_used_at AS "lastUsedAt",
       expires_at AS "expiresAt", replaced_at AS "replacedAt", networks
     FROM api_keys
     WHERE organization_id = current_organization() AND (expires_at IS NULL OR expires_at > $1)
     ORDER BY expires_at DESC, id DESC`,
    [now],
  );
  const active = rows.find(({ expiresAt }) => expiresAt === null);
  if (!active) throw notFound('API key');
  const expiring: ApiKey['expiring'] = [];
  for (const { id, preview, expiresAt, lastUsedAt, replacedAt } of rows) {
    if (expiresAt === null) continue;
    expiring.push({
      id,
      keyPreview: preview,
      expiresAt: expiresAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      ...(await readCallers(tx, id, replacedAt)),
    });
  }
  return {
    id: active.id,
    keyPreview: active.preview,
    createdAt: active.createdAt.toISOString(),
    createdBy: active.createdBy,
    lastUsedAt: active.lastUsedAt?.toISOString() ?? null,
    networks: active.networks,
    expiring,
  };
}

async function readCallers(
  tx: Tx,
  keyId: string,
  since: Date | null,
): Promise<{ callers: KeyCaller[]; moreCallers: number }> {
  const rows = await tx.query<Omit<KeyCaller, 'lastUsedAt'> & { lastAt: Date; all: number }>(
    `SELECT ip, user_agent AS "userAgent", requests, last_at AS "lastAt", (count(*) OVER ())::int4 AS all
     FROM api_key_callers
     WHERE organization_id = current_organization() AND key_id = $1 AND ($2::timestamptz IS NULL OR last_at >= $2)
     ORDER BY last_at DESC, ip, user_agent LIMIT 10`,
    [keyId, since],
  );
  const callers = rows.map(({ ip, userAgent, requests, lastAt }) => ({
    ip,
    userAgent,
    requests,
    lastUsedAt: lastAt.toISOString(),
  }));
  return { callers, moreCallers: (rows[0]?.all ?? 0) - rows.length };
}

export interface SealedKey {
  id: string;
  preview: string;
  box: Buffer;
}

/** @throws AppError `not_found` */
export async function readSealedKey(tx: Tx): Promise<SealedKey> {
  const [row] = await tx.query<SealedKey>(
    `SELECT id, preview, token_box AS box FROM api_keys
     WHERE organization_id = current_organization() AND expires_at IS NULL`,
  );
  if (!row) throw notFound('API key');
  return row;
}

/**
 * Ends the active key at `endsAt`, and those in their grace period no later; what is over is removed. Gives
 * the preview of the key that was active, and from where it may be used. Two replacements at the same time wait for each other.
 */
export async function retireKeys(
  tx: Tx,
  now: Date,
  endsAt: Date,
): Promise<{ preview: string | null; networks: string[] }> {
  // The row of the active key cannot serve as the lock: whoever waited for it would not see its successor.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`api_key ${tx.organizationId}`]);
  const rows = await tx.query<{ preview: string; networks: string[]; expiresAt: Date | null }>(
    `SELECT preview, networks, expires_at AS "expiresAt" FROM api_keys
     WHERE organization_id = current_organization() ORDER BY id FOR UPDATE`,
  );
  await tx.query(
    `UPDATE api_keys SET expires_at = least(expires_at, $1), replaced_at = coalesce(replaced_at, $2)
     WHERE organization_id = current_organization()`,
    [endsAt, now],
  );
  await tx.query('DELETE FROM api_keys WHERE organization_id = current_organization() AND expires_at <= $1', [
    now,
  ]);
  const active = rows.find(({ expiresAt }) => expiresAt === null);
  return { preview: active?.preview ?? null, networks: active?.networks ?? [] };
}

/**
 * Removes an older key in its grace period. Gives its preview.
 *
 * @throws AppError `not_found`, also for the active key
 */
export async function removeExpiringKey(tx: Tx, id: string): Promise<string> {
  const [row] = await tx.query<{ preview: string }>(
    `DELETE FROM api_keys WHERE organization_id = current_organization() AND id = $1 AND expires_at IS NOT NULL
     RETURNING preview`,
    [id],
  );
  if (!row) throw notFound('older API key');
  return row.preview;
}

/** Sets from where the active key may be used. Gives what was before; null when `id` is not the active key. */
export async function setOwnKeyNetworks(
  tx: Tx,
  id: string,
  networks: string[],
): Promise<{ preview: string; before: string[] } | null> {
  const [row] = await tx.query<{ preview: string; networks: string[] }>(
    `SELECT preview, networks FROM api_keys
     WHERE organization_id = current_organization() AND id = $1 AND expires_at IS NULL FOR UPDATE`,
    [id],
  );
  if (!row) return null;
  await tx.query(
    `UPDATE api_keys SET networks = $2 WHERE organization_id = current_organization() AND id = $1`,
    [id, networks],
  );
  return { preview: row.preview, before: row.networks };
}

export interface ScopedKeyRow {
  id: string;
  name: string;
  preview: string;
  scopes: ApiKeyScope[];
  networks: string[];
  createdBy: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const scopedColumns = `id, name, preview, scopes, networks, created_by AS "createdBy", created_at AS "createdAt",
  last_used_at AS "lastUsedAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

/** Scoped keys that work, and the last 50 that are over, the newest first. */
export async function readScopedKeys(tx: Tx, now: Date): Promise<ScopedKeyRow[]> {
  return tx.query<ScopedKeyRow>(
    `SELECT ${scopedColumns} FROM (
       SELECT *, row_number() OVER (PARTITION BY revoked_at IS NOT NULL OR expires_at <= $1 ORDER BY id DESC) AS place,
         (revoked_at IS NOT NULL OR expires_at <= $1) IS TRUE AS over
       FROM scoped_keys WHERE organization_id = current_organization()) k
     WHERE NOT over OR place <= 50 ORDER BY id DESC`,
    [now],
  );
}

/** @throws AppError `not_found` */
export async function lockScopedKey(tx: Tx, id: string): Promise<ScopedKeyRow> {
  const [row] = await tx.query<ScopedKeyRow>(
    `SELECT ${scopedColumns} FROM scoped_keys WHERE organization_id = current_organization() AND id = $1 FOR UPDATE`,
    [id],
  );
  if (!row) throw notFound('API key');
  return row;
}

export async function countWorkingScopedKeys(tx: Tx, now: Date): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int4 AS count FROM scoped_keys WHERE organization_id = current_organization()
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)`,
    [now],
  );
  return row?.count ?? 0;
}

export async function insertScopedKey(tx: Tx, row: ScopedKeyRow, tokenHash: Buffer): Promise<void> {
  await tx.query(
    `INSERT INTO scoped_keys (id, organization_id, name, token_hash, preview, scopes, networks, created_by, created_at,
       expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      tx.organizationId,
      row.name,
      tokenHash,
      row.preview,
      row.scopes,
      row.networks,
      row.createdBy,
      row.createdAt,
      row.expiresAt,
    ],
  );
}

export async function saveScopedKey(tx: Tx, row: ScopedKeyRow): Promise<void> {
  await tx.query(
    `UPDATE scoped_keys SET name = $2, scopes = $3, networks = $4, expires_at = $5, revoked_at = $6
     WHERE organization_id = current_organization() AND id = $1`,
    [row.id, row.name, row.scopes, row.networks, row.expiresAt, row.revokedAt],
  );
}

export async function readScopedKeysEnabled(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ enabled: boolean }>(
    'SELECT scoped_keys AS enabled FROM api_settings WHERE organization_id = current_organization()',
  );
  return row?.enabled ?? false;
}

export async function writeScopedKeysEnabled(tx: Tx, enabled: boolean): Promise<void> {
  await tx.query(
    `INSERT INTO api_settings (organization_id, scoped_keys) VALUES ($1, $2)
     ON CONFLICT (organization_id) DO UPDATE SET scoped_keys = excluded.scoped_keys`,
    [tx.organizationId, enabled],
  );
}

export function presentScopedKey(row: ScopedKeyRow, now: number): ScopedKey {
  const { preview, createdAt, lastUsedAt, expiresAt, revokedAt, ...rest } = row;
  const expired = expiresAt !== null && expiresAt.getTime() <= now;
  return {
    ...rest,
    keyPreview: preview,
    status: revokedAt !== null ? 'revoked' : expired ? 'expired' : 'active',
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
