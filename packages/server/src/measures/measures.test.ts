import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quantile } from '../lib/latency-histogram.ts';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import type { Measure } from './measure.ts';
import { Measures } from './measures.ts';
import { keepMeasures } from './retention.ts';

const dayMs = 86_400_000;
const problem = {
  fault: 'down',
  title: 'No answer',
  cause: 'It is away.',
  fix: 'Wait.',
  link: null,
} as const;

let test: TestApp;
let organization: TestOrganization;
let integrationId: string;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  const samples = createSamples(test, organization, { marker: 'measured', url: 'http://127.0.0.1:9' });
  integrationId = await samples.integration();
});

const silent = pino({ level: 'silent' });
const measuresOf = (pool: pg.Pool) =>
  new Measures({ pool, clock: test.app.clock, log: silent, live: test.app.live });

function measure(given: Partial<Measure> = {}): Measure {
  return {
    organizationId: organization.id,
    integrationId,
    kind: 'call',
    ok: true,
    durationMs: 100,
    ...given,
  };
}

function failed(message: string, given: Partial<Measure> = {}): Measure {
  return measure({ ok: false, failure: { problem, code: 'timeout', message }, ...given });
}

interface Hours {
  kind: string;
  hour: Date;
  count: number;
  failures: number;
  ms: number;
  latency: number[];
  faults: number[];
}

async function hours(): Promise<Hours[]> {
  const { rows } = await test.database.pool.query<Hours>(
    `SELECT kind, hour, count, failures, duration_ms AS ms, latency, faults FROM integration_hours
     WHERE integration_id = $1 ORDER BY hour, kind`,
    [integrationId],
  );
  return rows;
}

async function errors() {
  const { rows } = await test.database.pool.query<{
    count: number;
    first: Date;
    last: Date;
    recent: Date[];
    message: string;
    steps: unknown;
  }>(
    `SELECT count, first_at AS first, last_at AS last, recent_at AS recent, last_message AS message, steps
     FROM integration_errors WHERE integration_id = $1 ORDER BY last_at DESC, fingerprint`,
    [integrationId],
  );
  return rows;
}

it('sums by hour and kind, over several flushes and nodes', async () => {
  const nodes = [measuresOf(test.database.pool), measuresOf(test.database.pool)];
  for (const node of nodes) {
    node.add(measure({ durationMs: 90 }));
    node.add(measure({ durationMs: 1_000 }));
    node.add(measure({ ok: false, fault: 'rateLimit', durationMs: 10 }));
    node.add(measure({ kind: 'check', durationMs: 5 }));
  }
  await Promise.all(nodes.map((node) => node.flush()));
  nodes[0]!.add(measure({ ok: false, fault: 'reauth', durationMs: 10 }));
  await nodes[0]!.flush();
  const [call, check] = await hours();
  expect(call).toMatchObject({ kind: 'call', count: 7, failures: 3, ms: 2 * 1_100 + 10 });
  expect(call!.faults).toEqual([1, 0, 0, 2]);
  expect(quantile(call!.latency, 0.95)).toBeGreaterThan(900);
  expect(check).toMatchObject({ kind: 'check', count: 2, failures: 0, ms: 10 });
  test.time.advance(3_600_000);
  nodes[0]!.add(measure());
  await nodes[0]!.flush();
  expect((await hours()).map(({ count }) => count)).toEqual([7, 2, 1]);
});

it('groups errors that are the same to a person, with first, last and latest words', async () => {
  const measures = measuresOf(test.database.pool);
  const began = test.time.now;
  measures.add(failed('No answer after 30000 ms'));
  test.time.advance(60_000);
  measures.add(failed('No answer after 29999 ms', { kind: 'check' }));
  await measures.flush();
  for (let index = 0; index < 25; index += 1) {
    test.time.advance(60_000);
    measures.add(failed(`No answer, time ${index}`));
  }
  await measures.flush();
  const [error, ...others] = await errors();
  expect(others).toEqual([]);
  expect(error).toMatchObject({ count: 27, message: 'No answer, time 24' });
  expect(error!.first.getTime()).toBe(began);
  expect(error!.last.getTime()).toBe(test.time.now);
  expect(error!.recent).toHaveLength(20);
  expect(Math.max(...error!.recent.map(Number))).toBe(test.time.now);
});

