import type { ApiLimits, Quota } from '@trunkline/contract/limits';
import { AppError } from '../errors.ts';
import type { Admission } from '../modules/limits/limiter.ts';

const policies = new WeakMap<ApiLimits, string>();

/**
 * What an answer says of the limits: all of them (`RateLimit-Policy`), and how far the nearest is used, in the words of
 * the draft (`RateLimit`) and in the older ones (`X-RateLimit-…`; the reset is in seconds since the epoch).
 */
export function limitHeaders({ state, resetSeconds, limits }: Admission): [name: string, value: string][] {
  return [
    ['ratelimit-policy', policyOf(limits)],
    ['ratelimit', `"${state.quota}";r=${state.remaining};t=${resetSeconds}`],
    ['x-ratelimit-limit', String(state.limit)],
    ['x-ratelimit-remaining', String(state.remaining)],
    ['x-ratelimit-reset', String(state.endsAt / 1000)],
  ];
}

/** The same as lines of a head, each with its line break before it: one string for the short way of events. */
export function limitHeaderLines({ state, resetSeconds, limits }: Admission): string {
  return `\r\nratelimit-policy: ${policyOf(limits)}\r\nratelimit: "${state.quota}";r=${state.remaining};t=${resetSeconds}\r\nx-ratelimit-limit: ${state.limit}\r\nx-ratelimit-remaining: ${state.remaining}\r\nx-ratelimit-reset: ${state.endsAt / 1000}`;
}

const quotaWords: Record<Quota, string> = {
  minute: 'a minute with one key',
  hour: 'an hour with one key',
  organization: 'an hour with all keys of the organization',
};

/** The refusal of a request over a limit. */
export function rateLimited({ state, resetSeconds }: Admission): AppError {
  const limit = state.limit.toLocaleString('en-GB');
  return new AppError(
    'rate_limited',
    `${limit} requests ${quotaWords[state.quota]} are allowed. Try again in ${resetSeconds} s.`,
    { retryAfterSeconds: resetSeconds },
  );
}

function policyOf(limits: ApiLimits): string {
  let policy = policies.get(limits);
  if (policy === undefined) {
    policy = `"minute";q=${limits.keyPerMinute};w=60, "hour";q=${limits.keyPerHour};w=3600, "organization";q=${limits.organizationPerHour};w=3600`;
    policies.set(limits, policy);
  }
  return policy;
}
