import { wait } from '../fault.ts';
import { ActionLoad, markPattern } from './load.ts';
import { chains, chaosCapabilities, makeActionPlan } from './plan.ts';
import type { ChaosCapability } from './plan.ts';
import { ActionWorld } from './world.ts';

/** What became of the actions of one capability. */
export interface CapabilityVerdict {
  capability: ChaosCapability;
  accepted: number;
  succeeded: number;
  failed: number;
  /** It may have arrived, and was sent nowhere else. */
  inDoubt: number;
  /** Said to be done, and its provider does not know it; or accepted and not there any more. */
  lost: string[];
  /** Said to be certainly not done, and it was. */
  denied: string[];
  /** Received more than once. */
  duplicated: string[];
}

export interface ActionRunResult {
  seed: number;
  faults: number;
  kills: number;
  verdicts: CapabilityVerdict[];
  wrongAnswers: string[];
  seconds: number;
}

export interface ActionRunOptions {
  seed: number;
  /** Of load and faults. */
  seconds: number;
  /** Actions a second, over all capabilities. */
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
        world.sandbox.setCondition(fault.slug, fault.condition);
        await wait(fault.forMs);
        if (world.sandbox.condition(fault.slug) === fault.condition) {
          world.sandbox.setCondition(fault.slug, 'healthy');
        }
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

async function judge(world: ActionWorld, load: ActionLoad): Promise<CapabilityVerdict[]> {
  const { rows } = await world.pool.query<{ key: string; id: string; state: string }>(
    'SELECT idempotency_key AS key, id, state FROM actions',
  );
  const stored = new Map(rows.map((row) => [row.key, row]));
  return chaosCapabilities.map((capability) => {
    const received = new Map<string, number>();
    for (const slug of chains[capability]) {
      for (const { id, data } of world.sandbox.sent(slug)) {
        const mark = markPattern.exec(JSON.stringify({ id, data }))?.[0];
        if (mark !== undefined) received.set(mark, (received.get(mark) ?? 0) + 1);
      }
    }
    const asked = load.asked.filter((one) => one.capability === capability && one.id !== null);
    const stateOf = (mark: string) => stored.get(mark)?.state;
    const marks = (state: string) => asked.flatMap(({ mark }) => (stateOf(mark) === state ? [mark] : []));
    return {
      capability,
      accepted: asked.length,
      succeeded: marks('succeeded').length,
      failed: marks('failed').length,
      inDoubt: marks('ambiguous').length,
      lost: [
        ...marks('succeeded').filter((mark) => !received.has(mark)),
        ...asked.flatMap(({ mark, id }) => (stored.get(mark)?.id === id ? [] : [mark])),
      ],
      denied: marks('failed').filter((mark) => received.has(mark)),
      duplicated: [...received].flatMap(([mark, times]) => (times > 1 ? [mark] : [])),
    };
  });
}
