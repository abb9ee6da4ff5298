import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config/env.ts';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { startCollector } from '../testing/otlp-collector.ts';
import { examine } from './doctor.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ max: 2 });
});
afterAll(() => database.drop());

async function aboutTraces(env: Record<string, string>) {
  const key = 'a'.repeat(64);
  const findings = await examine(readConfig({ ...database.env, TRUNKLINE_SECRET_KEY: key, ...env }));
  return findings.filter(({ what }) => what === 'the collector takes traces').map(({ ok }) => ok);
}

it('says whether the collector takes traces, where there is one', async () => {
  expect(await aboutTraces({})).toEqual([]);
  const collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'always_off' };
  expect(await aboutTraces(env)).toEqual([true]);
  collector.respond = (response) => response.writeHead(401).end();
  expect(await aboutTraces(env)).toEqual([false]);
  await collector.close();
  expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces', '/v1/traces']);
});
