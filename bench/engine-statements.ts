import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { tenantTransaction } from '../packages/server/src/db/tenant.ts';
import { claimBacklog } from '../packages/server/src/delivery/backlog.ts';
import { claimDue, handBack } from '../packages/server/src/delivery/claim.ts';
import type { ClaimedRow, DueRow } from '../packages/server/src/delivery/claim.ts';
import { nowhere } from '../packages/server/src/delivery/hand.ts';
import { Ingest } from '../packages/server/src/delivery/ingest.ts';
import { recordResults } from '../packages/server/src/delivery/record.ts';
import type { Result } from '../packages/server/src/delivery/record.ts';
import { createUuid7 } from '../packages/server/src/lib/uuid7.ts';
import { eventBody } from '../packages/server/src/modules/events/event-body.ts';
import { listDeliveryRows } from '../packages/server/src/modules/webhooks/delivery-queries.ts';

/** The one place where the benchmark calls the product's own statements, as the engine and the verbs call them. */
export interface Statements {
  /** Stores events of one type with their deliveries, due at once and leased to nobody. */
  ingest(count: number): Promise<void>;
  claim(limit: number, from: number): Promise<DueRow[]>;
  /** Takes this many out of the backlogs of each of some webhooks. */
  claimBacklog(webhookIds: readonly string[], rowsOfEach: number, behind?: string): Promise<ClaimedRow[]>;
  /** Puts claimed deliveries back into the backlog. */
  putBack(rows: readonly ClaimedRow[]): Promise<void>;
  /** Writes successes for claimed deliveries. */
  record(rows: readonly ClaimedRow[]): Promise<void>;
  /** A page of a webhook's history; gives the ids. */
  page(webhookId: string, before?: string): Promise<string[]>;
}

const leaseSeconds = 30;
const pageSize = 50;

export function statementsOf(pool: pg.Pool, organizationId: string, type: string): Statements {
  const nodeId = randomUUID();
  const newId = createUuid7(Date.now, randomBytes);
  const ingest = new Ingest({
    pool,
    nodeId,
    leaseSeconds,
    mayLease: () => false,
    onFailed: () => undefined,
    onFresh: () => undefined,
    onQueuedUp: () => undefined,
  });
  return {
    ingest: async (count) => {
      const events = Array.from({ length: count }, () => {
        const id = newId();
        return {
          id,
          key: null,
          type,
          subject: null,
          organizationId,
          body: eventBody(id, type, Date.now(), data),
        };
      });
      await ingest.accept(events);
    },
    claim: (limit, from) => claimDue(pool, { nodeId, leaseSeconds, limit, from, saturated: [] }),
    claimBacklog: (webhookIds, rows, behind) =>
      claimBacklog(
        pool,
        { nodeId, leaseSeconds },
        webhookIds.map((webhookId) =>
          behind === undefined ? { webhookId, rows } : { webhookId, rows, behind },
        ),
      ),
    putBack: (rows) => handBack(pool, rows, 'held'),
    record: async (rows) => {
      const written = await recordResults(pool, rows.map(resultOf));
      if (written.size !== rows.length) throw new Error('results were not written');
    },
    page: (webhookId, before) =>
      tenantTransaction(pool, organizationId, async (tx) => {
        const rows = await listDeliveryRows(tx, {
          webhookId,
          status: 'all',
          eventType: undefined,
          before,
          limit: pageSize + 1,
        });
        return rows.map(({ id }) => id);
      }),
  };
}

const data = { id: 'JOB-2026-1234', title: 'Senior Java Developer', note: 'x'.repeat(300) };
const signatures = `v1,${'A'.repeat(43)}=\nsha256=${'0'.repeat(64)}`;

function resultOf(row: ClaimedRow): Result {
  return {
    lease: {
      id: row.id,
      fence: row.fence,
      organizationId: row.organizationId,
      webhookId: row.webhookId,
      event: { id: row.eventId, key: row.key, type: row.type ?? '', body: row.body ?? '' },
      trigger: row.trigger,
      replayOf: row.replayOf,
      line: row.line,
      attempts: row.attempts,
      attemptsBefore: row.attemptsBefore,
      claims: row.claims,
      renewedAt: 0,
      place: nowhere,
    },
    outcome: {
      success: true,
      responseStatus: 200,
      errorCode: null,
      errorMessage: null,
      responseHeaders: { 'content-type': 'application/json' },
      responseBody: '{}',
      responseTruncated: false,
      startedAt: Date.now(),
      durationMs: 1.5,
      url: 'http://127.0.0.1:9/hook',
      signatures,
    },
    verdict: { state: 'success' },
  };
}
