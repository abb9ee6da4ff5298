import { retryDelayMs } from '@trunkline/contract/retry-schedule';
import { delayWithRetryAfter, parseRetryAfter } from '../lib/retry-after.ts';
import type { Endpoint, Lease, Outcome, Verdict } from './types.ts';

/** An endpoint may ask for a later retry, but not for one later than this. */
export const retryAfterLimitMs = 24 * 3_600_000;

/**
 * A delivery that is claimed this often without a recorded attempt may crash its worker: it is sent alone, and when the worker
 * ends again, it is given up (`Suspects`).
 */
export const claimLimit = 5;

/**
 * Decides what becomes of a delivery (RETRY-1, DLQ-1). 410 Gone ends it at once; `Retry-After` can only
 * lengthen the wait.
 */
export function verdictOf(
  lease: Pick<Lease, 'attempts' | 'attemptsBefore'>,
  endpoint: Pick<Endpoint, 'policy' | 'enableDlq' | 'dlqRetentionDays'>,
  outcome: Outcome,
  now: number,
  random: () => number,
): Verdict {
  if (outcome.success) return { state: 'success' };
  const attemptInRound = lease.attempts - lease.attemptsBefore + 1;
  if (outcome.errorCode === 'gone' || attemptInRound > endpoint.policy.maxRetries) {
    // What came from the dead letters goes back there, also when the queue is switched off meanwhile.
    return endpoint.enableDlq || lease.attemptsBefore > 0
      ? { state: 'dlq', retentionDays: endpoint.dlqRetentionDays }
      : { state: 'failed' };
  }
  const asked = parseRetryAfter(outcome.responseHeaders?.['retry-after'], now, retryAfterLimitMs);
  const delayMs = delayWithRetryAfter(retryDelayMs(endpoint.policy, attemptInRound, random), asked, random);
  return { state: 'retrying', delayMs };
}
