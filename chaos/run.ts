import { parseArgs } from 'node:util';
import { check } from './checker.ts';
import type { Verdict } from './checker.ts';
import { faults } from './faults.ts';
import { Random } from './random.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '150' },
  },
});
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
const loadMs = Number(values.seconds) * 1000;
const perSecond = Number(values.rate);
const endpointCount = 3;
const drainMs = 90_000;

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

/** Sends events for a while, each with its own id, to whichever server answers; notes which were acknowledged. */
async function load(world: World, seed: number, sent: Set<string>, acked: Set<string>): Promise<void> {
  const started = performance.now();
  const running: Promise<void>[] = [];
  for (let index = 0; performance.now() - started < loadMs; index += 1) {
    const id = `chaos-${seed}-${index}`;
    sent.add(id);
    running.push(
      send(world, index, id).then((ok) => {
        if (ok) acked.add(id);
      }),
    );
    const due = ((index + 1) / perSecond) * 1000;
    await wait(Math.max(0, due - (performance.now() - started)));
  }
  await Promise.all(running);
}

async function send(world: World, index: number, id: string): Promise<boolean> {
  const servers = world.nodes.filter(({ address }) => address !== null);
  const address = servers[index % servers.length]?.address;
  if (!address) return false;
  try {
    const response = await fetch(`${address}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'chaos.happened', id, data: { index } }),
      signal: AbortSignal.timeout(15_000),
    });
    await response.text();
    return response.status === 202;
  } catch {
    return false;
  }
}

async function oneRun(seed: number): Promise<{ verdict: Verdict; schedule: string[] }> {
  const random = new Random(seed);
  const world = new World();
  const sent = new Set<string>();
  const acked = new Set<string>();
  const schedule: string[] = [];
  try {
    await world.start(endpointCount);
    const loading = load(world, seed, sent, acked);
    const tormenting: Promise<void>[] = [];
    const end = performance.now() + loadMs;
    while (performance.now() < end) {
      await wait(random.between(300, 1800));
      const fault = random.pick(faults);
      schedule.push(fault.name);
      tormenting.push(
        fault.run(world, random).catch((error: unknown) => {
          schedule.push(`(${fault.name} could not be done: ${String(error)})`);
        }),
      );
    }
    await Promise.all([...tormenting, loading]);
    await world.heal();
    const limit = performance.now() + drainMs;
    for (;;) {
      const [row] = await world.query<{ count: string }>('SELECT count(*) FROM delivery_queue');
      if (Number(row?.count) === 0 || performance.now() > limit) break;
      await wait(250);
    }
    return { verdict: await check(world, sent, acked), schedule };
  } finally {
    await world.stop();
  }
}

const total = {
  runs,
  acked: 0,
  lost: 0,
  unexpected: 0,
  duplicates: 0,
  recovered: 0,
  deadLetters: 0,
  scheduled: 0,
};
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const { verdict, schedule } = await oneRun(seed);
  process.stdout.write(
    `seed ${seed}: acked ${verdict.acked}, lost ${verdict.lost.length}, unexpected ${verdict.unexpected.length}, ` +
      `duplicates ${verdict.duplicates}, recovered ${verdict.recovered}, dead letters ${verdict.deadLetters}, ` +
      `still scheduled ${verdict.scheduled}\n  ${schedule.join(' · ')}\n`,
  );
  for (const place of [...verdict.lost, ...verdict.unexpected].slice(0, 5))
    process.stdout.write(`  ! ${place}\n`);
  total.acked += verdict.acked;
  total.lost += verdict.lost.length;
  total.unexpected += verdict.unexpected.length;
  total.duplicates += verdict.duplicates;
  total.recovered += verdict.recovered;
  total.deadLetters += verdict.deadLetters;
  total.scheduled += verdict.scheduled;
}
process.stdout.write(`${JSON.stringify(total)}\n`);
// Whatever a broken process left open must not keep the command.
process.exit(total.lost === 0 && total.unexpected === 0 ? 0 : 1);
