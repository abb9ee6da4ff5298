import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEmptyDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { isSameDatabase } from './same-database.ts';

let one: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  [one, other] = await Promise.all([createEmptyDatabase(), createEmptyDatabase()]);
});
afterAll(() => Promise.all([one.drop(), other.drop()]));

it('tells the same database from another one of the same server', async () => {
  expect(await isSameDatabase(one.pool, one.directUrl)).toBe(true);
  expect(await isSameDatabase(one.pool, other.directUrl, 200)).toBe(false);
});

it('rejects when there is no database', async () => {
  const url = new URL(one.directUrl);
  url.pathname = '/none';
  await expect(isSameDatabase(one.pool, url.href)).rejects.toThrow('does not exist');
});
