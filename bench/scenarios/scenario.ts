import type { World } from '../world.ts';

/**
 * One group of figures. `round` runs once a round, in turn with those of the other scenarios; `finish` once, after
 * all rounds. Everything that `prepare` started ends in `close`, also after a fault.
 */
export interface Scenario {
  prepare(world: World): Promise<void>;
  round?(world: World): Promise<void>;
  finish?(world: World): Promise<void>;
  close(world: World): Promise<void>;
}
