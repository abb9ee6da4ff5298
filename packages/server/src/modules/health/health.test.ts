import type { IntegrationSort, SortOrder } from '@trunkline/contract/integrations';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Measure } from '../../measures/measure.ts';
import { createSamples } from '../../testing/sample-data.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { listIntegrations } from '../integrations/list-integrations.ts';
import { getIntegrationHealth } from './get-integration-health.ts';
import { listHealth } from './list-health.ts';
import { setUptimeTarget } from './set-uptime-target.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const problem = {
  fault: 'down',
  title: 'No answer',
  cause: 'It is away.',
  fix: 'Wait.',
  link: null,
} as const;

let test: TestApp;
let organization: TestOrganization;
let id: string;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  const samples = createSamples(test, organization, { marker: 'health', url: 'http://127.0.0.1:9' });
  id = await samples.integration();
});

const viewer = () => test.as('viewer', organization);

function add(given: Partial<Measure> = {}): void {
  test.app.measures.add({
    organizationId: organization.id,
    integrationId: id,
    kind: 'check',
    ok: true,
    durationMs: 800,
    ...given,
  });
}

/** Twelve checks an hour. */
async function live(hours: number, given: Partial<Measure> = {}): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    for (let n = 0; n < 12; n += 1) add(given);
    test.time.advance(hourMs);
  }
  await test.app.measures.flush();
}

