import type { ApiKey } from '@trunkline/contract/api-keys';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';

interface KeyRow {
  id: string;
  preview: string;
  createdBy: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

/**
 * The active key, masked, with those in their grace period, the one that ends last first.
 * @throws AppError `not_found`
 */
export async function readApiKey(tx: Tx, now: Date): Promise<ApiKey> {
  const rows = await tx.query<KeyRow>(
    `SELECT id, preview, created_by AS "createdBy", created_at AS "createdAt", last_used_at AS "lastUsedAt",
       expires_at AS "expiresAt"
     FROM api_keys
     WHERE organization_id = current_organization() AND (expires_at IS NULL OR expires_at > $1)
     ORDER BY expires_at DESC, id DESC`,
    [now],
  );
  const active = rows.find(({ expiresAt }) => expiresAt === null);
  if (!active) throw notFound('API key');
  return {
    id: active.id,
    keyPreview: active.preview,
    createdAt: active.createdAt.toISOString(),
    createdBy: active.createdBy,
    lastUsedAt: active.lastUsedAt?.toISOString() ?? null,
    expiring: rows.flatMap(({ id, preview, expiresAt, lastUsedAt }) =>
      expiresAt === null
        ? []
        : [
            {
              id,
              keyPreview: preview,
              expiresAt: expiresAt.toISOString(),
              lastUsedAt: lastUsedAt?.toISOString() ?? null,
            },
          ],
    ),
  };
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
 * the preview of the key that was active. Two replacements at the same time wait for each other.
 */
export async function retireKeys(tx: Tx, now: Date, endsAt: Date): Promise<string | null> {
  // The row of the active key cannot serve as the lock: whoever waited for it would not see its successor.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`api_key ${tx.organizationId}`]);
  const rows = await tx.query<{ preview: string; expiresAt: Date | null }>(
    `SELECT preview, expires_at AS "expiresAt" FROM api_keys
     WHERE organization_id = current_organization() ORDER BY id FOR UPDATE`,
  );
  await tx.query(
    `UPDATE api_keys SET expires_at = least(expires_at, $1) WHERE organization_id = current_organization()`,
    [endsAt],
  );
  await tx.query('DELETE FROM api_keys WHERE organization_id = current_organization() AND expires_at <= $1', [
    now,
  ]);
  return rows.find(({ expiresAt }) => expiresAt === null)?.preview ?? null;
}
