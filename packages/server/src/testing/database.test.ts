import { describe, expect, it } from 'vitest';
import { pendingMigrations } from '../db/migrate.ts';
import { createTestDatabase } from './database.ts';

describe('createTestDatabase', () => {
  it('gives each caller a migrated database of its own, made at the same time', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      await first.pool.query('create table only_here (id int8)');
      const { rows } = await second.pool.query(`select to_regclass('only_here') as found`);
      expect(rows).toEqual([{ found: null }]);
      expect(await pendingMigrations(second.pool)).toEqual([]);
    } finally {
      await first.drop();
      await second.drop();
    }
  });
});