async function span(status: string, since: number, until: number | null): Promise<void> {
  await test.database.pool.query(
    `INSERT INTO integration_status_spans (integration_id, organization_id, status, problem, since, until)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      id,
      organization.id,
      status,
      status === 'error' ? JSON.stringify(problem) : null,
      new Date(since),
      until === null ? null : new Date(until),
    ],
  );
}

it('sets the last day beside the integration’s own week', async () => {
  await live(4 * 24);
  await live(24, { durationMs: 2_000 });
  const { metrics, baseline } = await getIntegrationHealth(viewer(), { id, range: '24h' });
  expect(baseline.enough).toBe(true);
  expect(metrics.checks.meanMs).toMatchObject({ judgement: 'above' });
  expect(metrics.checks.meanMs.value).toBeGreaterThan(1_900);
  expect(metrics.checks.meanMs.normal!.mean).toBeCloseTo(800, -2);
  expect(metrics.checks.p95Ms.judgement).toBe('above');
  expect(metrics.calls.count).toMatchObject({ value: 0, normal: null });
});

it('says when there is too little to speak of normal', async () => {
  await live(20);
  const { metrics, baseline } = await getIntegrationHealth(viewer(), { id, range: '24h' });
  expect(baseline).toMatchObject({ enough: false, hours: 0 });
  expect(metrics.checks.count).toEqual({ value: 240, normal: null, judgement: null });
});

it('shows errors by kind, what they have in common, and what to do', async () => {
  const failure = { problem, code: 'timeout', message: 'Connect to port 443: The server does not answer.' };
  for (let n = 0; n < 5; n += 1) {
    add({ ok: false, failure });
    test.time.advance(n < 4 ? 1.75 * minuteMs : 0);
  }
  await test.app.measures.flush();
  const { errors, patterns } = await getIntegrationHealth(viewer(), { id, range: '24h' });
  expect(errors).toMatchObject([
    { count: 5, code: 'timeout', title: 'No answer', lastMessage: failure.message },
  ]);
  expect(errors[0]!.recentAt).toHaveLength(5);
  expect(Date.parse(errors[0]!.recentAt[0]!)).toBe(test.time.now);
  expect(patterns).toMatchObject([
    {
      key: 'timeouts',
      sentence: '5 timeouts in 7 minutes: network or firewall.',
      action: { key: 'check_firewall', why: 'Is port 443 to api.sendgrid.com blocked?' },
    },
  ]);
});

it('counts uptime against the target, and gives every step of a chart', async () => {
  const { now } = test.time;
  await span('active', now - 40 * hourMs, now - 3 * hourMs);
  await span('error', now - 3 * hourMs, now - 2 * hourMs);
  await span('active', now - 2 * hourMs, null);
  add();
  add({ kind: 'call', ok: false, fault: 'down', durationMs: 50 });
  await test.app.measures.flush();
  const day = await getIntegrationHealth(viewer(), { id, range: '24h' });
  expect(day.series).toHaveLength(24);
  expect(day.series.at(-1)).toMatchObject({
    checks: { count: 1 },
    calls: { count: 1, failures: 1, meanMs: 50 },
  });
  expect(day.series.reduce((sum, { errorSeconds }) => sum + errorSeconds, 0)).toBe(3_600);
  expect(day.uptime).toMatchObject({ target: 99.9, errorSeconds: 3_600 });
  expect(day.uptime.percent).toBeGreaterThan(95);
  expect(day.uptime.budgetLeftSeconds).toBeLessThan(0);
  expect(day.transitions.map(({ status }) => status)).toEqual(['active', 'error', 'active']);
  expect(await setUptimeTarget(test.as('utility_admin', organization), { id, percent: 95 })).toEqual({
    target: 95,
  });
  const week = await getIntegrationHealth(viewer(), { id, range: '7d' });
  expect(week.series).toHaveLength(7 * 24);
  expect(week.uptime).toMatchObject({ target: 95, budgetSeconds: 40 * 36 * 5 });
  expect((await getIntegrationHealth(viewer(), { id, range: '30d' })).series).toHaveLength(30);
});

it('gives the last day of many at once, in their order, and nothing of others', async () => {
  await live(3);
  add({ ok: false, fault: 'down' });
  await test.app.measures.flush();
  const quiet = await createSamples(test, organization, {
    marker: 'quiet',
    url: 'http://127.0.0.1:9',
  }).integration();
  const other = await test.createOrganization();
  const foreign = await createSamples(test, other, {
    marker: 'other',
    url: 'http://127.0.0.1:9',
  }).integration();
  const { data } = await listHealth(viewer(), { integrationIds: [quiet, foreign, id] });
  expect(data.map(({ integrationId }) => integrationId)).toEqual([quiet, id]);
  expect(data[0]).toMatchObject({ count: 0, successPercent: null, p95Ms: null, uptimePercent: null });
  expect(data[1]).toMatchObject({ count: 37, failures: 1 });
  expect(data[1]!.successPercent).toBeCloseTo((100 * 36) / 37);
  expect(data[1]!.hours).toHaveLength(24);
  expect(data[1]!.hours.slice(-4).map(({ ok, failed }) => [ok, failed])).toEqual([
    [12, 0],
    [12, 0],
    [12, 0],
    [0, 1],
  ]);
});

it('orders a list by what was measured of each, the same that it shows', async () => {
  const own = await test.createOrganization();
  const sample = (marker: string) =>
    createSamples(test, own, { marker, url: 'http://127.0.0.1:9' }).integration();
  const [slow, failing, quiet] = [await sample('slow'), await sample('failing'), await sample('quiet')];
  const measured = (integrationId: string, given: Partial<Measure>) =>
    add({ organizationId: own.id, integrationId, ...given });
  for (let n = 0; n < 3; n += 1) measured(slow, { durationMs: 4_000 });
  measured(failing, { durationMs: 100 });
  measured(failing, { durationMs: 100, ok: false, fault: 'down' });
  await test.app.measures.flush();
  for (const [integrationId, errorMs] of [
    [slow, 0],
    [failing, hourMs],
  ] as const) {
    await test.database.pool.query(
      `INSERT INTO integration_status_spans (integration_id, organization_id, status, since, until)
       VALUES ($1, $2, 'active', $3, $4), ($1, $2, 'error', $4, NULL)`,
      [integrationId, own.id, new Date(test.time.now - 9 * hourMs), new Date(test.time.now - errorMs)],
    );
  }
  const ordered = async (sort: IntegrationSort, order: SortOrder) => {
    const caller = test.as('viewer', own);
    const begin = await listIntegrations(caller, { limit: 1, sort, order });
    const rest = await listIntegrations(caller, { limit: 5, sort, order, cursor: begin.nextCursor! });
    return [...begin.data, ...rest.data].map(({ id: each }) => each);
  };
  expect(await ordered('success', 'ascending')).toEqual([failing, slow, quiet]);
  expect(await ordered('success', 'descending')).toEqual([slow, failing, quiet]);
  expect(await ordered('p95', 'descending')).toEqual([slow, failing, quiet]);
  expect(await ordered('p95', 'ascending')).toEqual([failing, slow, quiet]);
  expect(await ordered('uptime', 'ascending')).toEqual([failing, slow, quiet]);
  expect(await ordered('measured', 'descending')).toEqual([slow, failing, quiet]);
  expect(await ordered('measured', 'ascending')).toEqual([quiet, failing, slow]);
});
