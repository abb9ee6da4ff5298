import type { Random } from './random.ts';
import type { World } from './world.ts';

/**
 * Breaks something, waits until the break is seen to have happened, and puts it right unless it heals by itself.
 * Two faults that need the same thing wait for each other (`World.alone`); all others overlap.
 */
export interface Fault {
  /** For `--faults` and the reports. */
  name: string;
  /** What this machine must be able to do; without it the fault is left out of the plan. */
  needs?: 'small disk' | 'faked clock';
  /** Gives what was seen of it, e.g. `3 answers held`. Throws when it could not be made to happen. */
  run(world: World, random: Random): Promise<string>;
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * Waits for something to be so.
 *
 * @throws Error with `what` when it is not so after `limitMs`
 */
export async function until(
  what: string,
  limitMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await wait(25);
  }
}
