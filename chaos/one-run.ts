import { check } from './checker.ts';
import type { Verdict } from './checker.ts';
import { wait } from './fault.ts';
import { switchOnAgain } from './operator-faults.ts';
import type { Planned } from './plan.ts';
import { Random } from './random.ts';
import { World } from './world.ts';
import type { Abilities } from './world.ts';

/** What became of one planned fault. */
export interface Happening {
  name: string;
  happened: boolean;
  /** What was seen of it, or why it did not happen. */
  evidence: string;
  /** From its planned start to its end, waiting for others' faults included. */
  seconds: number;
}

export interface RunResult {
  seed: number;
  happenings: Happening[];
  verdict: Verdict;
  /** Events that were not acknowledged. */
  refused: number;
  wrongAnswers: string[];
  staleWrites: number;
  seconds: number;
}

const drainMs = 120_000;
/** The longest that a run may take, start and end included; then it counts as failed. */
const runLimitMs = 600_000;

export interface RunOptions {
  seed: number;
  plan: readonly Planned[];
  /** The load lasts at least as long. */
  seconds: number;
  /** Events a second without a subject; those with one come on top. */
  rate: number;
  abilities: Abilities;
  /** Set while the world stands, for who has to end it early. */
  onWorld?: (world: World | null) => void;
}

/** One schedule of faults over a world of its own, under load; then everything is healed, drained and checked. */
export async function runOnce(options: RunOptions): Promise<RunResult> {
  const world = new World(options.abilities);
  options.onWorld?.(world);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`seed ${options.seed}: not over after ${runLimitMs / 1000} s`)),
      runLimitMs,
    );
  });
  try {
    return await Promise.race([torment(world, options), limit]);
  } finally {
    clearTimeout(timer);
    await world.stop();
    options.onWorld?.(null);
  }
}

async function torment(world: World, options: RunOptions): Promise<RunResult> {
  const started = performance.now();
  await world.start(options.seed);
  const loading = world.traffic.run(options.rate);
  const begun = performance.now();
  const happenings = await Promise.all(
    options.plan.map(async ({ atMs, fault, seed }): Promise<Happening> => {
      await wait(atMs);
      const from = performance.now();
      const [happened, evidence] = await fault.run(world, new Random(seed)).then(
        (text) => [true, text] as const,
        (error: unknown) => [false, String(error)] as const,
      );
      return { name: fault.name, happened, evidence, seconds: (performance.now() - from) / 1000 };
    }),
  );
  await wait(options.seconds * 1000 - (performance.now() - begun));
  world.traffic.stop();
  await loading;
  await world.heal();
  await switchOnAgain(world);
  await world.drain(drainMs);
  if (await switchOnAgain(world)) await world.drain(drainMs);
  return {
    seed: options.seed,
    happenings,
    verdict: await check(world),
    refused: world.traffic.sent.size - world.traffic.acked.size,
    wrongAnswers: world.traffic.wrongAnswers,
    staleWrites: world.staleWrites,
    seconds: (performance.now() - started) / 1000,
  };
}
