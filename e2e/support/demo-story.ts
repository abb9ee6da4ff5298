import { expect } from '@playwright/test';
import type { APIRequestContext } from '@playwright/test';
import type { BulkJob } from '@trunkline/contract/bulk-jobs';
import type { EventInput } from '@trunkline/contract/events';
import type { RetryPolicy } from '@trunkline/contract/retry';
import type { Webhook, WebhookFlow } from '@trunkline/contract/webhooks';

/** Webhooks that the story adds to the demo, by what they show. */
export const storyNames = {
  paused: 'Data warehouse',
  down: 'Identity provider',
  recovering: 'Compliance archive',
  recovered: 'Partner job board',
  off: 'Old intranet',
};

/** Retries so often that an endpoint that is down shows it within a few seconds. */
const everySecond: RetryPolicy = {
  retryStrategy: 'fixed',
  maxRetries: 10,
  initialDelaySeconds: 1,
  maxDelaySeconds: 1,
  enableJitter: false,
};

/** As many as one request takes, less a few. */
const missed = 960;
/** For each of the two that get nothing; a circuit opens after failures of ten deliveries. */
const held = 12;
const patienceMs = 60_000;

interface StoryWebhook {
  name: string;
  url: string;
  events: string[];
  description?: string;
  retry?: RetryPolicy;
  flow?: Partial<WebhookFlow>;
}

/**
 * Brings the demo into states that it does not come into by itself: a paused webhook with deliveries held, one that is off, an
 * open circuit, a recovery that is done and one that is under way, and a portal that somebody has used. A demo that has them already is left as it is.
 *
 * @param request signed in as an administrator
 */
export async function tellStory(request: APIRequestContext): Promise<void> {
  async function ask<Result>(procedure: string, input: unknown = {}): Promise<Result> {
    const address = `/api/trpc/integrations.${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
    return dataOf<Result>(await request.get(address));
  }
  async function act<Result>(procedure: string, data: unknown, router = 'integrations'): Promise<Result> {
    return dataOf<Result>(await request.post(`/api/trpc/${router}.${procedure}`, { data }));
  }
  const create = (webhook: StoryWebhook) => act<Webhook>('createWebhook', webhook);
  const send = (events: EventInput[]) => act('sendEvents', events);

  const there = (await ask<{ data: Webhook[] }>('listWebhooks')).data;
  if (there.some(({ name }) => name === storyNames.paused)) return;
  const base = new URL(there[0]?.url ?? '').origin;
  const since = new Date(Date.now() - 3_600_000).toISOString();

  // Nobody subscribes to these yet: two webhooks that come later recover them.
  await send(Array.from({ length: missed }, (_, index) => jobClosed(index)));

  const down = await create({
    name: storyNames.down,
    url: `${base}/fail`,
    events: ['user.*'],
    description: 'Opens and closes accounts; its server is down.',
    retry: everySecond,
  });
  const recovered = await create({
    name: storyNames.recovered,
    url: `${base}/ok`,
    events: ['job.closed'],
    description: 'Takes closed jobs off the partners’ pages.',
  });
  const done = await act<{ jobId: string }>('recoverWebhook', { id: recovered.id, since });

  const recovering = await create({
    name: storyNames.recovering,
    url: `${base}/ok`,
    events: ['job.closed'],
    description: 'Keeps every closed job for seven years.',
  });
  const running = await act<{ jobId: string }>('recoverWebhook', {
    id: recovering.id,
    since,
    ratePerSecond: 100,
  });

  const paused = await create({
    name: storyNames.paused,
    url: `${base}/ok`,
    events: ['job.created', 'job.updated', 'submission.updated'],
    description: 'Loads changes every few seconds, one job after the other.',
    flow: { maxConcurrency: 4, ratePerSecond: 20, catchUpPerSecond: 10, ordering: 'park' },
  });
  await act('updateWebhook', { id: paused.id, status: 'paused' });
  const off = await create({
    name: storyNames.off,
    url: `${base}/ok`,
    events: ['job.updated'],
    description: 'Moves to another server this week.',
    flow: { catchUpPerSecond: 5 },
  });
  await act('updateWebhook', { id: off.id, status: 'disabled' });
  await send(Array.from({ length: held }, (_, index) => [jobUpdated(index), userCreated(index)]).flat());

  await act('updatePortalSettings', { origins: ['https://app.intime.example'] }, 'portal');
  for (const subject of ['lakeside-hospital/jane', 'contoso/tom'])
    await act('createPortalToken', { parts: ['webhooks'], role: 'utility_admin', subject }, 'portal');

  const job = (id: string) => ask<BulkJob>('getBulkJob', { id });
  const patience = { timeout: patienceMs };
  await expect.poll(async () => (await job(done.jobId)).state, patience).toBe('completed');
  await expect.poll(async () => (await job(running.jobId)).queued, patience).toBeGreaterThan(missed * 0.4);
  // From here on it outlasts all pictures.
  await act('updateBulkJob', { id: running.jobId, ratePerSecond: 1 });
  await expect
    .poll(async () => (await ask<Webhook>('getWebhook', { id: down.id })).circuit, patience)
    .not.toBeNull();
}

async function dataOf<Result>(response: { ok(): boolean; text(): Promise<string> }): Promise<Result> {
  const text = await response.text();
  if (!response.ok()) throw new Error(text);
  return (JSON.parse(text) as { result: { data: Result } }).result.data;
}

const titles = ['Senior Java Developer', 'Registered Nurse, ICU', 'Forklift Operator', 'Payroll Specialist'];
const clients = ['Northwind Bank', 'Lakeside Hospital', 'Contoso Logistics'];

function jobAt(index: number): { id: string; title: string; client: string } {
  return {
    id: `JOB-2026-${1200 + index}`,
    title: titles[index % titles.length] ?? '',
    client: clients[index % clients.length] ?? '',
  };
}

function jobClosed(index: number): EventInput {
  return { type: 'job.closed', data: { ...jobAt(index), status: 'closed', reason: 'filled', placements: 1 } };
}

/** Four jobs, each changed three times. */
function jobUpdated(index: number): EventInput {
  const job = jobAt(index % 4);
  return {
    type: 'job.updated',
    subject: `job/${job.id}`,
    data: { ...job, status: 'open', openings: 1 + Math.floor(index / 4), changedFields: ['openings'] },
  };
}

function userCreated(index: number): EventInput {
  const id = `USR-${131 + index}`;
  return { type: 'user.created', subject: `user/${id}`, data: { id, role: 'recruiter', team: 'Technology' } };
}
