import type { OperationSet } from '../operations.ts';

const sets: readonly OperationSet[] = [];

/** What the provider does beyond its health check. */
export function operationsOf(slug: string): OperationSet[] {
  return sets.filter((set) => set.slugs.includes(slug));
}
