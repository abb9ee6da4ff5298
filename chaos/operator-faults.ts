import type { Endpoint } from './endpoint.ts';
import { until, wait } from './fault.ts';
import type { Fault } from './fault.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** What an operator does with a webhook while everything else goes on. */
async function withWebhook(
  world: World,
  endpoint: Endpoint,
  work: (change: (body: object) => Promise<unknown>) => Promise<string>,
  others: readonly string[] = [],
): Promise<string> {
  const index = world.endpoints.indexOf(endpoint);
  return world.alone([`endpoint${index}`, ...others], async () => {
    const done = await work((body) => world.api('PATCH', `/webhooks/${endpoint.webhookId}`, body));
    return `endpoint ${index} ${done}`;
  });
}

const anyEndpoint = (world: World, random: Random) => random.pick(world.endpoints);

/** Starts an act on many deliveries and waits for its job to end; gives how many it was about. */
async function bulk(world: World, path: string, body: object): Promise<number> {
  const started = await world.api('POST', path, body);
  const jobId = started['jobId'];
  if (typeof jobId === 'string') {
    await until('the bulk job is over', 90_000, async () => {
      const { state } = await world.api('GET', `/bulk-jobs/${jobId}`);
      if (state === 'failed') throw new Error('the bulk job failed');
      return state === 'completed';
    });
  }
  return Number(started['count']);
}

/** Longer ago than a run takes, and than a clock jumps. */
const longAgo = () => new Date(Date.now() - 2 * 3_600_000).toISOString();

/** Brings what a webhook missed while it was off and nobody caught up with. */
async function recover(world: World, endpoint: Endpoint): Promise<number> {
  return bulk(world, `/webhooks/${endpoint.webhookId}/recover`, { since: longAgo() });
}

/** Waits until everything is queued that was held while a webhook was off. */
const caughtUp = (world: World, { webhookId }: Endpoint) =>
  until('what was held is queued', 120_000, async () => {
    const { catchUp } = await world.api('GET', `/webhooks/${webhookId}`);
    return catchUp === null;
  });

/** Retries dead letters until none is left; gives how many were retried. */
async function retryAll(world: World, endpoint: Endpoint): Promise<number> {
  let retried = 0;
  await until('no dead letter is left', 90_000, async () => {
    retried += await bulk(world, '/dead-letters/retry', { webhookId: endpoint.webhookId });
    await wait(1_000);
    return (await deadLetters(world, endpoint)) === 0;
  });
  return retried;
}

const isOff = async (world: World, { webhookId }: Endpoint) =>
  (await world.api('GET', `/webhooks/${webhookId}`))['status'] === 'disabled';

/**
 * Switches on what is off and brings what it missed: a 410 that is recorded late switches a webhook off after its operator has
 * put everything right. Says whether there was one.
 */
export async function switchOnAgain(world: World): Promise<boolean> {
  let any = false;
  for (const endpoint of world.endpoints) {
    if (!(await isOff(world, endpoint))) continue;
    any = true;
    await world.api('PATCH', `/webhooks/${endpoint.webhookId}`, { status: 'active' });
    await recover(world, endpoint);
  }
  return any;
}

async function deadLetters(world: World, endpoint: Endpoint): Promise<number> {
  const [row] = await world.query<{ count: string }>(
    'SELECT count(*) FROM dead_letters WHERE webhook_id = $1 AND NOT retrying',
    [endpoint.webhookId],
  );
  return Number(row?.count);
}

