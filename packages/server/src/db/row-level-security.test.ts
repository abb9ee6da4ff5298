import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSamples, fillEveryTable, tenantTables } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { Maintenance } from '../workers/maintenance.ts';

/** Tables of the organization itself and its people, guarded by a column of another name. */
const others = ['organizations', 'users'];

let test: TestApp;
let a: TestOrganization;
let b: TestOrganization;
let tables: string[];

beforeAll(async () => {
  test = await createTestApp();
  // The partitions of the next days, as in a running installation.
  await new Maintenance(test.app).run();
  a = await test.createOrganization('Works A');
  b = await test.createOrganization('Works B');
  for (const organization of [a, b]) {
    const samples = createSamples(test, organization, {
      marker: `m${organization.id.slice(-6)}`,
      url: 'http://127.0.0.1:9',
    });
    await fillEveryTable(test, samples);
  }
  tables = await tenantTables(test);
});
afterAll(() => test.close());

/** Runs statements as the tenant role, of an organization or without one, and undoes them. */
async function asTenant<T>(
  organizationId: string | null,
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const db = await test.database.pool.connect();
  try {
    await db.query('BEGIN');
    await db.query('SET LOCAL ROLE trunkline_tenant');
    if (organizationId !== null) {
      await db.query(`SELECT set_config('trunkline.organization_id', $1, true)`, [organizationId]);
    }
    return await work(db);
  } finally {
    await db.query('ROLLBACK');
    db.release();
  }
}

/** SQLSTATE that a statement ends with: 42501 = not allowed by privilege or policy. */
async function refusal(db: pg.PoolClient, sql: string, values: unknown[] = []): Promise<unknown> {
  await db.query('SAVEPOINT before');
  const error: unknown = await db.query(sql, values).then(
    () => null,
    (reason: unknown) => reason,
  );
  await db.query('ROLLBACK TO before');
  return error instanceof Error && 'code' in error ? error.code : error;
}

async function count(db: pg.PoolClient, sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`, values);
  return rows[0]?.n ?? -1;
}

async function privileges(table: string): Promise<string[]> {
  const { rows } = await test.database.pool.query<{ privilege: string }>(
    `SELECT p AS privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
     WHERE has_table_privilege('trunkline_tenant', $1, p)`,
    [table],
  );
  return rows.map(({ privilege }) => privilege);
}

describe('the catalog', () => {
  it('forces row-level security on every table with an organization_id', async () => {
    expect(tables.length).toBeGreaterThan(12);
    const { rows } = await test.database.pool.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relname = ANY ($1) AND relnamespace = 'public'::regnamespace
         AND NOT (relrowsecurity AND relforcerowsecurity)`,
      [[...tables, ...others]],
    );
    expect(rows).toEqual([]);
  });

  it('gives the tenant role no partition by its own name, past the policies of its table', async () => {
    const { rows } = await test.database.pool.query<{ name: string }>(
      'SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = $1',
      ['r'],
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const { name } of rows) expect([name, await privileges(name)]).toEqual([name, []]);
  });

  it('gives the tenant role nothing on tables without a policy', async () => {
    const { rows } = await test.database.pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND NOT relrowsecurity
         AND relnamespace = 'public'::regnamespace`,
    );
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['sessions', 'accounts', 'verifications', 'sign_in_attempts']),
    );
    for (const name of names) expect([name, await privileges(name)]).toEqual([name, []]);
  });

  it('has a tenant role that owns nothing, cannot log in and cannot pass by the policies', async () => {
    const { rows } = await test.database.pool.query(
      `SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole,
         (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = 'trunkline_tenant'`,
    );
    expect(rows).toEqual([
      { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false, owned: 0 },
    ]);
  });
});

describe('the tenant role', () => {
  it('sees no row of any table without an organization', async () => {
    await asTenant(null, async (db) => {
      for (const table of [...tables, ...others]) expect([table, await count(db, table)]).toEqual([table, 0]);
    });
    await asTenant('', async (db) => {
      for (const table of [...tables, ...others]) expect([table, await count(db, table)]).toEqual([table, 0]);
    });
  });

  it('sees rows of its organization in every table and none of another', async () => {
    await asTenant(a.id, async (db) => {
      for (const table of tables) {
        const mine = await count(db, `${table} WHERE organization_id = $1`, [a.id]);
        expect([table, mine > 0, await count(db, table)]).toEqual([table, true, mine]);
        expect([table, await count(db, `${table} WHERE organization_id = $1`, [b.id])]).toEqual([table, 0]);
      }
      expect((await db.query('SELECT id FROM organizations')).rows).toEqual([{ id: a.id }]);
      expect(await count(db, 'users WHERE id = $1', [b.people.viewer.id])).toBe(0);
      expect(await count(db, 'users WHERE id = $1', [a.people.viewer.id])).toBe(1);
    });
  });

  it('cannot insert a row for another organization, or move one there', async () => {
    for (const table of tables) {
      const granted = await privileges(table);
      const { rows } = await test.database.pool.query<{ row: Record<string, unknown> }>(
        `SELECT to_jsonb(t) AS row FROM ${table} t WHERE organization_id = $1 LIMIT 1`,
        [b.id],
      );
      const stolen = JSON.stringify(rows[0]?.row);
      await asTenant(a.id, async (db) => {
        const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
        const update = `UPDATE ${table} SET organization_id = $1`;
        // Refused for want of the privilege, or by the policy before any key is looked at.
        expect([table, await refusal(db, insert, [stolen])]).toEqual([table, '42501']);
        expect([table, await refusal(db, update, [b.id])]).toEqual([table, '42501']);
        const remove = `DELETE FROM ${table} WHERE organization_id = $1`;
        const removed = granted.includes('DELETE') ? (await db.query(remove, [b.id])).rowCount : 0;
        expect([table, removed]).toEqual([table, 0]);
        expect([table, await refusal(db, `TRUNCATE ${table} CASCADE`)]).toEqual([table, '42501']);
      });
    }
  });

  it('reads of people only id, name and email, and neither sessions nor passwords', async () => {
    await asTenant(a.id, async (db) => {
      expect(await refusal(db, 'SELECT id, name, email FROM users')).toBeNull();
      for (const column of ['*', 'image', 'email_verified', 'created_at', 'updated_at']) {
        expect([column, await refusal(db, `SELECT ${column} FROM users`)]).toEqual([column, '42501']);
      }
      for (const table of [
        'sessions',
        'accounts',
        'verifications',
        'sign_in_attempts',
        'schema_migrations',
      ]) {
        const code = await refusal(db, `SELECT FROM ${table}`);
        // 42P01: no such table under this name, which is as good.
        expect([table, ['42501', '42P01'].includes(String(code))]).toEqual([table, true]);
      }
      expect(await refusal(db, `UPDATE users SET name = 'x'`)).toBe('42501');
      expect(await refusal(db, `UPDATE audit_log SET action = 'x'`)).toBe('42501');
      expect(await refusal(db, 'DELETE FROM audit_log')).toBe('42501');
    });
  });

  it('leaves a pooled connection without role and organization after its transaction', async () => {
    const { pool } = test.database;
    await asTenant(a.id, (db) => db.query('SELECT 1'));
    const { rows } = await pool.query(
      `SELECT current_user = session_user AS plain, current_organization() AS organization`,
    );
    expect(rows).toEqual([{ plain: true, organization: null }]);
  });
});
