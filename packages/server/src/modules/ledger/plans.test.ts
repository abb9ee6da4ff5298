import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';
import { createSamples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { findUndelivered } from './find-undelivered.ts';
import { listDeliveryFacts, listEventRows } from './queries.ts';

const dayMs = 86_400_000;
const days = 5;
const perDay = 40_000;

let test: TestApp;
let organization: TestOrganization;
let webhooks: string[];
/** Start of the first day. */
let start: number;

/**
 * 200,000 events of two webhooks in the partitions of five days. Of a thousand deliveries, nineteen were retried from
 * the dead letters with success, one lies there, and one was replayed with success.
 */
beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
  const samples = createSamples(test, organization, { marker: 'm', url: 'http://127.0.0.1:9' });
  webhooks = [await samples.webhook(), await samples.webhook()];
  const { pool } = test.database;
  start = Math.floor(test.time.now / dayMs) * dayMs - days * dayMs;
  for (let day = 0; day < days; day += 1) {
    const [from, to] = [start + day * dayMs, start + (day + 1) * dayMs].map(uuid7FloorOf);
    for (const table of ['events', 'attempts']) {
      await pool.query(
        `CREATE TABLE ${table}_day_${day} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
      );
    }
  }
  await pool.query('CREATE TABLE made (n integer, webhook_id uuid, id uuid)');
  await pool.query(
    `INSERT INTO made
     SELECT n, ($3::uuid[])[n % 2 + 1],
       (lpad(to_hex($1::bigint + n::bigint * $2), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid
     FROM generate_series(0, $4 - 1) n`,
    [start, dayMs / perDay, webhooks, perDay * days],
  );
  await pool.query(
    `INSERT INTO events (id, organization_id, type, body) SELECT id, $1, 'job.created', '{"id":1}' FROM made`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
       started_at, duration_ms, response_status, url, signatures)
     SELECT id, number, $1::uuid, webhook_id, id, 'job.created', 'event', state, now(), 1, 500, '', ''
     FROM made JOIN (VALUES (1, 'dlq', 0, 20), (2, 'success', 1, 20), (1, 'success', 20, 1000)) AS tries (number, state, low, high)
       ON n / 2 % 1000 >= low AND n / 2 % 1000 < high
     UNION ALL
     SELECT overlay(id::text PLACING 'b000' FROM 20 FOR 4)::uuid, 1, $1::uuid, webhook_id, id, 'job.created', 'replay', 'success',
       now(), 1, 200, '', ''
     FROM made WHERE n / 2 % 1000 = 500`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
       response_status, failed_at, expires_at)
     SELECT id, $1, webhook_id, id, 'job.created', 'event', 1, 500, now(), now() + interval '1 day'
     FROM made WHERE n / 2 % 1000 = 0`,
    [organization.id],
  );
  await pool.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
     SELECT overlay(id::text PLACING 'a000' FROM 20 FOR 4)::uuid, $1, $2, id, 'event', 'infinity'
     FROM made WHERE n % 20 = 1`,
    [organization.id, webhooks[0]],
  );
  await pool.query('DROP TABLE made');
  for (const table of ['events', 'attempts', 'dead_letters', 'delivery_queue', 'webhooks']) {
    await pool.query(`ANALYZE ${table}`);
  }
});
afterAll(() => test.close());

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** What the statements of some work read: relations without an index, and rows looked at in all. */
async function readBy(work: (tx: Tx) => Promise<unknown>): Promise<{ withoutIndex: string[]; rows: number }> {
  const nodes: PlanNode[] = [];
  await tenantTransaction(test.database.pool, organization.id, (tx) =>
    work({
      ...tx,
      async query<Row extends object>(sql: string, values?: unknown[]) {
        const [plan] = await tx.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
          values,
        );
        nodes.push(...nodesOf(plan!['QUERY PLAN'][0]!.Plan).filter((node) => node['Actual Loops'] > 0));
        return tx.query<Row>(sql, values);
      },
    }),
  );
  const scans = nodes.filter(
    (node) => node['Relation Name'] !== undefined || node['Index Name'] !== undefined,
  );
  expect(scans.length).toBeGreaterThan(0);
  return {
    // A table of two rows is read as a whole.
    withoutIndex: scans
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => node['Relation Name'] ?? '')
      .filter((name) => name !== 'webhooks' && !name.endsWith('_default')),
    rows: scans.reduce((sum, node) => sum + looked(node), 0),
  };
}

const looked = (node: PlanNode) =>
  node['Actual Loops'] *
  (node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0));

const top = {
  place: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  webhookId: '00000000-0000-0000-0000-000000000000',
};

it.each(['all', 'waiting', 'dead_lettered', 'gave_up'] as const)(
  'the undelivered (%s) are found by walks along indexes',
  async (outcome) => {
    const filter = { webhookId: undefined, outcome, from: uuid7FloorOf(start), after: top, limit: 50 };
    const { withoutIndex, rows } = await readBy((tx) => findUndelivered(tx, filter));
    expect(withoutIndex).toEqual([]);
    // Nobody has given up here: those who ask for that look at all 4,000 that were dead letters once.
    expect(rows).toBeLessThan(outcome === 'gave_up' ? 25_000 : 2_500);
  },
);

it('the deliveries of one event are found by its id', async () => {
  const [event] = await test.database.pool
    .query<{ id: string }>('SELECT event_id AS id FROM dead_letters ORDER BY 1 LIMIT 1')
    .then(({ rows }) => rows);
  const pairs = webhooks.map((webhookId) => ({ webhookId, eventId: event!.id }));
  const { withoutIndex, rows } = await readBy(async (tx) => {
    expect(await listDeliveryFacts(tx, pairs)).toMatchObject([{ state: 'dlq' }]);
  });
  expect(withoutIndex).toEqual([]);
  expect(rows).toBeLessThan(100);
});

it('a page of events is read from its place on', async () => {
  const before = uuid7FloorOf(start + 2 * dayMs);
  const { withoutIndex, rows } = await readBy(async (tx) => {
    const page = await listEventRows(tx, { from: uuid7FloorOf(start), before }, 51);
    expect(page.rows).toHaveLength(51);
  });
  expect(withoutIndex).toEqual([]);
  expect(rows).toBeLessThan(200);
});
