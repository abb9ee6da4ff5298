import { randomBytes } from 'node:crypto';
import { retryAllDlq as retryAllOperation } from '@trunkline/contract/dead-letters';
import { recoverWebhook as recoverOperation } from '@trunkline/contract/deliveries';
import {
  getBulkJob as getOperation,
  listBulkJobs as listOperation,
  updateBulkJob as updateOperation,
} from '@trunkline/contract/bulk-jobs';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { createUuid7, timeOfUuid7 } from '../../lib/uuid7.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { BulkJobs } from '../../workers/bulk-jobs.ts';
import { deleteWebhook } from '../webhooks/delete-webhook.ts';
import { getBulkJob } from './get-bulk-job.ts';
import { listBulkJobs } from './list-bulk-jobs.ts';
import { eventWindow } from './missed-events.ts';
import { missing } from './recover-source.ts';
import { recoverWebhook } from './recover-webhook.ts';
import { failed, failureWindow, replayWindow } from './replay-failed-source.ts';
import { replayFailedDeliveries } from './replay-failed-deliveries.ts';
import { retryAllDlq } from './retry-all-dlq.ts';
import { eventRange, lastIdOf } from './rules.ts';
import { readRanges } from './source.ts';
import { runNextBatch } from './run-batch.ts';
import { updateBulkJob } from './update-bulk-job.ts';

let test: TestApp;
let organization: TestOrganization;
let other: TestOrganization;
let pool: pg.Pool;
let workers: BulkJobs[] = [];
/** Time of the seeded events: they are older than any job. */
let eventTime: number;
let since: string;
let newId: () => string;

beforeAll(async () => {
  test = await createTestApp();
  ({ pool } = test.database);
  organization = await test.createOrganization();
  other = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  eventTime = test.time.now - 3_600_000;
  since = new Date(eventTime - 1_000).toISOString();
  newId = createUuid7(() => eventTime, randomBytes);
  await pool.query('TRUNCATE delivery_queue, dead_letters, attempts, events, bulk_jobs');
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});

const admin = (of = organization) => test.as('system_admin', of);
const job = (id: string | null) => getBulkJob(test.as('viewer', organization), { id: id ?? '' });
const recover = (id: string, options: { dryRun?: boolean; ratePerSecond?: number } = {}) =>
  recoverWebhook(admin(), { id, since, dryRun: false, ...options });
const replayFailed = (webhookId: string, options: { dryRun?: boolean; since?: string } = {}) =>
  replayFailedDeliveries(admin(), { webhookId, dryRun: false, ...options });
const retryAll = (options: Partial<Parameters<typeof retryAllDlq>[1]> = {}) =>
  retryAllDlq(admin(), { dryRun: false, ...options });

function startWorker(app: App = test.app): BulkJobs {
  const worker = new BulkJobs(app);
  workers.push(worker);
  worker.start();
  return worker;
}

const inState = (id: string | null, state: string) =>
  eventually(async () => {
    const found = await job(id);
    expect(found.state).toBe(state);
    return found;
  });

async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await pool.query<Row>(sql, values)).rows;
}

async function webhook(options: { events?: string[]; ordering?: string; of?: TestOrganization } = {}) {
  const id = test.app.newId();
  await pool.query(
    `INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret_preview, ordering, created_at,
       updated_at)
     VALUES ($1, $2, 'Hook', 'http://127.0.0.1:9/hook', $3, true, '', $4, now(), now())`,
    [id, (options.of ?? organization).id, options.events ?? ['*'], options.ordering ?? 'none'],
  );
  return id;
}

/** Events in the order of their ids, one a millisecond. */
async function events(
  count: number,
  options: { type?: string; subject?: string; of?: TestOrganization } = {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => {
    eventTime += 1;
    return newId();
  });
  await pool.query(
    `INSERT INTO events (id, organization_id, type, subject, body)
     SELECT id, $2, $3, $4, '{}' FROM unnest($1::uuid[]) AS e (id)`,
    [ids, (options.of ?? organization).id, options.type ?? 'job.created', options.subject ?? null],
  );
  return ids;
}

/** The id that ingest gives to an event's delivery. */
const deliveryOf = (eventId: string) =>
  `${eventId.slice(0, 19)}${randomBytes(8).toString('hex')}`.replace(/^(.{23})(.{12}).*$/, '$1-$2');

interface Attempt {
  eventId: string;
  deliveryId?: string;
  state: string;
  trigger?: string;
}

