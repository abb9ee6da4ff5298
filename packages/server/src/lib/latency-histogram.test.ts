import { expect, it } from 'vitest';
import { addToHistogram, bucketOf, mergeHistogram, quantile } from './latency-histogram.ts';

function histogramOf(durations: readonly number[]): number[] {
  const counts: number[] = [];
  for (const ms of durations) addToHistogram(counts, ms);
  return counts;
}

it('has a bucket for every duration, in their order', () => {
  expect([0, 0.9, 1, 1.5, 2, 1000, 86_400_000].map(bucketOf)).toEqual([0, 0, 1, 2, 3, 20, 34]);
});

it('reads median and 95th percentile off the counts, exact to a fifth', () => {
  const durations = Array.from({ length: 1000 }, (_, index) => 5 + index * 3);
  const counts = histogramOf(durations);
  for (const q of [0.5, 0.95]) {
    const exact = durations[Math.floor(q * durations.length)]!;
    expect(Math.abs(quantile(counts, q)! - exact) / exact).toBeLessThan(0.2);
  }
  expect(quantile([], 0.5)).toBeNull();
});

it('adds histograms of different lengths as if all had been counted in one', () => {
  const sum = histogramOf([1, 10]);
  mergeHistogram(sum, histogramOf([5_000, 10]));
  expect(sum).toEqual(histogramOf([1, 10, 10, 5_000]));
});
