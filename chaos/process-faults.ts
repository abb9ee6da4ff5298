import { until, wait } from './fault.ts';
import type { Fault } from './fault.ts';
import type { NodeProcess } from './node-process.ts';
import type { Random } from './random.ts';
import { leaseSeconds } from './world.ts';
import type { World } from './world.ts';

const serversOf = (world: World) => world.nodes.filter(({ command }) => command === 'serve');

/** Somebody else's fault may just have taken a node down: its supervisor comes first. */
async function onNode(
  world: World,
  node: NodeProcess,
  others: readonly string[],
  work: () => Promise<string>,
): Promise<string> {
  return world.alone([node.label, ...others], async () => {
    await world.startAgain(node);
    return work();
  });
}

async function killAndRestart(world: World, node: NodeProcess, random: Random): Promise<void> {
  await node.end('SIGKILL');
  await wait(random.between(100, 1500));
  await world.startAgain(node);
}

/**
 * Gives every process something to send while `work` runs: half of what arrives from the others is refused, and
 * anybody may take a retry. `seen` hears of every request of `node`, with its timestamp, before it is answered.
 */
async function withRetries<T>(
  world: World,
  node: NodeProcess,
  seen: (timestamp: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let turn = 0;
  for (const endpoint of world.endpoints) {
    endpoint.onArrival = (label, timestamp) => {
      if (label === node.label) seen(timestamp);
      else turn += 1;
      return label !== node.label && turn % 2 === 0;
    };
  }
  try {
    return await work();
  } finally {
    for (const endpoint of world.endpoints) endpoint.onArrival = null;
  }
}

const allEndpoints = (world: World) => world.endpoints.map((_endpoint, index) => `endpoint${index}`);

export const processFaults: readonly Fault[] = [
  {
    name: 'kill',
    async run(world, random) {
      const node = random.pick(world.nodes);
      return onNode(world, node, [], async () => {
        await killAndRestart(world, node, random);
        return `kill -9 of ${node.command}`;
      });
    },
  },
  {
    name: 'kill-after-ack',
    async run(world, random) {
      const node = random.pick(serversOf(world));
      return onNode(world, node, ['database'], async () => {
        let dying: Promise<void> | undefined;
        await world.traffic.atNextAck(node.label, 60_000, () => {
          dying = node.end('SIGKILL');
        });
        await dying;
        await killAndRestart(world, node, random);
        return 'killed on the 202';
      });
    },
  },
  {
    name: 'kill-mid-flight',
    async run(world, random) {
      const node = random.pick(world.nodes);
      return onNode(world, node, ['database', ...allEndpoints(world)], async () => {
        let dying: Promise<void> | undefined;
        const kill = () => {
          dying ??= node.end('SIGKILL');
        };
        await withRetries(world, node, kill, () =>
          until(`${node.label} sends something`, 60_000, () => dying !== undefined),
        );
        await dying;
        await killAndRestart(world, node, random);
        return `${node.command} killed while the endpoint answered`;
      });
    },
  },
  {
    name: 'kill-before-commit',
    async run(world, random) {
      const node = random.pick(serversOf(world));
      return onNode(world, node, ['database'], () =>
        world.connected(async (client) => {
          await client.query(`SET statement_timeout = '60s'`);
          await client.query('BEGIN');
          await client.query('LOCK TABLE delivery_queue IN EXCLUSIVE MODE');
          let waiting = 0;
          await until('statements wait before their commit', 60_000, async () => {
            const { rows } = await client.query<{ count: string }>(
              `SELECT count(*) FROM pg_stat_activity
               WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO event_keys%'`,
            );
            waiting = Number(rows[0]?.count);
            // Two lanes of each server.
            return waiting >= 3;
          });
          await node.end('SIGKILL');
          await client.query('ROLLBACK');
          await killAndRestart(world, node, random);
          return `${waiting} ingests waited`;
        }),
      );
    },
  },
  {
    name: 'stop-past-lease',
    async run(world, random) {
      const node = random.pick(serversOf(world));
      const index = random.below(world.endpoints.length);
      const endpoint = world.endpoints[index]!;
      return onNode(world, node, ['database', `endpoint${index}`], async () => {
        await node.readMetrics();
        const before = node.staleWrites;
        endpoint.holdFrom = node.label;
        let held = 0;
        try {
          await until(`${node.label} has something in flight`, 60_000, () => endpoint.held > 0);
          node.pause();
          await wait(leaseSeconds * 1000 + random.between(1000, 2500));
          endpoint.holdFrom = null;
          held = endpoint.answerHeld();
        } finally {
          endpoint.holdFrom = null;
          endpoint.answerHeld();
          node.resume();
        }
        await until('a stale write is refused', 60_000, async () => {
          await node.readMetrics();
          return node.staleWrites > before;
        });
        return `${held} in flight, ${node.staleWrites - before} stale writes refused`;
      });
    },
  },
  {
    // A process that sleeps less than its lease is one whose event loop was blocked.
    name: 'freeze',
    async run(world, random) {
      const node = random.pick(world.nodes);
      return onNode(world, node, [], async () => {
        const ms = random.between(500, 1800);
        node.pause();
        await wait(ms);
        node.resume();
        return `${node.command} blocked for ${Math.round(ms)} ms`;
      });
    },
  },
  {
    name: 'restart',
    async run(world, random) {
      const node = random.pick(world.nodes);
      return onNode(world, node, [], async () => {
        await node.end('SIGTERM');
        await world.startAgain(node);
        return `SIGTERM of ${node.command}`;
      });
    },
  },
  {
    name: 'rolling-restart',
    async run(world) {
      return world.alone(
        world.nodes.map(({ label }) => label),
        async () => {
          for (const node of world.nodes) {
            await world.startAgain(node);
            await node.end('SIGTERM');
            await world.startAgain(node);
          }
          return `${world.nodes.length} processes, one after the other`;
        },
      );
    },
  },
  ...[3600, -3600].map((seconds): Fault => ({
    name: seconds > 0 ? 'clock-forward' : 'clock-back',
    needs: 'faked clock',
    async run(world, random) {
      const index = random.below(world.nodes.length);
      const node = world.nodes[index]!;
      return onNode(world, node, ['database', ...allEndpoints(world)], async () => {
        const clock = world.clocks[index];
        if (!clock) throw new Error('the clock cannot be faked here');
        let skew = 0;
        const look = (timestamp: number) => {
          skew = timestamp - Date.now() / 1000;
        };
        try {
          await withRetries(world, node, look, async () => {
            clock.jump(seconds);
            const jumped = () => Math.abs(skew - seconds) < 60;
            await until(`${node.label} signs with the other time`, 60_000, jumped);
            await wait(random.between(500, leaseSeconds * 1000));
          });
        } finally {
          clock.jump(0);
        }
        return `${node.command} signed ${Math.round(skew)} s off`;
      });
    },
  })),
];
