import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { MigrationFailedError, MigrationHistoryError, migrate, pendingMigrations } from './migrate.ts';
import { createPool } from './pool.ts';

let dir: string;
let database: TestDatabase;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trunkline-migrate-'));
  database = await createEmptyDatabase();
  await file('0001_first.sql', 'create table first (id int8 primary key);\ninsert into first values (1);\n');
  await file('0002_second.sql', 'alter table first add column note text;\n');
});

afterEach(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

const file = (name: string, sql: string): Promise<void> => writeFile(join(dir, name), sql);

describe('migrate', () => {
  it('applies new files once and in order', async () => {
    expect(await pendingMigrations(database.pool, { dir })).toEqual(['0001_first', '0002_second']);
    expect(await migrate(database.pool, { dir })).toEqual({ applied: ['0001_first', '0002_second'] });
    expect(await migrate(database.pool, { dir })).toEqual({ applied: [] });
    await file('0003_third.sql', 'create table third ();');
    expect(await pendingMigrations(database.pool, { dir })).toEqual(['0003_third']);
    expect(await migrate(database.pool, { dir })).toEqual({ applied: ['0003_third'] });
    expect((await database.pool.query('select * from first')).rows).toEqual([{ id: 1, note: null }]);
  });

  it('lets processes that start together share the work', async () => {
    const pools = Array.from({ length: 4 }, () => createPool(database.url, { max: 1 }));
    try {
      const results = await Promise.all(pools.map((pool) => migrate(pool, { dir })));
      expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['0001_first', '0002_second']);
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
    }
  });

  it('waits for another process longer than the statement limit of the pool', async () => {
    const hasty = createPool(database.url, { max: 1, statementTimeoutMs: 50 });
    try {
      await file('0001_first.sql', 'create table first (id int8 primary key); select pg_sleep(0.2);');
      expect((await migrate(hasty, { dir })).applied).toHaveLength(2);
      const { rows } = await hasty.query('show statement_timeout');
      expect(rows).toEqual([{ statement_timeout: '50ms' }]);
    } finally {
      await hasty.end();
    }
  });

  it('rolls a failing file back, keeps the earlier ones and can go on after a repair', async () => {
    await file('0002_second.sql', 'create table second ();\nselect 1 / 0;');
    const failure = await migrate(database.pool, { dir }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationFailedError);
    expect(String(failure)).toContain('0002_second failed: division by zero');
    const { rows } = await database.pool.query(`select to_regclass('second') as found`);
    expect(rows).toEqual([{ found: null }]);
    await file('0002_second.sql', 'create table second ();');
    expect(await migrate(database.pool, { dir })).toEqual({ applied: ['0002_second'] });
  });

  it('refuses a file that ends the transaction itself', async () => {
    await file('0002_second.sql', 'commit;');
    await expect(migrate(database.pool, { dir })).rejects.toThrow('must not contain commit or rollback');
    await database.pool.query('select 1');
  });

  it('refuses a changed, a vanished and an overtaken file', async () => {
    await migrate(database.pool, { dir });
    await file('0001_first.sql', 'create table first (id int4);');
    await expect(migrate(database.pool, { dir })).rejects.toThrow(/0001_first was changed/);
    await rm(join(dir, '0001_first.sql'));
    await expect(migrate(database.pool, { dir })).rejects.toThrow(/0001_first .* missing/);
    await expect(pendingMigrations(database.pool, { dir })).rejects.toThrow(MigrationHistoryError);
    await file(
      '0001_first.sql',
      'create table first (id int8 primary key);\ninsert into first values (1);\n',
    );
    await file('0000_late.sql', 'select 1;');
    await expect(migrate(database.pool, { dir })).rejects.toThrow(/0000_late is new but 0002_second/);
  });

  it('does not care about the kind of line ending', async () => {
    await migrate(database.pool, { dir });
    await file(
      '0001_first.sql',
      'create table first (id int8 primary key);\r\ninsert into first values (1);\r\n',
    );
    expect(await migrate(database.pool, { dir })).toEqual({ applied: [] });
  });

  it('refuses bad names and two files with one number', async () => {
    await file('0002_other.sql', 'select 1;');
    await expect(migrate(database.pool, { dir })).rejects.toThrow(/same number/);
    await rm(join(dir, '0002_other.sql'));
    await file('3-third.sql', 'select 1;');
    await expect(migrate(database.pool, { dir })).rejects.toThrow(/not named NNNN_what.sql/);
  });
});
