import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { queryOf } from '../../logs/words.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { newestLines } from './queries.ts';
import type { LineFilter } from './queries.ts';
import { idRangeOf } from './rules.ts';

/*
 * What PostgreSQL does for a page of the log, beside enough lines that reading them all would be slower. At ten million,
 * a plan that reads them all takes minutes (docs/performance.md).
 */

const lines = 20_000;

let test: TestApp;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
  await test.database.pool.query(
    `INSERT INTO log_entries (id, organization_id, at, level, source, event, message, details, words)
     SELECT uuidv7((n - $2::int) * interval '1 second'), $1::uuid, now(), level, 'check', 'check.done', message, '{}',
       array_to_tsvector(ARRAY['o:' || $1::uuid, 'l:' || level, 's:check'] || regexp_split_to_array(lower(message), ' '))
     FROM (SELECT n, CASE WHEN n % 200 = 3 THEN 'error' ELSE 'info' END AS level,
       CASE WHEN n % 4000 = 1 THEN 'The certificate has expired' ELSE 'Check ' || n || ' passed' END AS message
       FROM generate_series(1, $2::int) n) l`,
    [organization.id, lines],
  );
  await test.database.pool.query('VACUUM ANALYZE log_entries');
});
afterAll(() => test.close());

/** The plans of all statements that a page takes, and how many lines it found. */
async function plansOf(filter: LineFilter): Promise<{ plans: string; found: number }> {
  return tenantTransaction(test.app.pool, organization.id, async (tx) => {
    const plans: string[] = [];
    const explaining: Tx = {
      ...tx,
      organizationId: tx.organizationId,
      query: async (sql: string, values?: unknown[]) => {
        const rows = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) ${sql}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return tx.query(sql, values);
      },
    };
    const range = idRangeOf({ since: new Date(test.time.now - 86_400_000).toISOString() }, test.time.now);
    const found = await newestLines(explaining, filter, range, 51);
    return { plans: plans.join('\n'), found: found.length };
  });
}

it.each([
  [{}, 51],
  [{ level: ['error'] }, 51],
  [{ search: 'certif' }, 5],
  [{ search: 'passed' }, 51],
] as const)('a page of %j is found by indexes', async (filter, wanted) => {
  const { plans, found } = await plansOf(filter as LineFilter);
  expect(found).toBe(wanted);
  expect(plans).toMatch(/Index (Only )?Scan/);
  expect(plans).not.toMatch(/Seq Scan on log_entries/);
});

it('a rare word is looked up in the index of words', async () => {
  const { rows } = await test.app.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF)
     SELECT id FROM log_entries WHERE words @@ '${queryOf({ organizationId: organization.id }, 'certif').replaceAll("'", "''")}'::tsquery`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Bitmap Index Scan on log_entries_\w*words/);
  expect(plan).not.toContain('Seq Scan');
});
