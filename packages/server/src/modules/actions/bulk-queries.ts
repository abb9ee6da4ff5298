import type { ActionBulk } from '@trunkline/contract/action-bulks';
import { actionStatuses } from '@trunkline/contract/actions';
import type { ActionStatus } from '@trunkline/contract/actions';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { App, Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { actionPlace } from './places.ts';

interface BulkRow {
  id: string;
  capability: CapabilityName;
  total: number;
  counts: Partial<Record<ActionStatus, number>> | null;
  retryable: number;
  createdAt: Date;
  createdBy: string;
}

const select = `SELECT b.id, b.capability, b.total, b.created_at AS "createdAt", b.created_by AS "createdBy",
    (SELECT jsonb_object_agg(s.state, s.count) FROM (SELECT a.state, count(*) FROM actions a
       WHERE a.organization_id = b.organization_id AND a.bulk_id = b.id GROUP BY a.state) s) AS counts,
    (SELECT count(*)::int FROM actions a WHERE a.organization_id = b.organization_id AND a.bulk_id = b.id
       AND a.state = 'failed' AND a.input_box IS NOT NULL) AS retryable
  FROM action_bulks b WHERE b.organization_id = current_organization()`;

function present({ counts, createdAt, ...row }: BulkRow): ActionBulk {
  const all = Object.fromEntries(actionStatuses.map((state) => [state, counts?.[state] ?? 0]));
  const whole = all as Record<ActionStatus, number>;
  return {
    ...row,
    counts: whole,
    unfinished: whole.queued + whole.running,
    createdAt: createdAt.toISOString(),
  };
}

/** A page of bulks, newest first. */
export async function listBulkRows(tx: Tx, before: string | undefined, limit: number): Promise<ActionBulk[]> {
  const rows = await tx.query<BulkRow>(
    `${select} AND ($1::uuid IS NULL OR b.id < $1) ORDER BY b.id DESC LIMIT $2`,
    [before ?? null, limit],
  );
  return rows.map(present);
}

/** @throws AppError `not_found` */
export async function readBulk(tx: Tx, id: string): Promise<ActionBulk> {
  const [row] = await tx.query<BulkRow>(`${select} AND b.id = $1`, [id]);
  if (!row) throw notFound('bulk of actions');
  return present(row);
}

/** What was stored for an idempotency key. */
export async function findBulkByKey(tx: Tx, key: string): Promise<{ id: string; hash: Buffer } | null> {
  const [row] = await tx.query<{ id: string; hash: Buffer }>(
    `SELECT id, input_hash AS hash FROM action_bulks
     WHERE organization_id = current_organization() AND idempotency_key = $1`,
    [key],
  );
  return row ?? null;
}

export interface NewBulk {
  id: string;
  capability: CapabilityName;
  wantedId: string | null;
  key: string | null;
  hash: Buffer;
  dueAt: Date;
  sendAt: Date | null;
  createdBy: string;
}

/** Of a bulk, one action. */
export interface NewMember {
  id: string;
  key: string | null;
  hash: Buffer;
  input: unknown;
}

/** Stores a bulk with all its actions. False: its idempotency key, or that of one of them, is taken. */
export async function insertBulk(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: Tx,
  bulk: NewBulk,
  members: readonly NewMember[],
): Promise<boolean> {
  const now = new Date(app.clock());
  const fresh = await tx.query(
    `INSERT INTO action_bulks (id, organization_id, capability, idempotency_key, input_hash, total, created_at, created_by)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7)
     ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING id`,
    [bulk.id, bulk.capability, bulk.key, bulk.hash, members.length, now, bulk.createdBy],
  );
  if (fresh.length === 0) return false;
  const stored = await tx.query(
    `INSERT INTO actions (id, organization_id, capability, state, wanted_id, idempotency_key, input_hash, input_box, patient,
       due_at, created_at, created_by, send_at, bulk_id)
     SELECT m.id, current_organization(), $1, 'queued', $2, m.key, m.hash, m.box, true, $3, $4, $5, $6, $7
     FROM unnest($8::uuid[], $9::text[], $10::bytea[], $11::bytea[]) AS m (id, key, hash, box)
     ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING id`,
    [
      bulk.capability,
      bulk.wantedId,
      bulk.dueAt,
      now,
      bulk.createdBy,
      bulk.sendAt,
      bulk.id,
      members.map(({ id }) => id),
      members.map(({ key }) => key),
      members.map(({ hash }) => hash),
      members.map(({ id, input }) =>
        app.secretBox.seal(JSON.stringify(input), actionPlace(tx.organizationId, id, 'input_box')),
      ),
    ],
  );
  return stored.length === members.length;
}

/** Tries the failed ones again whose input is still there. Gives their number. */
export async function retryFailed(tx: Tx, bulkId: string): Promise<number> {
  const rows = await tx.query(
    `UPDATE actions SET state = 'queued', due_at = now(), finished_at = NULL, problem = NULL, rounds = 0,
       attempts_before = attempt_count, fence = fence + 1
     WHERE organization_id = current_organization() AND bulk_id = $1 AND state = 'failed' AND input_box IS NOT NULL
     RETURNING id`,
    [bulkId],
  );
  return rows.length;
}