it('keeps the latest fifty kinds of errors of one integration', async () => {
  const measures = measuresOf(test.database.pool);
  const words = Array.from({ length: 60 }, (_, index) => 'x'.repeat(index + 1));
  for (const word of words) {
    test.time.advance(1_000);
    measures.add(
      failed('no', { failure: { problem: { ...problem, title: word }, code: null, message: word } }),
    );
  }
  await measures.flush();
  const kept = await errors();
  expect(kept).toHaveLength(50);
  expect(kept[0]!.message).toBe(words.at(-1));
});

it('tells of new errors, and only when they can be read', async () => {
  const measures = measuresOf(test.database.pool);
  await test.announced();
  measures.add(measure());
  await measures.flush();
  expect(await test.announced()).toEqual([]);
  measures.add(failed('no'));
  await measures.flush();
  test.app.live.publish({ organizationId: organization.id, topic: 'audit' });
  const heard: unknown[] = [];
  while (heard.length < 2) heard.push(...(await test.announced()));
  expect(heard[0]).toMatchObject({ topic: 'health', organizationId: organization.id, ids: [integrationId] });
});

it('keeps what could not be written', async () => {
  let away = true;
  const pool = {
    query: (query: pg.QueryConfig) =>
      away ? Promise.reject(new Error('away')) : test.database.pool.query(query),
  } as unknown as pg.Pool;
  const measures = measuresOf(pool);
  measures.add(measure());
  measures.add(failed('first'));
  const flushing = measures.flush();
  measures.add(failed('second'));
  await flushing;
  expect(measures.pending).toBe(true);
  expect(await hours()).toEqual([]);
  away = false;
  await measures.stop();
  expect(measures.pending).toBe(false);
  expect(await hours()).toMatchObject([{ count: 3, failures: 2 }]);
  expect(await errors()).toMatchObject([{ count: 2, message: 'second' }]);
});

it('leaves out what belongs to no integration of the organization, and writes the rest', async () => {
  const other = await test.createOrganization();
  const measures = measuresOf(test.database.pool);
  measures.add(measure({ organizationId: other.id }));
  measures.add(failed('no', { integrationId: test.app.newId() }));
  measures.add(measure({ kind: 'check' }));
  await measures.flush();
  expect(await hours()).toMatchObject([{ kind: 'check', count: 1 }]);
  expect(measures.pending).toBe(false);
});

it('sums hours into days after five weeks, and forgets days and errors after their time', async () => {
  const { pool } = test.database;
  const measures = measuresOf(pool);
  for (let index = 0; index < 3; index += 1) {
    measures.add(measure({ durationMs: 40 }));
    measures.add(failed('no'));
    test.time.advance(3_600_000);
  }
  await measures.flush();
  const days = async () =>
    (
      await pool.query<{ count: number; latency: number[]; faults: number[] }>(
        `SELECT sum(count)::int AS count, sum_counts(latency) AS latency, sum_counts(faults) AS faults
         FROM integration_days WHERE integration_id = $1 HAVING count(*) > 0`,
        [integrationId],
      )
    ).rows;
  await keepMeasures(pool, test.time.now + 34 * dayMs);
  expect(await hours()).toHaveLength(3);
  await keepMeasures(pool, test.time.now + 37 * dayMs);
  expect(await hours()).toEqual([]);
  expect(await errors()).toEqual([]);
  const [day] = await days();
  expect(day).toMatchObject({ count: 6, faults: [0, 0, 0, 0, 0, 3] });
  expect(day!.latency.reduce((sum, count) => sum + count, 0)).toBe(6);
  await keepMeasures(pool, test.time.now + 400 * dayMs);
  expect(await days()).toEqual([]);
});
