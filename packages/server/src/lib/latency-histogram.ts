/*
 * How long many things took, in a few numbers: counts by buckets whose bounds grow by the square root of two, from one
 * millisecond to a minute and a half. Sums of histograms are histograms; what is read off them is exact to a fifth.
 */

const last = 34;

/** The bucket of a duration in milliseconds. */
export function bucketOf(ms: number): number {
  return ms < 1 ? 0 : Math.min(last, 1 + Math.floor(2 * Math.log2(ms)));
}

/** Counts a duration, in place. */
export function addToHistogram(counts: number[], ms: number): void {
  const bucket = bucketOf(ms);
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

/** Adds one histogram to another, in place. */
export function mergeHistogram(counts: number[], others: readonly number[]): void {
  others.forEach((count, bucket) => {
    counts[bucket] = (counts[bucket] ?? 0) + count;
  });
}

/** The milliseconds that a share `q` of all durations stays below; null when nothing was counted. */
export function quantile(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let wanted = q * total;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && wanted <= count) {
      const [from, to] = boundsOf(bucket);
      return Math.round(from + (to - from) * (wanted / count));
    }
    wanted -= count;
  }
  return Math.round(boundsOf(counts.length - 1)[1]);
}

function boundsOf(bucket: number): [from: number, to: number] {
  return bucket === 0 ? [0, 1] : [2 ** ((bucket - 1) / 2), 2 ** (bucket / 2)];
}
