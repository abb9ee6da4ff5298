import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type pg from 'pg';
import type { Ctx } from '../../ctx.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { advance } from './advance.ts';
import { claimActions } from './claim-actions.ts';
import { runAction } from './run-action.ts';

/* How often an action waits for the database. Every number is a promise: it may become smaller. */

let world: ActionWorld;
let organization: TestOrganization;
let integrationId: string;
let trips = 0;

beforeAll(async () => {
  world = await startActionWorld();
  const counted = new WeakSet<pg.PoolClient>();
  world.app.pool.on('acquire', (client) => {
    if (counted.has(client)) return;
    counted.add(client);
    const ask = client.query.bind(client) as (...args: unknown[]) => never;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        trips += 1;
        return ask(...args);
      },
    });
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  integrationId = await world.connect(organization, 'sendgrid');
});

let count = 0;
const message = () => ({
  capability: 'email.send' as const,
  to: 'jane@example.com',
  subject: `Trip ${(count += 1)}`,
  text: 'Hello',
});

/** The fewest of some: what is written in the background, and the first success after a while, only add to them. */
async function fewest(work: () => Promise<unknown>): Promise<number> {
  const seen: number[] = [];
  for (let run = 0; run < 6; run += 1) {
    const before = trips;
    await work();
    seen.push(trips - before);
  }
  return Math.min(...seen);
}

function keyed(ctx: Ctx, key: string): Ctx {
  ctx.request.headers.set('idempotency-key', key);
  return ctx;
}

it('is three times for an action that succeeds: who does it, that it begins, how it ended', async () => {
  expect(await fewest(() => runAction(world.apiKey(organization), message()))).toBe(3);
  const next = () => keyed(world.apiKey(organization), `key ${(count += 1)}`);
  expect(await fewest(() => runAction(next(), message()))).toBe(3);
});

it('is once more where a limit is counted over all nodes', async () => {
  const limits = { perHour: 1_000, perDay: null, onLimit: 'queue' } as const;
  await updateIntegration(world.as('system_admin', organization), { id: integrationId, limits });
  expect(await fewest(() => runAction(world.apiKey(organization), message()))).toBe(4);
});

it('is twice for an action that nobody waits for, until a worker does it', async () => {
  const ctx = world.apiKey(organization);
  ctx.request.headers.set('prefer', 'respond-async');
  expect(await fewest(() => runAction(ctx, message()))).toBe(2);
  const work = async () => {
    const [held] = await claimActions(world.app, 1);
    await advance(world.app, held!, world.app.dialer.clock() + 30_000);
  };
  expect(await fewest(work)).toBe(8);
  expect(world.sandbox.sent('sendgrid').length).toBeGreaterThan(18);
});
