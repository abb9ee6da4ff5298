import type { AuditAction, AuditRecord } from '@trunkline/contract/audit';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';
import type { AuditFields } from './record-audit.ts';

export interface AuditFilter {
  action?: string | undefined;
  actorId?: string | undefined;
  targetId?: string | undefined;
  /** Inclusive. */
  since?: string | undefined;
  /** Exclusive, so that windows can follow each other. */
  until?: string | undefined;
}

/** A record as it is stored, with the hash that was stored beside it. */
export type StoredRecord = AuditFields & { hash: Buffer };

// Microseconds are read too: the recorder writes none, so a changed one shows.
const columns = `
  organization_id AS "organizationId", sequence, id,
  to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "occurredAt", action,
  actor_type AS "actorType", actor_id AS "actorId", actor_name AS "actorName",
  target_type AS "targetType", target_id AS "targetId", target_name AS "targetName",
  ip, user_agent AS "userAgent", request_id AS "requestId", changes, hash`;

/** Records before a sequence number that match a filter, newest first. */
export async function listRecords(
  tx: Tx,
  filter: AuditFilter,
  before: number,
  limit: number,
): Promise<StoredRecord[]> {
  const rows = await tx.query<StoredRecord>(
    `SELECT ${columns} FROM audit_log
     WHERE organization_id = current_organization() AND sequence < $1
       AND ($2::text IS NULL OR action = $2 OR split_part(action, '.', 1) = $2)
       AND ($3::text IS NULL OR actor_id = $3)
       AND ($4::text IS NULL OR target_id = $4)
       AND ($5::timestamptz IS NULL OR occurred_at >= $5)
       AND ($6::timestamptz IS NULL OR occurred_at < $6)
     ORDER BY sequence DESC LIMIT $7`,
    [
      before,
      filter.action ?? null,
      filter.actorId ?? null,
      filter.targetId ?? null,
      filter.since === undefined ? null : new Date(filter.since),
      filter.until === undefined ? null : new Date(filter.until),
      limit,
    ],
  );
  return rows.map(withIsoTime);
}

/** Records after a sequence number, oldest first. */
export async function readChain(tx: Tx, after: number, limit: number): Promise<StoredRecord[]> {
  const rows = await tx.query<StoredRecord>(
    `SELECT ${columns} FROM audit_log WHERE organization_id = current_organization() AND sequence > $1
     ORDER BY sequence LIMIT $2`,
    [after, limit],
  );
  return rows.map(withIsoTime);
}

/** The head of the chain and the last record, of one moment. Zeros when there is none. */
export async function readChainEnd(tx: Tx): Promise<{ head: number; hash: Buffer | null; last: number }> {
  const [row] = await tx.query<{ head: number | null; hash: Buffer | null; last: number | null }>(
    `SELECT (SELECT max(sequence) FROM audit_log WHERE organization_id = current_organization()) AS last,
       h.sequence AS head, h.hash
     FROM (VALUES (1)) AS one LEFT JOIN audit_heads h ON h.organization_id = current_organization()`,
  );
  return { head: row?.head ?? 0, hash: row?.hash ?? null, last: row?.last ?? 0 };
}

/** A time with milliseconds as the recorder writes it; any other keeps its microseconds. */
function withIsoTime(row: StoredRecord): StoredRecord {
  return { ...row, occurredAt: `${row.occurredAt.replace(/(\.\d{3})000$/, '$1')}Z` };
}

export function presentRecord(row: StoredRecord): z.input<typeof AuditRecord> {
  return {
    id: row.id,
    sequence: row.sequence,
    occurredAt: row.occurredAt,
    action: row.action as AuditAction,
    actor: { type: row.actorType as 'user' | 'api_key' | 'system', id: row.actorId, name: row.actorName },
    target: { type: row.targetType, id: row.targetId, name: row.targetName },
    context: { ip: row.ip, userAgent: row.userAgent, requestId: row.requestId },
    changes: row.changes as z.input<typeof AuditRecord>['changes'],
    hash: row.hash.toString('hex'),
  };
}
