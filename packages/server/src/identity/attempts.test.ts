import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import { createAttempts } from './attempts.ts';
import type { Admission, Subject } from './attempts.ts';

const now = Date.UTC(2026, 10, 23, 12);
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.drop());

const email = (value: string): Subject => ({ kind: 'email', value, limit: 5 });
const network = (value: string): Subject => ({ kind: 'network', value, limit: 20 });
const isAdmitted = (result: PromiseSettledResult<Admission>): boolean => result.status === 'fulfilled';

describe('admitting attempts', () => {
  it('admits exactly the limit of any number of simultaneous ones', async () => {
    const attempts = createAttempts(database.pool, 'key', () => now);
    // Warm connections, so that the attempts of a round really overlap.
    await Promise.all(Array.from({ length: 12 }, () => database.pool.query('SELECT pg_sleep(0.05)')));
    const admitted: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const tries = Array.from({ length: 24 }, () => attempts.admit([email(`round${round}`)]));
      admitted.push((await Promise.allSettled(tries)).filter(isAdmitted).length);
    }
    expect(admitted).toEqual(Array(10).fill(5));
  });

  it('cannot deadlock when attempts share emails and networks crosswise', async () => {
    const attempts = createAttempts(database.pool, 'key', () => now);
    const tries = Array.from({ length: 48 }, (_, i) =>
      attempts.admit([email(`cross${i % 12}`), network(`10.0.0.${i % 3}`)]),
    );
    expect((await Promise.allSettled(tries)).map(isAdmitted)).toEqual(Array(48).fill(true));
  });

  it('does not count a refused attempt under the other subject', async () => {
    const attempts = createAttempts(database.pool, 'key', () => now);
    for (let i = 0; i < 5; i += 1) await attempts.admit([email('full'), network('192.0.2.1')]);
    for (let i = 0; i < 20; i += 1) {
      await expect(attempts.admit([email('full'), network('192.0.2.1')])).rejects.toMatchObject({
        code: 'too_many_sign_ins',
        retryAfterSeconds: 900,
      });
    }
    for (let i = 0; i < 15; i += 1) await attempts.admit([email(`free${i}`), network('192.0.2.1')]);
    await expect(attempts.admit([email('free'), network('192.0.2.1')])).rejects.toThrow();
  });

  it('gives a success back its own place in the network, and no more', async () => {
    const attempts = createAttempts(database.pool, 'key', () => now);
    for (let i = 0; i < 19; i += 1) await attempts.admit([email(`x${i}`), network('192.0.2.2')]);
    for (let i = 0; i < 3; i += 1) {
      const admission = await attempts.admit([email('owner'), network('192.0.2.2')]);
      await admission.succeeded();
    }
    await attempts.admit([email('last'), network('192.0.2.2')]);
    await expect(attempts.admit([email('over'), network('192.0.2.2')])).rejects.toThrow();
  });

  it('tells apart kinds of subjects and keys', async () => {
    const full = createAttempts(database.pool, 'key', () => now);
    for (let i = 0; i < 5; i += 1) await full.admit([email('same')]);
    await expect(full.admit([email('same')])).rejects.toThrow();
    const others = [
      full.admit([{ kind: 'proof', value: 'same', limit: 5 }]),
      createAttempts(database.pool, 'another key', () => now).admit([email('same')]),
    ];
    expect((await Promise.allSettled(others)).map(isAdmitted)).toEqual([true, true]);
  });
});