async function attempts(webhookId: string, list: Attempt[], of = organization): Promise<string[]> {
  const ids = list.map((one) => one.deliveryId ?? deliveryOf(one.eventId));
  await pool.query(
    `INSERT INTO attempts (delivery_id, number, organization_id, webhook_id, event_id, event_type, trigger, state,
       started_at, duration_ms, response_status, url, signatures)
     SELECT d, 1, $1, $2, e, 'job.created', t, s, now() - interval '1 hour', 1, 500, '', ''
     FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) AS a (d, e, t, s)`,
    [
      of.id,
      webhookId,
      ids,
      list.map((one) => one.eventId),
      list.map((one) => one.trigger ?? 'event'),
      list.map((one) => one.state),
    ],
  );
  return ids;
}

/** Dead letters of these events, with the attempt that made them. */
async function deadLetters(webhookId: string, eventIds: string[], of = organization): Promise<string[]> {
  const ids = await attempts(
    webhookId,
    eventIds.map((eventId) => ({ eventId, state: 'dlq' })),
    of,
  );
  await pool.query(
    `INSERT INTO dead_letters (delivery_id, organization_id, webhook_id, event_id, event_type, trigger, attempts,
       response_status, failed_at, expires_at)
     SELECT d, $1, $2, e, 'job.created', 'event', 3, 500, now() - interval '1 hour', now() + interval '7 days'
     FROM unnest($3::uuid[], $4::uuid[]) AS l (d, e)`,
    [of.id, webhookId, ids, eventIds],
  );
  return ids;
}

interface Queued {
  id: string;
  eventId: string;
  trigger: string;
  replayOf: string | null;
  subject: string | null;
  attempts: number;
  due: string;
}

const queue = (webhookId: string) =>
  rows<Queued>(
    `SELECT id, event_id AS "eventId", trigger, replay_of AS "replayOf", subject, attempts, due_at::text AS due
     FROM delivery_queue WHERE webhook_id = $1 ORDER BY id`,
    [webhookId],
  );

const queuedEvents = async (webhookId: string) => (await queue(webhookId)).map(({ eventId }) => eventId);

async function lastAudit(action: string) {
  const [record] = await rows<{ changes: Record<string, { before: unknown; after: unknown }> }>(
    'SELECT changes FROM audit_log WHERE organization_id = $1 AND action = $2 ORDER BY sequence DESC LIMIT 1',
    [organization.id, action],
  );
  return record?.changes;
}

/** Batches until none is due; bounded. */
async function runAll(): Promise<number> {
  for (let batches = 0; batches < 100; batches += 1) if (!(await runNextBatch(test.app))) return batches;
  throw new Error('the jobs do not end');
}

describe('a small act', () => {
  it('is done when it is answered, with its record, and waits in the backlog', async () => {
    const id = await webhook({ events: ['job.*'] });
    const ids = await events(3);
    await events(2, { type: 'contact.created' });
    await events(2, { of: other });
    await test.announced();
    expect(await recover(id, { dryRun: true })).toEqual({ count: 3, jobId: null });
    expect([await queue(id), await rows('SELECT FROM bulk_jobs'), await test.announced()]).toEqual([
      [],
      [],
      [],
    ]);

    const { count, jobId } = await recover(id);
    expect(count).toBe(3);
    expect(await job(jobId)).toMatchObject({
      kind: 'recover',
      webhookId: id,
      webhookName: 'Hook',
      since,
      state: 'completed',
      total: 3,
      queued: 3,
      ratePerSecond: null,
      startedBy: organization.people.system_admin.name,
      finishedAt: new Date(test.time.now).toISOString(),
      error: null,
    });
    const queued = await queue(id);
    expect(queued.map(({ eventId }) => eventId)).toEqual(ids);
    expect(new Set(queued.map((row) => `${row.trigger} ${row.due} ${row.subject}`))).toEqual(
      new Set(['recover infinity null']),
    );
    expect(await lastAudit('webhook.recovered')).toEqual({
      since: { before: null, after: since },
      deliveries: { before: null, after: 3 },
      job: { before: null, after: jobId },
    });
    expect((await test.announced()).map(({ topic, ids: of }) => [topic, of])).toEqual(
      expect.arrayContaining([
        ['bulk_jobs', [jobId]],
        ['deliveries', [id]],
      ]),
    );
    expect(await runNextBatch(test.app)).toBe(false);
  });

  it('with nothing to do has no job', async () => {
    const id = await webhook();
    expect(await recover(id)).toEqual({ count: 0, jobId: null });
    expect(await replayFailed(id)).toEqual({ count: 0, jobId: null });
    expect(await retryAll()).toEqual({ count: 0, jobId: null });
    expect(await rows('SELECT FROM bulk_jobs')).toEqual([]);
    expect(await lastAudit('webhook.recovered')).toEqual({
      since: { before: null, after: since },
      deliveries: { before: null, after: 0 },
    });
  });

  it('of exactly one batch ends in the request', async () => {
    const id = await webhook();
    await events(500);
    const { jobId } = await recover(id);
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 500 });
  });
});

