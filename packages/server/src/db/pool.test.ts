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
