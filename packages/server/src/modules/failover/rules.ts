import type { Fault } from '@trunkline/contract/faults';

/** Faults that say that an integration cannot do its work, and not only that it is busy or that one call was wrong. */
const counting: readonly Fault[] = ['down', 'reauth', 'scope', 'config', 'quota', 'ambiguous', 'unknown'];

/** Whether a problem is one for which calls go elsewhere. */
export function countsForFailover(problem: { fault: Fault } | null): boolean {
  return problem !== null && counting.includes(problem.fault);
}

export interface ChainMember {
  id: string;
  usable: boolean;
  /** It works, as far as is known. */
  healthy: boolean;
}

/**
 * Where calls go when the active member of a chain fails: the next one that works, going round; null when none does.
 */
export function nextInChain(chain: readonly ChainMember[], activeId: string): ChainMember | null {
  const at = chain.findIndex(({ id }) => id === activeId);
  const others = [...chain.slice(at + 1), ...chain.slice(0, Math.max(0, at))];
  return others.find(({ usable, healthy, id }) => usable && healthy && id !== activeId) ?? null;
}

/** When a primary that works again since `healthySince` takes its calls back, in milliseconds since the epoch. */
export function restoreTime(healthySince: number, stabilityMinutes: number): number {
  return healthySince + stabilityMinutes * 60_000;
}
