import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

describe('createPool', () => {
  it('reads bigint as a number while that is exact', async () => {
    const { rows } = await database.pool.query(
      `select 9007199254740991::int8 as safe, 9007199254740993::int8 as large, array[1, null, -5]::int8[] as list`,
    );
    expect(rows).toEqual([{ safe: 9007199254740991, large: '9007199254740993', list: [1, null, -5] }]);
  });

  it('limits statements on the server', async () => {
    const pool = createPool(database.url, { max: 1, statementTimeoutMs: 20 });
    try {
      await expect(pool.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
    } finally {
      await pool.end();
    }
  });

  it('leaves nothing in a session that a pooler may give to another one', async () => {
    const traces = `select (select array_agg(name) from pg_prepared_statements) as prepared,
      current_setting('statement_timeout') as limit`;
    const left = async (pooled: boolean) => {
      const pool = createPool(database.url, { max: 1, statementTimeoutMs: 20_000, pooled });
      try {
        const statement = { name: 'one', text: 'select $1::int as n' };
        const rows = [await pool.query<{ n: number }>({ ...statement, values: [1] })];
        const client = await pool.connect();
        rows.push(await client.query<{ n: number }>({ ...statement, values: [2] }));
        rows.push(await client.query<{ n: number }>(statement.text, [3]));
        client.release();
        expect(rows.map((result) => result.rows[0]?.n)).toEqual([1, 2, 3]);
        return (await pool.query(traces)).rows;
      } finally {
        await pool.end();
      }
    };
    expect(await left(false)).toEqual([{ prepared: ['one'], limit: '20s' }]);
    expect(await left(true)).toEqual([{ prepared: null, limit: '0' }]);
  });

  it('survives the loss of idle and of checked-out connections', async () => {
    let reported = (): void => {};
    const lost = new Promise<void>((resolve) => {
      reported = resolve;
    });
    const pool = createPool(database.url, {
      max: 2,
      applicationName: 'victim',
      onConnectionError: () => reported(),
    });
    try {
      const held = await pool.connect();
      await pool.query('select 1');
      const ended = new Promise((resolve) => held.once('end', resolve));
      await database.pool.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'victim'`,
      );
      await Promise.all([lost, ended]);
      await expect(held.query('select 1')).rejects.toThrow();
      held.release(true);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });
});