export const operatorFaults: readonly Fault[] = [
  {
    name: 'paused',
    run: (world, random) =>
      withWebhook(world, anyEndpoint(world, random), async (change) => {
        await change({ status: 'paused' });
        try {
          await wait(random.between(500, 4000));
        } finally {
          await change({ status: 'active' });
        }
        return 'paused and resumed';
      }),
  },
  {
    // What comes for it meanwhile is held without a row.
    name: 'off-and-on',
    run: (world, random) => {
      // Not one that keeps an order: among what was held it is that of the clocks, and clocks are tampered with here.
      const endpoint = world.endpoints[0]!;
      return withWebhook(world, endpoint, async (change) => {
        await change({ status: 'disabled' });
        let held: unknown;
        try {
          await wait(random.between(500, 3000));
          ({ held } = await world.api('GET', `/webhooks/${endpoint.webhookId}`));
        } finally {
          await change({ status: 'active' });
        }
        await caughtUp(world, endpoint);
        return `held ${String(held)} deliveries, and caught up`;
      });
    },
  },
  {
    // What was held is left out: only the recovery brings it.
    name: 'off-and-recovered',
    run: (world, random) => {
      // Not one that keeps an order: what is recovered comes after what was sent meanwhile.
      const endpoint = world.endpoints[0]!;
      return withWebhook(world, endpoint, async (change) => {
        await change({ status: 'disabled' });
        try {
          await wait(random.between(500, 3000));
        } finally {
          await change({ status: 'active', held: 'skip' });
        }
        return `recovered ${await recover(world, endpoint)} deliveries`;
      });
    },
  },
  {
    // A recovery at a low rate is paused, a process that may work on it killed, resumed, and given up in the middle; another
    // one brings the rest.
    name: 'job-interrupted',
    run: (world, random) => {
      const endpoint = world.endpoints[0]!;
      const node = random.pick(world.nodes);
      const interrupted = async (change: (body: object) => Promise<unknown>) => {
        await change({ status: 'disabled' });
        try {
          await wait(random.between(1000, 3000));
        } finally {
          await change({ status: 'active', held: 'skip' });
        }
        const path = `/webhooks/${endpoint.webhookId}/recover`;
        const { jobId } = await world.api('POST', path, { since: longAgo(), ratePerSecond: 10 });
        if (typeof jobId !== 'string') throw new Error('there was nothing to recover');
        const turn = (state: string) => world.api('PATCH', `/bulk-jobs/${jobId}`, { state });
        await turn('paused');
        await node.end('SIGKILL');
        await world.startAgain(node);
        await turn('running');
        await node.end('SIGKILL');
        await world.startAgain(node);
        await turn('cancelled');
        const { queued, total } = await world.api('GET', `/bulk-jobs/${jobId}`);
        return `given up after ${String(queued)} of ${String(total)}; recovered ${await recover(world, endpoint)} deliveries`;
      };
      return withWebhook(world, endpoint, interrupted, [node.label]);
    },
  },
  {
    name: 'endpoint-gone',
    run: (world) => {
      const endpoint = world.endpoints[0]!;
      return withWebhook(world, endpoint, async (change) => {
        endpoint.mode = 'gone';
        try {
          await until('its 410 switches the webhook off', 60_000, () => isOff(world, endpoint));
        } finally {
          endpoint.heal();
        }
        let recovered = 0;
        // A 410 that is recorded late switches it off once more.
        await until('the webhook stays on', 120_000, async () => {
          await change({ status: 'active' });
          recovered += await recover(world, endpoint).catch(() => 0);
          await caughtUp(world, endpoint);
          return !(await isOff(world, endpoint));
        });
        return `answered 410; recovered ${recovered} deliveries, retried ${await retryAll(world, endpoint)}`;
      });
    },
  },
  {
    name: 'dead-letters-retried',
    run: (world, random) => {
      const endpoint = anyEndpoint(world, random);
      return withWebhook(world, endpoint, async (change) => {
        const hasty = { retryStrategy: 'fixed', maxRetries: 1, initialDelaySeconds: 1, maxDelaySeconds: 1 };
        await change({ retry: { ...hasty, enableJitter: true } });
        endpoint.mode = 'error';
        let given = 0;
        try {
          await until('something is given up', 60_000, async () => {
            given = await deadLetters(world, endpoint);
            return given > 0;
          });
        } finally {
          endpoint.heal();
          await change({ retry: null });
        }
        return `${given} or more dead letters, ${await retryAll(world, endpoint)} retried`;
      });
    },
  },
  {
    name: 'limits-changed',
    run: (world, random) =>
      withWebhook(world, anyEndpoint(world, random), async (change) => {
        await change({ flow: { ratePerSecond: 20, maxConcurrency: 2, catchUpPerSecond: 50 } });
        try {
          await wait(random.between(500, 3000));
        } finally {
          await change({ flow: { ratePerSecond: null, maxConcurrency: null, catchUpPerSecond: null } });
        }
        return 'slowed down and let go';
      }),
  },
];
