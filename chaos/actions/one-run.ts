import { capabilities } from '@trunkline/contract/capabilities';
import { wait } from '../fault.ts';
import { ActionLoad } from './load.ts';
import type { Asked } from './load.ts';
import { lanes, leavesNothing, makeActionPlan } from './plan.ts';
import { receivedBy } from './received.ts';
import { ActionWorld } from './world.ts';

/** What became of the actions of one lane. */
export interface LaneVerdict {
  lane: string;
  accepted: number;
  succeeded: number;
  failed: number;
  /** It may have arrived, and was sent nowhere else. */
  inDoubt: number;
  /** Said to be done, and no provider knows it; or accepted and not there any more. */
  lost: string[];
  /** Said to be certainly not done, and it was. */
  denied: string[];
  /** Received more than once, by one provider or by two. */
  duplicated: string[];
  /** Received before its time. */
  early: string[];
}

export interface ActionRunResult {
  seed: number;
  faults: number;
  kills: number;
  verdicts: LaneVerdict[];
  wrongAnswers: string[];
  seconds: number;
}

export interface ActionRunOptions {
  seed: number;
  /** Of load and faults. */
  seconds: number;
  /** Actions a second, over all lanes. */
  rate: number;
  nodes?: number;
}

const drainMs = 180_000;

/** One schedule of faults under load; then everything is healed, drained and counted by what the providers received. */
export async function runActionsOnce({
  seed,
  seconds,
  rate,
  nodes = 2,
}: ActionRunOptions): Promise<ActionRunResult> {
  const started = performance.now();
  const world = new ActionWorld();
  try {
    await world.start(seed, nodes);
    const plan = makeActionPlan(seed, seconds, nodes);
    const load = new ActionLoad(world, seed);
    const loading = load.run(rate, seconds);
    await Promise.all(
      plan.map(async ({ atMs, fault }) => {
        await wait(atMs);
        if (fault.kind === 'kill') return world.kill(fault.node);
        await world.become(fault.slug, fault.condition);
        await wait(fault.forMs);
        if (world.condition(fault.slug) === fault.condition) await world.become(fault.slug, 'healthy');
      }),
    );
    await loading;
    await world.heal();
    await load.settled();
    await world.drain(drainMs);
    return {
      seed,
      faults: plan.length,
      kills: plan.filter(({ fault }) => fault.kind === 'kill').length,
      verdicts: await judge(world, load),
      wrongAnswers: load.wrongAnswers,
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    await world.stop();
  }
}

async function judge(world: ActionWorld, load: ActionLoad): Promise<LaneVerdict[]> {
  const { rows } = await world.pool.query<{ key: string; state: string }>(
    'SELECT idempotency_key AS key, state FROM actions',
  );
  const states = new Map(rows.map(({ key, state }) => [key, state]));
  const received = receivedBy(world.sandbox, world.mail, world.dataFolder, load.asked);
  const times = ({ mark }: Asked) => received.get(mark)?.length ?? 0;
  return lanes.map((lane) => {
    const asked = load.asked.filter((one) => one.lane === lane);
    const accepted = asked.filter((one) => one.accepted);
    const ended = (state: string) => accepted.filter(({ key }) => states.get(key) === state);
    const marks = (some: readonly Asked[]) => some.map(({ mark }) => mark);
    const changes =
      capabilities[lane.capability].effect === 'write' && !leavesNothing.includes(lane.capability);
    return {
      lane: lane.name,
      accepted: accepted.length,
      succeeded: ended('succeeded').length,
      failed: ended('failed').length,
      inDoubt: ended('ambiguous').length,
      lost: marks([
        ...accepted.filter(({ key }) => !states.has(key)),
        ...ended('succeeded').filter((one) => changes && times(one) === 0),
      ]),
      denied: marks(ended('failed').filter((one) => times(one) > 0)),
      duplicated: marks(asked.filter((one) => times(one) > 1)),
      early: marks(
        asked.filter(({ mark, notBefore }) =>
          (received.get(mark) ?? []).some(({ at }) => at !== null && notBefore !== null && at < notBefore),
        ),
      ),
    };
  });
}
