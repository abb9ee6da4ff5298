import type { RetryPolicy } from '@trunkline/contract/retry';
import { describe, expect, it } from 'vitest';
import { scheduleAxis } from './schedule-axis.ts';
import { formatSpan, isDrawable, scheduledAttempts, scheduleSentence } from './schedule-words.ts';

const policy: RetryPolicy = {
  retryStrategy: 'exponential',
  maxRetries: 3,
  initialDelaySeconds: 5,
  maxDelaySeconds: 60,
  enableJitter: false,
};

describe('scheduleAxis', () => {
  it('puts the first attempt at the left edge and the end at the right', () => {
    const { place } = scheduleAxis(5000, 35_000);
    expect(place(0)).toBe(0);
    expect(place(35_000)).toBe(1);
    expect(place(5000)).toBeLessThan(place(15_000));
  });

  it.each([
    [5000, 35_000],
    [1000, 1000],
    [500, 864_000_000],
    [86_400_000, 6_048_000_000],
  ])('labels %i to %i ms without labels that touch', (first, total) => {
    const { ticks } = scheduleAxis(first, total);
    const places = ticks.map(({ at }) => at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    for (const at of places) expect(at).toBeLessThanOrEqual(1);
    for (const [index, at] of places.slice(1).entries()) {
      expect(at - (places[index] ?? 0)).toBeGreaterThanOrEqual(0.12);
    }
    expect(ticks.length).toBeGreaterThan(1);
  });
});

describe('scheduledAttempts', () => {
  it('counts the first attempt and adds the waits up', () => {
    expect(scheduledAttempts(policy).map(({ number, latestMs }) => [number, latestMs])).toEqual([
      [1, 0],
      [2, 5000],
      [3, 15_000],
      [4, 35_000],
    ]);
  });

  it('gives the wait before each attempt with and without jitter', () => {
    const third = scheduledAttempts({ ...policy, enableJitter: true })[2];
    expect(third).toMatchObject({ shortestWaitMs: 5000, longestWaitMs: 10_000 });
  });
});

describe('words', () => {
  it('says how many attempts there are and when it gives up', () => {
    expect(scheduleSentence(policy)).toBe('4 attempts; gives up after about 35 s');
    expect(scheduleSentence({ ...policy, enableJitter: true })).toBe(
      '4 attempts; gives up after about 18 s to 35 s',
    );
  });

  it('says one value when both ends read the same', () => {
    expect(formatSpan(900, 1100)).toBe('1 s');
  });

  it('draws nothing from numbers that are still being typed', () => {
    expect(isDrawable(policy)).toBe(true);
    expect(isDrawable({ ...policy, maxRetries: Number.NaN })).toBe(false);
    expect(isDrawable({ ...policy, maxRetries: 11 })).toBe(false);
    expect(isDrawable({ ...policy, initialDelaySeconds: '' as unknown as number })).toBe(false);
  });
});
