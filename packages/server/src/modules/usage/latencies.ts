import { latencyBoundsMs } from '@trunkline/contract/usage';

const classes = latencyBoundsMs.length + 1;

export function noLatencies(): number[] {
  return Array.from({ length: classes }, () => 0);
}

/** SQL that adds up the counts of many rows, class by class. */
export function sumOfLatencies(column: string): string {
  const sums = Array.from({ length: classes }, (_, index) => `sum((${column})[${index + 1}])`);
  return `ARRAY[${sums.join(', ')}]::int8[]`;
}

/** Index of the class that a duration belongs to. */
export function latencyClass(durationMs: number): number {
  let index = 0;
  while (index < latencyBoundsMs.length && durationMs > latencyBoundsMs[index]!) index += 1;
  return index;
}

/**
 * The duration in ms that a share of the requests (0 to 1) did not exceed, interpolated within its class; null without
 * requests. What is slower than the last bound counts as the last bound.
 */
export function quantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const upper = latencyBoundsMs[index] ?? latencyBoundsMs.at(-1)!;
      const lower = index === 0 ? 0 : latencyBoundsMs[index - 1]!;
      return Math.round((lower + ((upper - lower) * (rank - before)) / count) * 10) / 10;
    }
    before += count;
  }
  return latencyBoundsMs.at(-1)!;
}
