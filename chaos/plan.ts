import type { Fault } from './fault.ts';
import { Random } from './random.ts';

/** One fault of a run: when it starts, and the seed from which it draws its targets and durations. */
export interface Planned {
  atMs: number;
  fault: Fault;
  seed: number;
}

/** Mean time between the starts of two faults. */
const meanGapMs = 900;

/**
 * The schedule of a run, made before it starts: the seed alone decides it, whatever the machine does meanwhile.
 * Faults come without repetition until all were there, `count` of them or as many as fit into `seconds`.
 */
export function makePlan(options: {
  seed: number;
  faults: readonly Fault[];
  seconds: number;
  count?: number;
}): Planned[] {
  const random = new Random(options.seed);
  const plan: Planned[] = [];
  let deck: Fault[] = [];
  let atMs = 0;
  for (;;) {
    atMs += random.between(0.3 * meanGapMs, 1.7 * meanGapMs);
    const full = options.count === undefined ? atMs >= options.seconds * 1000 : plan.length >= options.count;
    if (full && plan.length > 0) return plan;
    if (deck.length === 0) deck = random.shuffled(options.faults);
    const fault = deck.pop();
    if (!fault) throw new Error('no fault to plan');
    plan.push({ atMs, fault, seed: random.below(2 ** 32) });
  }
}
