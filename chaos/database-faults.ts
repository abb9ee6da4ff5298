import pg from 'pg';
import { until, wait } from './fault.ts';
import type { Fault } from './fault.ts';
import { leaseSeconds } from './world.ts';
import type { World } from './world.ts';

/** The product's sessions; ours keep the default name. */
const sessions = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'trunkline%'`;

/** Opens connections until PostgreSQL has none left. */
async function takeSlots(world: World, taken: pg.Client[]): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    const client = new pg.Client({ connectionString: world.postgres.url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch {
      return;
    }
  }
}

const onDatabase = (world: World, work: () => Promise<string>) => world.alone(['database'], work);

const reported = (world: World, state: string) => world.sqlStates.get(state) ?? 0;

export const databaseFaults: readonly Fault[] = [
  ...(['fast', 'immediate'] as const).map((mode): Fault => ({
    name: `postgres-${mode}`,
    run: (world) =>
      onDatabase(world, async () => {
        const before = world.postgres.pid;
        await world.restartPostgres(mode);
        if (world.postgres.pid === before) throw new Error('PostgreSQL is still the same process');
        return `${mode} shutdown and restart`;
      }),
  })),
  {
    name: 'postgres-killed',
    run: (world) =>
      onDatabase(world, async () => {
        process.kill(world.postgres.pid, 'SIGKILL');
        const { signal } = await world.postgres.exited;
        if (signal !== 'SIGKILL') throw new Error('PostgreSQL ended otherwise');
        await world.restartPostgres('immediate');
        return 'kill -9 of the postmaster, recovery at the start';
      }),
  },
  {
    name: 'backend-killed',
    run: (world) =>
      onDatabase(world, async () => {
        let pid = 0;
        await until('the product has a session', 60_000, async () => {
          const rows = await world.query<{ pid: number }>(`${sessions} LIMIT 1`);
          pid = rows[0]?.pid ?? 0;
          return pid !== 0;
        });
        process.kill(pid, 'SIGKILL');
        // PostgreSQL ends all other sessions and recovers from its log.
        await until('PostgreSQL has recovered', 30_000, async () => {
          const left = await world
            .query(`SELECT FROM pg_stat_activity WHERE pid = $1`, [pid])
            .catch(() => [1]);
          return left.length === 0;
        });
        return 'kill -9 of one back end, recovery of all';
      }),
  },
  {
    name: 'backends-terminated',
    run: (world) =>
      onDatabase(world, async () => {
        let count = 0;
        await until('there are back ends to terminate', 60_000, async () => {
          const [row] = await world.query<{ count: string }>(
            `SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS count FROM (${sessions}) s`,
          );
          count = Number(row?.count);
          return count > 0;
        });
        return `${count} back ends`;
      }),
  },
  {
    name: 'database-stall',
    run: (world, random) =>
      onDatabase(world, async () => {
        const ms = random.between(500, 4000);
        world.proxy.stall();
        await wait(ms);
        world.proxy.resume();
        return `no byte for ${Math.round(ms)} ms`;
      }),
  },
  {
    name: 'database-reset',
    run: (world) =>
      onDatabase(world, async () => {
        await until('there are connections', 60_000, () => world.proxy.open > 0);
        return `${world.proxy.reset()} connections`;
      }),
  },
  {
    name: 'database-half-open',
    run: (world) =>
      onDatabase(world, async () => {
        await until('there are connections', 60_000, () => world.proxy.open > 0);
        return `${world.proxy.abandon()} connections`;
      }),
  },
  {
    name: 'database-answers-lost',
    run: (world) =>
      onDatabase(world, async () => {
        await until('there are connections', 60_000, () => world.proxy.open > 0);
        return `${world.proxy.loseAnswers()} connections`;
      }),
  },
  {
    name: 'database-locked',
    run: (world, random) =>
      onDatabase(world, () =>
        world.connected(async (client) => {
          await client.query(`SET statement_timeout = '60s'`);
          await client.query('BEGIN');
          await client.query('LOCK TABLE delivery_queue, attempts, event_keys IN ACCESS EXCLUSIVE MODE');
          await wait(random.between(1500, 5000));
          const { rows } = await client.query<{ count: string }>(
            `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
          );
          await client.query('ROLLBACK');
          if (Number(rows[0]?.count) === 0) throw new Error('nobody waited');
          return `${rows[0]?.count} sessions waited`;
        }),
      ),
  },
  {
    // Every slot of PostgreSQL is taken, and the product's own connections break: it finds no way back in.
    name: 'database-slots-taken',
    run: (world, random) =>
      onDatabase(world, async () => {
        const before = reported(world, '53300');
        const taken: pg.Client[] = [];
        // Of the refusals, some are our own: one for each round.
        let rounds = 0;
        const refused = () => reported(world, '53300') - before - rounds;
        try {
          await until('the product is refused', 60_000, async () => {
            rounds += 1;
            await takeSlots(world, taken);
            await taken[0]
              ?.query(`SELECT pg_terminate_backend(pid) FROM (${sessions}) s`)
              .catch(() => undefined);
            await takeSlots(world, taken);
            rounds += 1;
            await wait(500);
            return refused() > 0;
          });
          await wait(random.between(1000, 3000));
        } finally {
          await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
        }
        return `${taken.length} slots taken, ${refused()} connections refused`;
      }),
  },
  {
    // What is scheduled waits meanwhile, and every lease that is taken meanwhile has run out when the clock is right again.
    name: 'database-clock-back',
    needs: 'faked clock',
    run: (world, random) =>
      onDatabase(world, async () => {
        const clock = world.databaseClock;
        if (!clock) throw new Error('the clock cannot be faked here');
        const behind = async (): Promise<number> => {
          const [row] = await world.query<{ at: string }>(
            'SELECT extract(epoch FROM clock_timestamp()) AS at',
          );
          return Date.now() / 1000 - Number(row?.at);
        };
        let most = 0;
        try {
          clock.jump(-3600);
          await until('the database is an hour behind', 30_000, async () => (most = await behind()) > 3000);
          await wait(random.between(500, leaseSeconds * 2000));
        } finally {
          clock.jump(0);
        }
        await until('the database has the right time again', 30_000, async () => (await behind()) < 60);
        return `${Math.round(most)} s behind for a while`;
      }),
  },
  {
    name: 'disk-full',
    needs: 'small disk',
    run: (world, random) =>
      onDatabase(world, async () => {
        const { disk } = world;
        if (!disk) throw new Error('there is no small disk here');
        const errors = reported(world, '53100');
        const refusals = world.traffic.answers.get(503) ?? 0;
        try {
          await disk.fill();
          await until('the disk is full and events are refused', 60_000, () => {
            const refused = (world.traffic.answers.get(503) ?? 0) > refusals;
            return refused && reported(world, '53100') > errors;
          });
          await wait(random.between(500, 3000));
        } finally {
          disk.free();
        }
        const acked = world.traffic.acked.size;
        await until('events are accepted again', 60_000, () => world.traffic.acked.size > acked);
        const refused = (world.traffic.answers.get(503) ?? 0) - refusals;
        return `${reported(world, '53100') - errors} errors 53100, ${refused} answers 503`;
      }),
  },
];