describe('a large job', () => {
  it('queues its first batch in the request and the rest by a worker, in order, each event once', async () => {
    const id = await webhook({ ordering: 'park' });
    const ids = await events(3_000, { subject: 'job/1' });
    expect(await recover(id, { dryRun: true })).toEqual({ count: 3_000, jobId: null });
    const { count, jobId } = await recover(id);
    expect(count).toBe(3_000);
    expect(await job(jobId)).toMatchObject({ state: 'running', total: 3_000, queued: 500, finishedAt: null });
    expect(await queuedEvents(id)).toEqual(ids.slice(0, 500));
    await test.announced();
    startWorker();
    expect(await inState(jobId, 'completed')).toMatchObject({ queued: 3_000 });
    const queued = await queue(id);
    // A line is worked off in the order of its ids, so that must be the order of the events.
    expect(queued.map(({ eventId }) => eventId)).toEqual(ids);
    expect(new Set(queued.map(({ subject }) => subject))).toEqual(new Set(['job/1']));
    const told = (await test.announced()).filter(({ topic }) => topic === 'bulk_jobs');
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it('does not touch what is newer than itself', async () => {
    const id = await webhook();
    await events(600);
    const { jobId } = await recover(id);
    eventTime = Date.now() + 3_600_000;
    const [newer] = await events(1);
    await runAll();
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 600 });
    expect(await queuedEvents(id)).not.toContain(newer);
  });

  it('can be paused, resumed, slowed down and cancelled, each with its record', async () => {
    const id = await webhook();
    await events(3_000);
    const { jobId } = await recover(id);
    const change = (input: Omit<Parameters<typeof updateBulkJob>[1], 'id'>) =>
      updateBulkJob(admin(), { id: jobId ?? '', ...input });
    expect(await change({ state: 'paused' })).toMatchObject({ state: 'paused', finishedAt: null });
    expect(await runNextBatch(test.app)).toBe(false);
    expect(await lastAudit('bulk_job.paused')).toEqual({ state: { before: 'running', after: 'paused' } });

    await test.announced();
    expect(await change({ state: 'running' })).toMatchObject({ state: 'running' });
    expect((await test.announced()).map(({ topic }) => topic).toSorted()).toEqual(['audit', 'bulk_jobs']);
    expect(await lastAudit('bulk_job.resumed')).toEqual({ state: { before: 'paused', after: 'running' } });
    expect(await runNextBatch(test.app)).toBe(true);
    expect(await job(jobId)).toMatchObject({ queued: 1_000 });

    expect(await change({ ratePerSecond: 20 })).toMatchObject({ state: 'running', ratePerSecond: 20 });
    expect(await lastAudit('bulk_job.rate_changed')).toEqual({ ratePerSecond: { before: null, after: 20 } });
    expect(await runNextBatch(test.app)).toBe(true);
    expect(await job(jobId)).toMatchObject({ queued: 1_010 });
    await test.announced();
    expect(await change({ ratePerSecond: 20, state: 'running' })).toMatchObject({ ratePerSecond: 20 });
    expect(await test.announced()).toEqual([]);

    expect(await change({ state: 'cancelled', ratePerSecond: null })).toMatchObject({
      state: 'cancelled',
      queued: 1_010,
      ratePerSecond: null,
      finishedAt: new Date(test.time.now).toISOString(),
    });
    expect(await lastAudit('bulk_job.cancelled')).toEqual({
      state: { before: 'running', after: 'cancelled' },
    });
    expect(await runNextBatch(test.app)).toBe(false);
    expect(await queue(id)).toHaveLength(1_010);
    for (const state of ['running', 'paused', 'cancelled'] as const) {
      expect((await refusalOf(change({ state }))).code).toBe('conflict');
    }
    expect((await refusalOf(change({ ratePerSecond: 5 }))).code).toBe('conflict');
    // Nothing stands in the way of the next one, which goes on with what is left.
    expect((await recover(id)).count).toBe(1_990);
  });

  it('keeps to its rate by the time of the database, and does not make up for standing still', async () => {
    const id = await webhook();
    await events(300);
    const { jobId } = await recover(id, { ratePerSecond: 100 });
    expect(await job(jobId)).toMatchObject({ queued: 50, ratePerSecond: 100 });
    expect(await runNextBatch(test.app)).toBe(false);
    const wait = async () => {
      const [row] = await rows<{ ms: number }>(
        'SELECT (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 AS ms FROM bulk_jobs WHERE id = $1',
        [jobId],
      );
      return row!.ms;
    };
    expect(await wait()).toBeLessThanOrEqual(500);
    await pool.query(`UPDATE bulk_jobs SET next_at = now() - interval '1 hour'`);
    expect(await runNextBatch(test.app)).toBe(true);
    expect(await runNextBatch(test.app)).toBe(false);
    expect(await wait()).toBeLessThanOrEqual(250);
    expect(await job(jobId)).toMatchObject({ queued: 100 });
  });

  it('with a rate comes evenly', async () => {
    const id = await webhook();
    await events(1_500);
    const [{ at: start } = { at: new Date() }] = await rows<{ at: Date }>('SELECT clock_timestamp() AS at');
    const { jobId } = await recover(id, { ratePerSecond: 1_000 });
    startWorker();
    await inState(jobId, 'completed');
    const times = (await queue(id)).map((row) => timeOfUuid7(row.id) - start.getTime());
    expect(times).toHaveLength(1_500);
    // Row n may come when n of them are paid for; half a second's worth and a quarter of a second come ahead.
    times.forEach((ms, n) => expect(n).toBeLessThanOrEqual(((ms + 1) / 1_000 + 0.25) * 1_000 + 500));
  });

  it('is gone on with by the next worker, and shared by any number of them', async () => {
    const [one, two] = [await webhook(), await webhook({ events: ['job.created'] })];
    const ids = await events(3_000);
    const jobs = [await recover(one, { ratePerSecond: 4_000 }), await recover(two, { ratePerSecond: 4_000 })];
    const first = startWorker();
    await eventually(async () => expect((await job(jobs[0]!.jobId)).queued).toBeGreaterThan(500));
    await first.stop();
    const stopped = await job(jobs[0]!.jobId);
    expect(stopped.queued).toBe((await queue(one)).length);
    startWorker();
    startWorker();
    startWorker();
    for (const { jobId } of jobs) {
      expect(await inState(jobId, 'completed')).toMatchObject({ queued: 3_000 });
    }
    expect(await queuedEvents(one)).toEqual(ids);
    expect(await queuedEvents(two)).toEqual(ids);
  });

  it('is worked on by one node at a time', async () => {
    const id = await webhook();
    await events(600);
    const { jobId } = await recover(id);
    const node = await pool.connect();
    try {
      await node.query('BEGIN');
      await node.query('SELECT FROM bulk_jobs WHERE id = $1 FOR UPDATE', [jobId]);
      expect(await runNextBatch(test.app)).toBe(false);
    } finally {
      await node.query('ROLLBACK');
      node.release();
    }
    expect(
      (await Promise.all(Array.from({ length: 6 }, () => runNextBatch(test.app)))).filter(Boolean),
    ).toEqual([true]);
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 600 });
  });

  it('loses and repeats nothing when a node ends in the middle of a batch', async () => {
    const id = await webhook();
    const ids = await events(1_200);
    const { jobId } = await recover(id);
    const blocker = await pool.connect();
    try {
      // The last statement of a batch waits here, when its deliveries are already inserted.
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE delivery_queue IN SHARE MODE');
      const batch = runNextBatch(test.app);
      const pid = await eventually(async () => {
        const [waiting] = await rows<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
             AND query LIKE '%INSERT INTO delivery_queue%'`,
        );
        expect(waiting).toBeDefined();
        return waiting!.pid;
      });
      await pool.query('SELECT pg_terminate_backend($1)', [pid]);
      expect(await batch).toBe(true);
    } finally {
      await blocker.query('ROLLBACK');
      blocker.release();
    }
    expect(await job(jobId)).toMatchObject({ state: 'running', queued: 500 });
    expect(await queue(id)).toHaveLength(500);
    // It is not tried again at once.
    expect(await runNextBatch(test.app)).toBe(false);
    await pool.query('UPDATE bulk_jobs SET next_at = now()');
    await runAll();
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 1_200 });
    expect(await queuedEvents(id)).toEqual(ids);
  });

  it('rolls a batch back whole, and fails after eight that broke off in a row', async () => {
    const id = await webhook();
    await events(1_200);
    const { jobId } = await recover(id);
    // Breaks off after the deliveries of the batch were inserted.
    await pool.query(
      `CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$;
       CREATE TRIGGER break_off BEFORE UPDATE OF cursor ON bulk_jobs FOR EACH ROW EXECUTE FUNCTION break_off()`,
    );
    try {
      for (let tries = 1; tries <= 8; tries += 1) {
        expect(await job(jobId)).toMatchObject({ state: 'running', queued: 500, error: null });
        await pool.query('UPDATE bulk_jobs SET next_at = now()');
        expect(await runNextBatch(test.app)).toBe(true);
        expect(await queue(id)).toHaveLength(500);
      }
    } finally {
      await pool.query('DROP TRIGGER break_off ON bulk_jobs; DROP FUNCTION break_off()');
    }
    expect(await job(jobId)).toMatchObject({
      state: 'failed',
      finishedAt: new Date(test.time.now).toISOString(),
      error: expect.stringContaining('broke off') as string,
    });
    expect((await recover(id)).count).toBe(700);
  });

  it('looks at a bounded stretch of events a batch, however few of them are missing', async () => {
    const id = await webhook();
    const got = await events(11_000);
    await attempts(
      id,
      got.map((eventId) => ({ eventId, state: 'success' })),
    );
    const lost = await events(2);
    const { count, jobId } = await recover(id, { ratePerSecond: 1 });
    expect(count).toBe(2);
    expect(await job(jobId)).toMatchObject({ state: 'running', queued: 1 });
    await pool.query('UPDATE bulk_jobs SET next_at = now(), cursor = NULL');
    await runNextBatch(test.app);
    const [place] = await rows<{ cursor: string }>('SELECT cursor FROM bulk_jobs');
    expect(place?.cursor).toBe(got[1_999]);
    await pool.query('UPDATE bulk_jobs SET rate_per_second = NULL, next_at = now()');
    await runAll();
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 2 });
    expect(await queuedEvents(id)).toEqual(lost);
  });
});

describe('a webhook', () => {
  it('that is deleted meanwhile ends its job; one that is switched off lets it go on', async () => {
    const [gone, off] = [await webhook(), await webhook()];
    await events(1_000);
    const [first, second] = [await recover(gone), await recover(off)];
    await deleteWebhook(admin(), { id: gone });
    await pool.query('UPDATE webhooks SET enabled = false WHERE id = $1', [off]);
    await runAll();
    expect(await job(first.jobId)).toMatchObject({
      state: 'failed',
      error: 'The webhook was deleted.',
      queued: 500,
      finishedAt: new Date(test.time.now).toISOString(),
    });
    expect(await queue(gone)).toEqual([]);
    expect(await job(second.jobId)).toMatchObject({ state: 'completed', queued: 1_000 });
    expect(await queue(off)).toHaveLength(1_000);
  });

  it('that is off takes no new job, a paused one does', async () => {
    const id = await webhook();
    await events(1);
    await pool.query('UPDATE webhooks SET enabled = false WHERE id = $1', [id]);
    for (const call of [() => recover(id), () => recover(id, { dryRun: true }), () => replayFailed(id)]) {
      expect((await refusalOf(call())).code).toBe('webhook_inactive');
    }
    await pool.query('UPDATE webhooks SET enabled = true, paused = true WHERE id = $1', [id]);
    expect((await recover(id)).count).toBe(1);
  });

  it('has one unfinished job of a kind, which the refusal of a second one names', async () => {
    const [id, another] = [await webhook(), await webhook()];
    const ids = await events(1_200);
    await deadLetters(id, ids.slice(0, 600));
    const { jobId } = await recover(id, { ratePerSecond: 1 });
    const refusal = await refusalOf(recover(id));
    expect(refusal.code).toBe('conflict');
    expect(refusal.message).toContain(jobId);
    expect((await recover(id, { dryRun: true })).count).toBe(599);
    await updateBulkJob(admin(), { id: jobId ?? '', state: 'paused' });
    expect((await refusalOf(recover(id))).message).toContain(jobId);
    expect((await recover(another)).count).toBe(1_200);
    expect((await replayFailed(id)).count).toBe(600);
    const refusals = await Promise.all([refusalOf(replayFailed(id)), refusalOf(recover(another))]);
    expect(refusals.map(({ code }) => code)).toEqual(['conflict', 'conflict']);
    await updateBulkJob(admin(), { id: jobId ?? '', state: 'cancelled' });
    expect((await recover(id)).count).toBe(599);
  });

  it('has one of those who ask at the same moment', async () => {
    const id = await webhook();
    await events(1_200);
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () =>
        recover(id).then(
          ({ count }) => count,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(outcomes.map(String).toSorted()).toEqual(['1200', 'conflict', 'conflict', 'conflict']);
    await runAll();
    expect(await queue(id)).toHaveLength(1_200);
  });
});

describe('a replay of what failed', () => {
  it('takes each event once: dead letters themselves, the rest anew, but not what was delivered or waits', async () => {
    const id = await webhook();
    const ids = await events(2_000);
    const part = (from: number, to: number) => ids.slice(from, to);
    const dead = await deadLetters(id, part(0, 700));
    const gaveUp = await attempts(
      id,
      part(700, 1_400).map((eventId) => ({ eventId, state: 'failed' })),
    );
    // Replays of some of them failed as well, others arrived; one waits.
    const later = (eventId: string, state: string) => ({
      eventId,
      state,
      trigger: 'replay',
      deliveryId: test.app.newId(),
    });
    await attempts(id, [
      ...part(700, 900).map((eventId) => later(eventId, 'failed')),
      ...part(700, 800).map((eventId) => later(eventId, 'failed')),
      ...part(900, 1_000).map((eventId) => later(eventId, 'success')),
      ...part(0, 50).map((eventId) => later(eventId, 'success')),
      ...part(1_400, 1_450).map((eventId) => ({ eventId, state: 'failed', trigger: 'test' })),
      ...part(1_450, 2_000).map((eventId) => ({ eventId, state: 'success' })),
    ]);
    await pool.query(
      `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
       SELECT gen_random_uuid(), $1, $2, e, 'replay', 'infinity' FROM unnest($3::uuid[]) e`,
      [organization.id, id, part(1_000, 1_010)],
    );
    const expected = [...part(50, 900), ...part(1_010, 1_400)];
    expect(await replayFailed(id, { dryRun: true })).toEqual({ count: expected.length, jobId: null });
    const { count, jobId } = await replayFailed(id);
    expect(count).toBe(expected.length);
    // What fails again while the job runs is not taken a second time.
    await pool.query(
      `WITH q AS (DELETE FROM delivery_queue WHERE trigger = 'event' RETURNING *)
       UPDATE dead_letters d SET retrying = false, failed_at = now() FROM q WHERE q.id = d.delivery_id`,
    );
    await runAll();
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: expected.length });
    const queued = await queue(id);
    const replays = queued.filter((row) => row.replayOf !== null);
    expect(replays.map((row) => row.eventId)).toEqual([...part(700, 900), ...part(1_010, 1_400)]);
    expect(replays.map((row) => row.replayOf)).toEqual([...gaveUp.slice(0, 200), ...gaveUp.slice(310, 700)]);
    expect(new Set(queued.map((row) => row.due))).toEqual(new Set(['infinity']));
    // The first batch of dead letters was taken out of the queue above.
    const retried = queued.filter((row) => row.trigger === 'event');
    expect(retried.map((row) => row.id)).toEqual(dead.slice(550, 700));
    expect(new Set(retried.map((row) => row.attempts))).toEqual(new Set([3]));
  });

  it('goes back to a time', async () => {
    const id = await webhook();
    const ids = await events(10);
    await attempts(
      id,
      ids.map((eventId) => ({ eventId, state: 'failed' })),
    );
    const from = new Date(timeOfUuid7(ids[6]!)).toISOString();
    expect((await replayFailed(id, { since: from })).count).toBe(4);
    expect(await queuedEvents(id)).toEqual(ids.slice(6));
    await attempts(
      id,
      (await events(1)).map((eventId) => ({
        eventId,
        state: 'failed',
        deliveryId: lastIdOf(test.time.now - 31 * 86_400_000),
        trigger: 'replay',
      })),
    );
    expect((await replayFailed(id)).count).toBe(6);
  });
});

describe('retries of dead letters', () => {
  it('take those of webhooks that are on, in batches, under their own ids', async () => {
    const [one, two, off, foreign] = [
      await webhook({ ordering: 'skip' }),
      await webhook(),
      await webhook(),
      await webhook({ of: other }),
    ];
    const ids = await events(600, { subject: 'job/7' });
    const dead = [...(await deadLetters(one, ids)), ...(await deadLetters(two, ids))];
    await deadLetters(off, ids.slice(0, 5));
    await deadLetters(foreign, await events(5, { of: other }), other);
    await pool.query('UPDATE webhooks SET enabled = false WHERE id = $1', [off]);
    await pool.query('UPDATE dead_letters SET retrying = true WHERE delivery_id = ANY ($1)', [
      dead.slice(0, 3),
    ]);
    expect(await retryAll({ dryRun: true })).toEqual({ count: 1_197, jobId: null });
    const { count, jobId } = await retryAll();
    expect(count).toBe(1_197);
    expect(await job(jobId)).toMatchObject({ webhookId: null, webhookName: null, queued: 500 });
    expect((await refusalOf(retryAll())).message).toContain(jobId);
    // What dies meanwhile is newer than the job, whether the job has passed it or not.
    const late = await deadLetters(two, await events(1));
    await pool.query(
      `UPDATE dead_letters SET failed_at = now() + interval '1 second' WHERE delivery_id = ANY ($1)`,
      [late],
    );
    await pool.query('DELETE FROM delivery_queue WHERE id = $1', [dead[10]]);
    await pool.query(
      `UPDATE dead_letters SET retrying = false, failed_at = now() + interval '1 second' WHERE delivery_id = $1`,
      [dead[10]],
    );
    await runAll();
    expect(await job(jobId)).toMatchObject({ state: 'completed', queued: 1_197 });
    expect((await queue(one)).map((row) => row.id)).toEqual(
      dead.slice(3, 600).filter((id) => id !== dead[10]),
    );
    expect(new Set((await queue(one)).map((row) => `${row.subject} ${row.due} ${row.attempts}`))).toEqual(
      new Set(['job/7 infinity 3']),
    );
    expect((await queue(two)).map((row) => `${row.id} ${row.subject}`)).toEqual(
      dead.slice(600).map((id) => `${id} null`),
    );
    expect([await queue(off), await queue(foreign)]).toEqual([[], []]);
    expect(await lastAudit('dead_letter.retried')).toMatchObject({ deliveries: { after: 1_197 } });
  });

  it('of one webhook, or named ones, leave the others', async () => {
    const [one, two] = [await webhook(), await webhook()];
    const ids = await events(3);
    const [mine, others] = [await deadLetters(one, ids), await deadLetters(two, ids)];
    const named = await retryAll({ deliveryIds: [mine[1]!, others[2]!] });
    expect(await job(named.jobId)).toMatchObject({ state: 'completed', total: 2, queued: 2 });
    expect((await retryAll({ webhookId: one })).count).toBe(2);
    expect((await queue(one)).map((row) => row.id)).toEqual(mine);
    expect((await queue(two)).map((row) => row.id)).toEqual([others[2]]);
    await pool.query('UPDATE webhooks SET enabled = false WHERE id = $1', [two]);
    expect(await retryAll({ webhookId: two })).toEqual({ count: 0, jobId: null });
  });

  it('of named ones do not wait for a job about all', async () => {
    const id = await webhook();
    const dead = await deadLetters(id, await events(600));
    const all = await retryAll({ ratePerSecond: 1 });
    const [row] = await queue(id);
    expect(row?.id).toBe(dead[0]);
    expect((await retryAll({ deliveryIds: [dead[5]!, dead[0]!] })).count).toBe(1);
    await updateBulkJob(admin(), { id: all.jobId ?? '', ratePerSecond: null });
    await pool.query('UPDATE bulk_jobs SET next_at = now()');
    await runAll();
    expect(await job(all.jobId)).toMatchObject({ state: 'completed', total: 600, queued: 599 });
    expect((await queue(id)).map((one) => one.id)).toEqual(dead);
  });
});

describe('the list', () => {
  it('shows newest first, page by page, of a webhook, and what is unfinished', async () => {
    const [one, two] = [await webhook(), await webhook()];
    await events(2);
    const first = await recover(one);
    const second = await recover(two, { ratePerSecond: 1 });
    const third = await recover(one);
    expect(third.jobId).toBeNull();
    const list = (input: Partial<Parameters<typeof listBulkJobs>[1]> = {}) =>
      listBulkJobs(test.as('viewer', organization), { limit: 10, state: 'all', ...input });
    const idsOf = async (input?: Parameters<typeof list>[0]) => (await list(input)).data.map(({ id }) => id);
    expect(await idsOf()).toEqual([second.jobId, first.jobId]);
    const page = await list({ limit: 1 });
    expect(page.data).toMatchObject([{ id: second.jobId, state: 'running' }]);
    expect(await list({ limit: 1, cursor: page.nextCursor ?? '' })).toMatchObject({
      data: [{ id: first.jobId }],
      nextCursor: null,
    });
    expect(await idsOf({ webhookId: one })).toEqual([first.jobId]);
    expect(await idsOf({ state: 'unfinished' })).toEqual([second.jobId]);
    await updateBulkJob(admin(), { id: second.jobId ?? '', state: 'paused' });
    expect(await idsOf({ state: 'unfinished' })).toEqual([second.jobId]);
    expect((await listBulkJobs(admin(other), { limit: 10, state: 'all' })).data).toEqual([]);
  });
});

it('reads by index only, in the order of the events, whatever the history holds', async () => {
  const id = await webhook();
  const got = await events(20_000);
  await attempts(
    id,
    got.map((eventId, n) => ({ eventId, state: n % 4 === 0 ? 'failed' : 'success' })),
  );
  await pool.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, due_at)
     SELECT gen_random_uuid(), $1, $2, e, 'recover', 'infinity' FROM unnest($3::uuid[]) e`,
    [organization.id, id, got],
  );
  await pool.query('ANALYZE events, attempts, delivery_queue, dead_letters');
  const range = eventRange(got[10_000]!, got[10_500]!);
  const values = [id, range.after, range.last, range.firstDelivery, range.lastDelivery];
  const statements: [string, string, unknown[], RegExp][] = [
    [
      'events',
      eventWindow,
      [got[10_000], got[19_999]],
      /Index Only Scan using events_default_organization_id_id_idx/,
    ],
    ['missing', `${missing} ORDER BY e.id LIMIT 501`, [...values, ['*']], /delivery_queue_replays/],
    ['failures', failureWindow, values, /Index (Only )?Scan.*attempts_default_webhook_id_delivery_id/],
    ['replays', replayWindow, values.slice(0, 3), /attempts_default_webhook_id_event_id/],
    ['failed', `${failed} LIMIT 501`, [...values, got[0], new Date()], /delivery_queue_replays/],
  ];
  await tenantTransaction(pool, organization.id, async (tx) => {
    for (const [name, sql, parameters, index] of statements) {
      const plan = await readRanges<{ 'QUERY PLAN': string }>(
        tx,
        `EXPLAIN (ANALYZE, TIMING OFF) ${sql}`,
        parameters,
      );
      const text = plan.map((line) => line['QUERY PLAN']).join('\n');
      expect([name, text]).toEqual([name, expect.stringMatching(index)]);
      // What lies outside of the range is not read and thrown away.
      const removed = [...text.matchAll(/Rows Removed by Filter: (\d+)/g)].map((match) => Number(match[1]));
      expect([name, text, Math.max(0, ...removed) < 1_000]).toEqual([name, text, true]);
      expect([name, /Seq Scan on (events|attempts|delivery_queue)/.test(text), text]).toEqual([
        name,
        false,
        text,
      ]);
    }
  });
});

it('refuses everybody whom the permissions exclude, and hides what belongs to others', async () => {
  const id = await webhook();
  await events(600);
  const { jobId } = await recover(id);
  const jobOf = jobId ?? '';
  await expectRefusals(test, organization, listOperation, (ctx) =>
    listBulkJobs(ctx, { limit: 5, state: 'all' }),
  );
  await expectRefusals(test, organization, getOperation, (ctx) => getBulkJob(ctx, { id: jobOf }));
  await expectRefusals(test, organization, updateOperation, (ctx) =>
    updateBulkJob(ctx, { id: jobOf, state: 'cancelled' }),
  );
  await expectRefusals(test, organization, recoverOperation, (ctx) =>
    recoverWebhook(ctx, { id, since, dryRun: false }),
  );
  await expectRefusals(test, organization, retryAllOperation, (ctx) => retryAllDlq(ctx, { dryRun: false }));
  const foreign = [
    () => getBulkJob(admin(other), { id: jobOf }),
    () => updateBulkJob(admin(other), { id: jobOf, state: 'cancelled' }),
    () => recoverWebhook(admin(other), { id, since, dryRun: false }),
    () => replayFailedDeliveries(admin(other), { webhookId: id, dryRun: false }),
  ];
  for (const call of foreign) expect((await refusalOf(call())).code).toBe('not_found');
  expect(await retryAllDlq(admin(other), { webhookId: id, dryRun: false })).toEqual({
    count: 0,
    jobId: null,
  });
  expect(await job(jobId)).toMatchObject({ state: 'running', queued: 500 });
});
