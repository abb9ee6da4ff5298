import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { eventually } from '../testing/eventually.ts';
import { setLimitsClock } from '../testing/limits-clock.ts';
import { createProcesses } from '../testing/processes.ts';

const processes = createProcesses();
let database: TestDatabase;
let env: Record<string, string>;
/** Requests with the key so far. */
let sent = 0;

beforeAll(async () => {
  database = await createTestDatabase({ max: 4 });
  env = {
    ...database.env,
    TRUNKLINE_SECRET_KEY: randomBytes(32).toString('hex'),
    TRUNKLINE_RATE_LIMITS: '120,1000,10000',
  };
});
afterAll(async () => {
  await processes.killAll();
  await database.drop();
});

/** Requests of 16 senders at each node until `total` are answered. Gives how many had which status. */
async function flood(
  urls: string[],
  headers: Record<string, string>,
  total: number,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let started = 0;
  const sender = async (url: string, index: number) => {
    while (started < total) {
      started += 1;
      sent += 1;
      const short = index % 2 === 0;
      const answer = await fetch(`${url}/api/v1/events`, {
        headers: { ...headers, 'content-type': 'application/json' },
        ...(short ? { method: 'POST', body: '{"type":"job.created","data":{}}' } : {}),
      });
      await answer.text();
      const status = answer.ok ? 200 : answer.status;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(urls.flatMap((url) => Array.from({ length: 16 }, (_, index) => sender(url, index))));
  return statuses;
}

async function counted(): Promise<number> {
  const { rows } = await database.pool.query<{ requests: number }>(
    'SELECT coalesce(sum(requests), 0)::int8 AS requests FROM api_usage_hours',
  );
  return rows[0]!.requests;
}

it('two processes admit exactly the limit, count every request over an orderly end, and lose a second when killed', async () => {
  const { apiKey = '' } = await processes.createOrganization(env);
  const [first, second] = await Promise.all([processes.serve(env), processes.serve(env)]);
  const headers = { authorization: `Bearer ${apiKey}` };
  const urls = [first.url, second.url];
  await setLimitsClock(database.pool, '2026-11-28T10:20:30Z');
  expect(Object.fromEntries(await flood(urls, headers, 400))).toEqual({ 200: 120, 429: 280 });
  await setLimitsClock(database.pool, '2026-11-28T10:21:01Z');
  // A node that was refused looks again within a fifth of a second.
  await eventually(async () => expect([...(await flood(urls, headers, 2)).keys()]).toEqual([200]));
  const more = await flood(urls, headers, 400);
  expect(more.get(200)).toBeLessThanOrEqual(120);

  const { rows } = await database.pool.query<{ used: number }>(
    `SELECT used FROM api_limit_windows WHERE span = 'minute'`,
  );
  expect(rows).toEqual([{ used: 120 }]);

  await flood([first.url], headers, 50);
  first.child.process.kill('SIGTERM');
  await first.child.ended;
  const allCounted = async () => expect(await counted()).toBe(sent);
  await eventually(allCounted);

  // One request, so that the other one has written just now; what comes next is written a second later.
  await flood([second.url], headers, 1);
  await eventually(allCounted);
  await flood([second.url], headers, 40);
  await eventually(allCounted, 4_000);
  const before = sent;

  // All of that stays when it is killed; only what came after its last write may be gone.
  await flood([second.url], headers, 40);
  await second.child.kill();
  const after = await counted();
  expect(after).toBeGreaterThanOrEqual(before);
  expect(after).toBeLessThanOrEqual(before + 40);
}, 120_000);
