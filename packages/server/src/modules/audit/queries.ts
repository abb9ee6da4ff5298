import type { AuditAction, AuditRecord } from '@trunkline/contract/audit';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';
import type { AuditFields } from './record-audit.ts';

export interface AuditFilter {
  action?: string | undefined;
  actorId?: string | undefined;
  targetType?: string | undefined;
  targetId?: string | undefined;
  /** Anywhere in names, action, origin or changes, in any case. */
  search?: string | undefined;
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

const matching = `
  organization_id = current_organization() AND sequence < $1
  AND ($2::text IS NULL OR action = $2 OR split_part(action, '.', 1) = $2)
  AND ($3::text IS NULL OR actor_id = $3)
  AND ($4::text IS NULL OR target_type = $4)
  AND ($5::text IS NULL OR target_id = $5)
  AND ($6::timestamptz IS NULL OR occurred_at >= $6)
  AND ($7::timestamptz IS NULL OR occurred_at < $7)
  AND ($8::text IS NULL OR position(lower($8) IN lower(concat_ws(
    E'\\n', action, actor_name, target_type, target_id, target_name, ip, user_agent, request_id, changes::text))) > 0)`;

function valuesOf(filter: AuditFilter, before: number): unknown[] {
  return [
    before,
    filter.action ?? null,
    filter.actorId ?? null,
    filter.targetType ?? null,
    filter.targetId ?? null,
    filter.since === undefined ? null : new Date(filter.since),
    filter.until === undefined ? null : new Date(filter.until),
    filter.search || null,
  ];
}

/** Records before a sequence number that match a filter, newest first. */
export async function listRecords(
  tx: Tx,
  filter: AuditFilter,
  before: number,
  limit: number,
): Promise<StoredRecord[]> {
  const rows = await tx.query<StoredRecord>(
    `SELECT ${columns} FROM audit_log WHERE ${matching} ORDER BY sequence DESC LIMIT $9`,
    [...valuesOf(filter, before), limit],
  );
  return rows.map(withIsoTime);
}

/** How many records before a sequence number match a filter, counted up to `most`. */
export async function countRecords(
  tx: Tx,
  filter: AuditFilter,
  before: number,
  most: number,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (SELECT FROM audit_log WHERE ${matching} LIMIT $9) found`,
    [...valuesOf(filter, before), most],
  );
  return row?.count ?? 0;
}

/** The number of the newest record that is older than a moment, with all before it; 0 when there is none. */
export async function lastBefore(tx: Tx, moment: Date): Promise<number> {
  const [row] = await tx.query<{ sequence: number | null }>(
    `SELECT coalesce(
       (SELECT min(sequence) - 1 FROM audit_log
        WHERE organization_id = current_organization() AND occurred_at >= $1),
       (SELECT max(sequence) FROM audit_log WHERE organization_id = current_organization())) AS sequence`,
    [moment],
  );
  return row?.sequence ?? 0;
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

/** The end of a chain: its head with the signature, and the last record that is there. */
export interface ChainEnd {
  head: number;
  hash: Buffer | null;
  keyId: string | null;
  signature: Buffer | null;
  last: number;
}

/** The head of the chain and the last record, of one moment. Zeros when there is none. */
export async function readChainEnd(tx: Tx): Promise<ChainEnd> {
  const [row] = await tx.query<ChainEnd & { head: number | null; last: number | null }>(
    `SELECT (SELECT max(sequence) FROM audit_log WHERE organization_id = current_organization()) AS last,
       h.sequence AS head, h.hash, h.key_id AS "keyId", h.signature
     FROM (VALUES (1)) AS one LEFT JOIN audit_heads h ON h.organization_id = current_organization()`,
  );
  return {
    head: row?.head ?? 0,
    hash: row?.hash ?? null,
    keyId: row?.keyId ?? null,
    signature: row?.signature ?? null,
    last: row?.last ?? 0,
  };
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
    actor: {
      type: row.actorType as 'user' | 'api_key' | 'portal' | 'system',
      id: row.actorId,
      name: row.actorName,
    },
    target: { type: row.targetType, id: row.targetId, name: row.targetName },
    context: { ip: row.ip, userAgent: row.userAgent, requestId: row.requestId },
    changes: row.changes as z.input<typeof AuditRecord>['changes'],
    hash: row.hash.toString('hex'),
  };
}
