import type { RetryPolicy } from './retry.ts';

// Pure arithmetic, shared by the engine and the picture in the page.

/** Where retry number `attempt` falls, in ms since the first attempt. */
export type RetryBound = { attempt: number; earliestMs: number; latestMs: number; nominalMs: number };

/** Share of a delay that jitter may take away. */
const jitterShare = 0.5;

/**
 * Wait before the next attempt in whole ms, never 0. `attempt` is 1 after the first failed attempt; `random`
 * gives [0, 1). Exponential waits initial · 2^(attempt − 1), linear initial · attempt, fixed initial; the
 * maximum is applied before jitter. Jitter draws the wait evenly from 50 to 100 % of that: it never
 * exceeds the maximum, still leaves a receiver in trouble half the wait at least, and spreads deliveries that
 * failed in the same moment over half the wait. Throws RangeError when `attempt` is below 1.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  const nominal = nominalDelayMs(policy, attempt);
  return policy.enableJitter ? atLeastOne(nominal * (1 - jitterShare * random())) : nominal;
}

/**
 * Cumulative bounds of every retry of a policy, counted from the first attempt and leaving out the time the
 * attempts themselves take. `nominalMs` is the schedule without jitter, which is also the latest.
 */
export function retryBounds(policy: RetryPolicy): RetryBound[] {
  const bounds: RetryBound[] = [];
  let earliestMs = 0;
  let nominalMs = 0;
  for (let attempt = 1; attempt <= policy.maxRetries; attempt += 1) {
    const nominal = nominalDelayMs(policy, attempt);
    earliestMs += policy.enableJitter ? atLeastOne(nominal * (1 - jitterShare)) : nominal;
    nominalMs += nominal;
    bounds.push({ attempt, earliestMs, latestMs: nominalMs, nominalMs });
  }
  return bounds;
}

function nominalDelayMs(policy: RetryPolicy, attempt: number): number {
  if (!(attempt >= 1)) throw new RangeError('The first retry is attempt 1');
  const seconds = policy.initialDelaySeconds * growth(policy.retryStrategy, attempt);
  return atLeastOne(Math.min(seconds, policy.maxDelaySeconds) * 1000);
}

function growth(strategy: RetryPolicy['retryStrategy'], attempt: number): number {
  switch (strategy) {
    case 'exponential':
      return 2 ** (attempt - 1);
    case 'linear':
      return attempt;
    case 'fixed':
      return 1;
  }
}

function atLeastOne(ms: number): number {
  return Math.max(1, Math.round(ms));
}
