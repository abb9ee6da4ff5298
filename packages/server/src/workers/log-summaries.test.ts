import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { LogSummaries } from './log-summaries.ts';

const dayMs = 86_400_000;

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

it('tells once a day, over all nodes, how much there was and how well it went', async () => {
  const organization = await test.createOrganization();
  const samples = createSamples(test, organization, { marker: 'zq', url: 'http://127.0.0.1:9' });
  const [webhookId, integrationId] = [await samples.webhook(), await samples.integration()];
  const { pool } = test.database;
  const yesterday = new Date(Math.floor(test.time.now / dayMs) * dayMs - dayMs);
  test.time.advance(Math.ceil(test.time.now / dayMs) * dayMs - test.time.now + 1_000);
  const today = new Date(yesterday.getTime() + dayMs);
  await pool.query('DELETE FROM webhook_hours');
  await pool.query('DELETE FROM integration_hours');
  await pool.query(
    `INSERT INTO webhook_hours (webhook_id, organization_id, hour, succeeded, failed, duration_ms)
     VALUES ($1, $2, $3, 200, 1, 0), ($1, $2, $3::timestamptz + interval '23 hours', 45, 1, 0),
       ($1, $2, $3::timestamptz + interval '24 hours', 1, 1, 0)`,
    [webhookId, organization.id, today],
  );
  await pool.query(
    `INSERT INTO integration_hours
       (integration_id, organization_id, kind, hour, count, failures, duration_ms, latency, faults)
     VALUES ($1, $2, 'check', $3, 288, 0, 0, '{}', '{}')`,
    [integrationId, organization.id, today],
  );
  const lines = async () => {
    const { rows } = await pool.query(
      `SELECT message, coalesce(webhook_id, integration_id) AS id FROM log_entries
       WHERE event = 'summary.daily' ORDER BY message`,
    );
    return rows;
  };
  // Not yet: the last sums of the day may still come.
  await new LogSummaries(test.app).run();
  expect(await lines()).toEqual([]);
  test.time.advance(5 * 60_000);
  await Promise.all([new LogSummaries(test.app).run(), new LogSummaries(test.app).run()]);
  await new LogSummaries(test.app).run();
  const day = today.toISOString().slice(0, 10);
  expect(await lines()).toEqual([
    { message: `247 delivery attempts on ${day}, 99.1 % succeeded.`, id: webhookId },
    { message: `288 checks on ${day}, 100 % succeeded.`, id: integrationId },
  ]);
});
