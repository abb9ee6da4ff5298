import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryBounds, retryDelayMs } from './retry-schedule.ts';
import type { RetryPolicy } from './retry.ts';

const base: RetryPolicy = {
  retryStrategy: 'exponential',
  maxRetries: 5,
  initialDelaySeconds: 60,
  maxDelaySeconds: 3600,
  enableJitter: false,
};

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  retryStrategy: fc.constantFrom('exponential' as const, 'linear' as const, 'fixed' as const),
  maxRetries: fc.integer({ min: 1, max: 10 }),
  initialDelaySeconds: fc.integer({ min: 0, max: 86_400 }),
  maxDelaySeconds: fc.integer({ min: 0, max: 604_800 }),
  enableJitter: fc.boolean(),
});

function never(): number {
  throw new Error('No randomness without jitter');
}

/** Small seeded generator (Park and Miller's), so that the figures below are the same on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

describe('retryDelayMs', () => {
  const delays = (policy: RetryPolicy) =>
    Array.from({ length: policy.maxRetries }, (_, i) => retryDelayMs(policy, i + 1, never) / 1000);

  it('follows the strategy up to the maximum', () => {
    expect(delays({ ...base, maxRetries: 8 })).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(delays({ ...base, retryStrategy: 'linear', maxDelaySeconds: 200 })).toEqual([
      60, 120, 180, 200, 200,
    ]);
    expect(delays({ ...base, retryStrategy: 'fixed' })).toEqual([60, 60, 60, 60, 60]);
    expect(delays({ ...base, retryStrategy: 'fixed', maxDelaySeconds: 10 })).toEqual([10, 10, 10, 10, 10]);
  });

  it('draws from 50 to 100 % with jitter', () => {
    const policy = { ...base, enableJitter: true };
    expect(retryDelayMs(policy, 2, () => 0)).toBe(120_000);
    expect(retryDelayMs(policy, 2, () => 0.5)).toBe(90_000);
    expect(retryDelayMs(policy, 2, () => 1 - 2 ** -53)).toBe(60_000);
  });

  it('is never 0, also for a policy without a delay', () => {
    for (const enableJitter of [true, false]) {
      expect(retryDelayMs({ ...base, initialDelaySeconds: 0, enableJitter }, 1, () => 0.99)).toBe(1);
    }
  });

  it('copes with attempts far beyond any limit and refuses attempt 0', () => {
    expect(retryDelayMs(base, 5000, never)).toBe(3_600_000);
    expect(() => retryDelayMs(base, 0, never)).toThrow(RangeError);
    expect(() => retryDelayMs(base, Number.NaN, never)).toThrow(RangeError);
  });
});

describe('retryBounds', () => {
  it('adds up the waits', () => {
    expect(retryBounds({ ...base, maxRetries: 3, enableJitter: true })).toEqual([
      { attempt: 1, earliestMs: 30_000, latestMs: 60_000, nominalMs: 60_000 },
      { attempt: 2, earliestMs: 90_000, latestMs: 180_000, nominalMs: 180_000 },
      { attempt: 3, earliestMs: 210_000, latestMs: 420_000, nominalMs: 420_000 },
    ]);
  });

  it('holds every schedule that can be drawn', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 2 ** 31 - 2 }), (policy, seed) => {
        const random = seeded(seed);
        let sum = 0;
        for (const bound of retryBounds(policy)) {
          const delay = retryDelayMs(policy, bound.attempt, random);
          expect(delay).toBeGreaterThanOrEqual(1);
          expect(delay).toBeLessThanOrEqual(Math.max(1, policy.maxDelaySeconds * 1000));
          sum += delay;
          expect(sum).toBeGreaterThanOrEqual(bound.earliestMs);
          expect(sum).toBeLessThanOrEqual(bound.latestMs);
        }
      }),
    );
  });
});

describe('10,000 deliveries that failed in the same moment', () => {
  const deliveries = 10_000;
  const strategies = ['exponential', 'linear', 'fixed'] as const;

  /** Arrivals a second, the busiest one and the mean from the first arrival to the last. */
  function load(arrivalsMs: number[]) {
    const perSecond = new Map<number, number>();
    for (const at of arrivalsMs) {
      const second = Math.floor(at / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    const seconds = [...perSecond.keys()];
    const span = Math.max(...seconds) - Math.min(...seconds) + 1;
    return { peak: Math.max(...perSecond.values()), mean: arrivalsMs.length / span };
  }

  /** When each delivery reaches an endpoint that fails them all at 0 and recovers at `recoveredMs`. */
  function arrivals(policy: RetryPolicy, recoveredMs: number, random: () => number): number[] {
    return Array.from({ length: deliveries }, () => {
      let at = 0;
      for (let attempt = 1; at < recoveredMs; attempt += 1) at += retryDelayMs(policy, attempt, random);
      return at;
    });
  }

  it('come back spread: the busiest second has at most three times the mean', () => {
    const random = seeded(20_261_123);
    for (const retryStrategy of strategies) {
      for (let attempt = 1; attempt <= 10; attempt += 1) {
        const policy = { ...base, retryStrategy, enableJitter: true };
        const delays = Array.from({ length: deliveries }, () => retryDelayMs(policy, attempt, random));
        const { peak, mean } = load(delays);
        expect(peak).toBeLessThanOrEqual(3 * mean);
      }
    }
  });

  it('never come faster than that first return, whenever the endpoint recovers', () => {
    const random = seeded(20_261_124);
    for (const retryStrategy of strategies) {
      const policy = { ...base, retryStrategy, enableJitter: true };
      const firstReturn = load(arrivals(policy, 1, random)).mean;
      for (const recoveredMs of [20_000, 50_000, 100_000, 600_000, 3_000_000]) {
        expect(load(arrivals(policy, recoveredMs, random)).peak).toBeLessThanOrEqual(3 * firstReturn);
      }
    }
  });

  it('would come in one second without jitter', () => {
    expect(load(arrivals(base, 600_000, never)).peak).toBe(deliveries);
  });
});
