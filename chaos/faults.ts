import { endpointModes } from './endpoint.ts';
import type { Random } from './random.ts';
import { leaseSeconds } from './world.ts';
import type { World } from './world.ts';

/** Breaks something, and puts it right after a while unless it heals by itself. */
export interface Fault {
  name: string;
  run(world: World, random: Random): Promise<void>;
}

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

const startAgain = async (world: World, index: number) => {
  const node = world.nodes[index];
  // The database may be away just then: the supervisor of a real installation tries again, too.
  if (!node || node.running) return;
  for (let turn = 0; turn < 20; turn += 1) {
    if (await node.start()) return;
    await wait(500);
  }
};

const anyNode = (world: World, random: Random) => Math.floor(random.next() * world.nodes.length);

export const faults: readonly Fault[] = [
  {
    name: 'kill -9 of a process',
    async run(world, random) {
      const index = anyNode(world, random);
      await world.nodes[index]?.end('SIGKILL');
      await wait(random.between(100, 1500));
      await startAgain(world, index);
    },
  },
  {
    name: 'SIGTERM and restart',
    async run(world, random) {
      const index = anyNode(world, random);
      await world.nodes[index]?.end('SIGTERM');
      await startAgain(world, index);
    },
  },
  {
    name: 'SIGSTOP past the lease',
    async run(world, random) {
      const node = world.nodes[anyNode(world, random)];
      node?.pause();
      await wait(leaseSeconds * 1000 + random.between(500, 2500));
      node?.resume();
    },
  },
  {
    name: 'PostgreSQL fast restart',
    run: (world) => world.restartPostgres('fast'),
  },
  {
    name: 'PostgreSQL immediate restart',
    run: (world) => world.restartPostgres('immediate'),
  },
  {
    name: 'back ends terminated',
    async run(world) {
      await world
        .query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'trunkline%'`,
        )
        .catch(() => undefined);
    },
  },
  {
    name: 'database connection stalls',
    async run(world, random) {
      world.proxy.stall();
      await wait(random.between(500, 4000));
      world.proxy.resume();
    },
  },
  {
    name: 'database connections reset',
    async run(world) {
      world.proxy.reset();
    },
  },
  ...endpointModes
    .filter((mode) => mode !== 'ok')
    .map((mode): Fault => ({
      name: `endpoint ${mode}`,
      async run(world, random) {
        const endpoint = random.pick(world.endpoints);
        endpoint.mode = mode;
        await wait(random.between(500, 3000));
        endpoint.heal();
      },
    })),
];
