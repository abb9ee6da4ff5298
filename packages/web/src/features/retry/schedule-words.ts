import type { RetryPolicy } from '@trunkline/contract/retry';
import { retryBounds } from '@trunkline/contract/retry-schedule';
import { formatSeconds } from '../../lib/format.ts';

/** One attempt of a schedule; times in ms since the first attempt, waits in ms since the one before. */
export interface ScheduledAttempt {
  number: number;
  earliestMs: number;
  latestMs: number;
  shortestWaitMs: number;
  longestWaitMs: number;
}

/** All attempts of a policy, the first one at 0 included. */
export function scheduledAttempts(policy: RetryPolicy): ScheduledAttempt[] {
  const attempts = [{ number: 1, earliestMs: 0, latestMs: 0, shortestWaitMs: 0, longestWaitMs: 0 }];
  let before = { earliestMs: 0, latestMs: 0 };
  for (const { attempt, earliestMs, latestMs } of retryBounds(policy)) {
    attempts.push({
      number: attempt + 1,
      earliestMs,
      latestMs,
      shortestWaitMs: earliestMs - before.earliestMs,
      longestWaitMs: latestMs - before.latestMs,
    });
    before = { earliestMs, latestMs };
  }
  return attempts;
}

/** A span of time in words: `8 s to 15 s`, or one value when both read the same. */
export function formatSpan(fromMs: number, toMs: number): string {
  const from = formatSeconds(Math.max(1, fromMs / 1000));
  const to = formatSeconds(Math.max(1, toMs / 1000));
  return from === to ? to : `${from} to ${to}`;
}

/** `4 attempts; gives up after about 18 s to 35 s`. The attempts' own duration is not counted. */
export function scheduleSentence(policy: RetryPolicy): string {
  const attempts = scheduledAttempts(policy);
  const last = attempts.at(-1);
  if (!last) return '';
  return `${attempts.length} attempts; gives up after about ${formatSpan(last.earliestMs, last.latestMs)}`;
}

/** Whether the numbers of a policy that is being typed make a schedule. */
export function isDrawable(policy: RetryPolicy): boolean {
  const { maxRetries, initialDelaySeconds, maxDelaySeconds } = policy;
  return (
    Number.isInteger(maxRetries) &&
    maxRetries >= 1 &&
    maxRetries <= 10 &&
    Number.isFinite(initialDelaySeconds) &&
    initialDelaySeconds >= 1 &&
    Number.isFinite(maxDelaySeconds) &&
    maxDelaySeconds >= 1
  );
}
