import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../db/tenant.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { queryOf } from './words.ts';
import type { WordFilter } from './words.ts';

const [first, last] = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

let test: TestApp;
let a: TestOrganization;
let b: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  [a, b] = [await test.createOrganization(), await test.createOrganization()];
  for (const { id } of [a, b]) {
    for (const [level, message] of [
      ['error', 'Connection to smtp.sendgrid.net timed out'],
      ['info', 'Connected to SendGrid'],
    ] as const) {
      test.app.logs.write({ organizationId: id, source: 'check', level, event: 'check.done', message });
    }
  }
  await test.app.logs.flush();
});
afterAll(() => test.close());

async function find(
  organizationId: string,
  search: string,
  filter: WordFilter = {},
  rows = 10,
): Promise<string[]> {
  return tenantTransaction(test.app.pool, organizationId, async (tx) => {
    const found = await tx.query<{ message: string; organization_id: string }>(
      `SELECT l.message, l.organization_id FROM find_log_entries($1::tsquery, $2, $3, $4) f (id)
       JOIN log_entries l ON l.id = f.id ORDER BY l.id DESC`,
      [queryOf(filter, search), first, last, rows],
    );
    expect(found.every((row) => row.organization_id === organizationId)).toBe(true);
    return found.map((row) => row.message);
  });
}

describe('find_log_entries', () => {
  it('finds lines whose words begin with what is searched, newest first', async () => {
    expect(await find(a.id, 'sendgr')).toEqual([
      'Connected to SendGrid',
      'Connection to smtp.sendgrid.net timed out',
    ]);
    expect(await find(a.id, 'CONN smtp.sendgrid')).toEqual(['Connection to smtp.sendgrid.net timed out']);
    expect(await find(a.id, 'sendgrid', {}, 1)).toEqual(['Connected to SendGrid']);
    expect(await find(a.id, 'endgrid')).toEqual([]);
    expect(await find(a.id, 'sendgrid', { level: ['error', 'warn'] })).toHaveLength(1);
    expect(await find(a.id, 'sendgrid', { source: 'oauth' })).toEqual([]);
  });

  it('stays in the organization of its transaction, whatever is asked for', async () => {
    expect(await find(a.id, 'sendgrid', { organizationId: b.id })).toEqual([]);
    expect(await find(a.id, '', { organizationId: a.id })).toHaveLength(2);
    const { rows } = await test.app.pool.query(`SELECT find_log_entries($1::tsquery, $2, $3, 10)`, [
      queryOf({}, 'sendgrid'),
      first,
      last,
    ]);
    expect(rows).toEqual([]);
  });

  it('is answered by the index of words', async () => {
    const db = await test.app.pool.connect();
    try {
      await db.query('BEGIN');
      await db.query('SET LOCAL enable_seqscan = off');
      const { rows } = await db.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT id FROM log_entries WHERE words @@ '''sendgrid'':*'::tsquery`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Bitmap Index Scan on log_entries_\w*words/);
    } finally {
      await db.query('ROLLBACK');
      db.release();
    }
  });
});
