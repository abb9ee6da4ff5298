import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { answer, createDeliveryTest } from '../../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../../testing/delivery-app.ts';
import { eventually } from '../../testing/eventually.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { BulkJobs } from '../../workers/bulk-jobs.ts';
import { sendEvents } from '../events/send-events.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';
import { getBulkJob } from './get-bulk-job.ts';
import { recoverWebhook } from './recover-webhook.ts';
import { retryAllDlq } from './retry-all-dlq.ts';

let test: DeliveryTest;
let node: Node;
let organization: TestOrganization;
let worker: BulkJobs;

beforeAll(async () => {
  test = await createDeliveryTest();
  node = await test.startNode({ quiet: true });
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
  worker = new BulkJobs(node.app);
  worker.start();
});
afterEach(() => worker.stop());

const admin = () => test.as('system_admin', organization);
const arrived = () => test.receiver.requests.map(({ headers }) => headers['webhook-id'] ?? '');

/** Events in batches of a hundred, one millisecond each; every third one is of a second subject. */
async function post(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `evt-${n}`);
  for (let start = 0; start < count; start += 100) {
    test.time.advance(1);
    await sendEvents(
      test.apiKey(organization),
      ids.slice(start, start + 100).map((id, n) => ({
        id,
        type: 'job.created',
        subject: (start + n) % 3 === 0 ? 'job/3' : 'job/1',
        data: {},
      })),
    );
  }
  return ids;
}

async function ended(jobId: string | null) {
  return eventually(async () => {
    const job = await getBulkJob(admin(), { id: jobId ?? '' });
    expect(job.state).toBe('completed');
    return job;
  });
}

it('what a large recovery queues arrives, each event once', async () => {
  const since = new Date(test.time.now).toISOString();
  const { id } = await test.webhook(organization, { status: 'inactive' });
  const ids = await post(1_200);
  await updateWebhook(admin(), { id, status: 'active', held: 'skip' });
  const { count, jobId } = await recoverWebhook(admin(), { id, since, dryRun: false });
  expect(count).toBe(1_200);
  expect(await ended(jobId)).toMatchObject({ queued: 1_200 });
  await test.drained(organization);
  expect(arrived().toSorted()).toEqual(ids.toSorted());
});

it('a recovery of a webhook with an order arrives in it', async () => {
  const since = new Date(test.time.now).toISOString();
  const { id } = await test.webhook(organization, { status: 'inactive' });
  const ids = await post(600);
  await updateWebhook(admin(), { id, status: 'active', held: 'skip', flow: { ordering: 'park' } });
  const { jobId } = await recoverWebhook(admin(), { id, since, dryRun: false });
  expect(await ended(jobId)).toMatchObject({ queued: 600 });
  await test.drained(organization);
  const line = (of: readonly string[], third: boolean) =>
    of.filter((one) => (Number(one.slice(4)) % 3 === 0) === third);
  for (const third of [true, false]) expect(line(arrived(), third)).toEqual(line(ids, third));
});

it('dead letters that are retried arrive and leave the list', async () => {
  const { id } = await test.webhook(organization, { retry: { maxRetries: 1 } });
  test.receiver.respond = answer(400);
  const ids = await post(600);
  await eventually(async () => expect(await test.statuses(id)).toMatchObject({ retrying: 600 }));
  await test.makeDue();
  await eventually(async () => expect(await test.statuses(id)).toMatchObject({ dlq: 600 }));
  test.receiver.requests.length = 0;
  test.receiver.respond = answer(200);
  const { count, jobId } = await retryAllDlq(admin(), { dryRun: false });
  expect(count).toBe(600);
  await ended(jobId);
  await test.drained(organization);
  expect(arrived().toSorted()).toEqual(ids.toSorted());
  const { rows } = await test.database.pool.query('SELECT FROM dead_letters WHERE webhook_id = $1', [id]);
  expect(rows).toEqual([]);
});
