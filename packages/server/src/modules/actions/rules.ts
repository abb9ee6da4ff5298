import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { Fault } from '@trunkline/contract/faults';
import type { Route } from '../failover/route.ts';

/** Tries at one integration within one round through the chain. */
export const triesEach = 3;
/**
 * How long an attempt may be under way before another node takes it for lost: longer than a token, two calls and their
 * answers may take together.
 */
export function leaseSeconds({ config }: { config: { attemptTimeoutSeconds: number } }): number {
  return 30 + 4 * config.attemptTimeoutSeconds;
}

/** How long a call waits for its turn where a provider takes so many a second, in milliseconds. */
export const longestTurnMs = 2_000;
/** How long a caller waits for the outcome. */
export const callerWaitsMs = 30_000;
/** Actions are kept for this long after they ended, and so are their idempotency keys. */
export const keptDays = 30;
/** What was read is kept for this long. */
export const readResultHours = 24;

/** What a failed action of a bulk was to send is kept for this long. */
export const retryableHours = 24;

/** A store is asked for one thing that another store may have instead. Never of what changes something. */
export function readsStored(capability: CapabilityName): boolean {
  const { effect, missing } = capabilities[capability];
  return effect === 'read' && missing !== undefined;
}

/** What is known of an attempt that has ended. */
export interface EndedAttempt {
  integrationId: string;
  /** `succeeded`, of an action that goes on: the store answered that it does not have what is read. */
  outcome: 'succeeded' | 'failed' | 'ambiguous';
  fault: Fault | null;
  /** Doing it twice at this integration is doing it once. */
  repeatable: boolean;
}

export type NextStep =
  /** Ask this integration; `again`: the one that was asked last, after a pause. */
  | { kind: 'ask'; integrationId: string; again: boolean }
  | { kind: 'end'; state: 'failed' | 'ambiguous' }
  /** Every store was asked and none has it; the first one that said so. */
  | { kind: 'missing'; integrationId: string }
  /** Everyone was asked, and nobody could just now. */
  | { kind: 'exhausted' };

/** Faults that may be over in a moment. */
const passing: readonly Fault[] = ['down', 'rateLimit'];

/**
 * What follows from the attempts of a round, the one place that decides it. `order` is who is asked, as it is now: after a
 * switch it begins with the backup. What certainly was not done is tried again where the fault may pass, then by the next of
 * the chain. What may have been done is tried again only where a repetition does no harm, and never elsewhere, whatever the
 * same provider says to later tries: none of it proves that the first one was not done. What can never succeed is not tried
 * again at all.
 *
 * A store that answers that it does not have what is read is no failure: a file may be at another one since calls went
 * there. From the first such answer on every store of `chain` that was not asked yet is asked once, in its order and also
 * where failover is not automatic, whatever the others say; the first that has it ends the action.
 */
export function nextStep(
  { order, chain }: Pick<Route, 'order' | 'chain'>,
  attempts: readonly EndedAttempt[],
): NextStep {
  const last = attempts.at(-1);
  const missing = attempts.find(({ outcome }) => outcome === 'succeeded');
  if (missing !== undefined && last?.outcome !== 'ambiguous') {
    const next = chain.find((id) => !attempts.some((attempt) => attempt.integrationId === id));
    if (next !== undefined) return { kind: 'ask', integrationId: next, again: false };
    return { kind: 'missing', integrationId: missing.integrationId };
  }
  const first = order[0];
  if (first === undefined) return { kind: 'exhausted' };
  if (last === undefined) return { kind: 'ask', integrationId: first, again: false };
  const { integrationId } = last;
  const tried = attempts.filter((attempt) => attempt.integrationId === integrationId).length;
  const doubt = attempts.find(({ outcome }) => outcome === 'ambiguous');
  if (doubt !== undefined) {
    const mayPass = last.outcome === 'ambiguous' || (last.fault !== null && passing.includes(last.fault));
    const again = doubt.repeatable && mayPass && tried < triesEach && chain.includes(integrationId);
    return again ? { kind: 'ask', integrationId, again } : { kind: 'end', state: 'ambiguous' };
  }
  if (last.fault === 'badInput') return { kind: 'end', state: 'failed' };
  const untried = order.filter((id) => !attempts.some((attempt) => attempt.integrationId === id));
  const at = order.indexOf(integrationId);
  const before = untried.find((id) => order.indexOf(id) < at);
  if (before !== undefined) return { kind: 'ask', integrationId: before, again: false };
  if (at >= 0 && last.fault !== null && passing.includes(last.fault) && tried < triesEach) {
    return { kind: 'ask', integrationId, again: true };
  }
  const [next] = untried;
  return next === undefined ? { kind: 'exhausted' } : { kind: 'ask', integrationId: next, again: false };
}

const firstPauseMs = 200;

/** The pause before the same integration is asked again, in milliseconds: doubling, and never less than it asked for. */
export function pauseMs(tried: number, retryAfterMs: number | null, random: () => number): number {
  const most = firstPauseMs * 2 ** tried;
  return Math.round(Math.max(retryAfterMs ?? 0, most / 2 + (most / 2) * random()));
}

/** Longer than this nobody waits while another integration could be asked, in milliseconds. */
export const longestPauseMs = 5_000;

const longestTrySeconds = 900;
const roundsSeconds = [30, 60, 120, 300, 900, 3_600, 10_800, 21_600, 43_200];

/** When an action that a last resort holds goes through the chain again, in seconds: for ever, at least every quarter of an hour. */
export function nextTrySeconds(rounds: number, random: () => number): number {
  const seconds = Math.min(roundsSeconds[rounds] ?? longestTrySeconds, longestTrySeconds);
  return Math.round(seconds * (0.9 + 0.2 * random()));
}

/** When an action that nobody waits for goes through the chain again, in seconds; null: it is given up after a day. */
export function nextRoundSeconds(rounds: number, random: () => number): number | null {
  const seconds = roundsSeconds[rounds];
  return seconds === undefined ? null : Math.round(seconds * (0.9 + 0.2 * random()));
}
