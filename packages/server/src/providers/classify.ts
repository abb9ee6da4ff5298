import type { Fault } from '@trunkline/contract/faults';
import type { ErrorRule, Provider } from './provider.ts';

/** What came back from a provider, or why nothing did. */
export interface Failure {
  /** HTTP status; null when there was no answer. */
  status: number | null;
  /** The body, or the name of the failure. */
  text: string;
  /** The request may have been carried out although no answer came. */
  mayHaveArrived: boolean;
  /** The call was to change nothing, so that nothing can be in doubt. */
  readOnly?: boolean;
}

export interface Classified {
  fault: Fault;
  /** As in {@link ErrorRule}. */
  unclear?: true;
  title: string;
  cause: string;
  fix: string;
  link: string | null;
}

/** What holds for every provider, after its own rules. */
const common: readonly ErrorRule[] = [
  {
    status: [401],
    fault: 'reauth',
    title: 'The credentials are not accepted',
    cause: 'They are wrong, expired, or were revoked.',
    fix: 'Connect again with new credentials.',
  },
  {
    contains: 'invalid_grant',
    fault: 'reauth',
    title: 'The connection has ended',
    cause: 'The provider no longer accepts the stored token.',
    fix: 'Reconnect.',
  },
  {
    status: [403],
    fault: 'scope',
    unclear: true,
    title: 'The provider refuses access',
    cause: 'The credentials may not do this, or are no longer accepted.',
    fix: 'Look at the provider whether they are still good, give them the permission, then test again.',
  },
  {
    status: [429],
    fault: 'rateLimit',
    title: 'Too many calls',
    cause: 'The provider limits how many calls it takes.',
    fix: 'Nothing to do: calls go on when the provider takes them again.',
  },
  {
    status: [400, 404, 405, 409, 410, 413, 415, 422],
    fault: 'badInput',
    title: 'The provider refused the call',
    cause: 'Something in it is not as the provider wants it.',
    fix: 'Look at the answer in the log, correct the call, and send it again.',
  },
];

const down: Classified = {
  fault: 'down',
  title: 'The provider does not answer properly',
  cause: 'It failed or could not be reached.',
  fix: 'Look at its status page; the next check comes by itself.',
  link: null,
};

const ambiguous: Classified = {
  fault: 'ambiguous',
  title: 'No answer after the call was sent',
  cause: 'It may or may not have been carried out.',
  fix: 'Look at the provider whether it was, before sending it again.',
  link: null,
};

/**
 * The one classification of a provider's failure: its own rules in their order, then what holds for all. Retry,
 * failover, status, alert and guidance all follow from it.
 */
export function classify(provider: Pick<Provider, 'errors'>, failure: Failure): Classified {
  // Whatever else it looks like: what may have been done must not be done again.
  if (failure.mayHaveArrived) return ambiguous;
  const own = provider.errors.find((rule) => matches(rule, failure));
  if (own?.fault === 'ambiguous' && failure.readOnly === true) return down;
  if (own) return { ...own, link: own.link ?? null };
  if (failure.status === null) return down;
  if (failure.status >= 500) return down;
  const rule = common.find((each) => matches(each, failure));
  if (rule) return { ...rule, link: null };
  return {
    fault: 'unknown',
    title: `The provider answered ${failure.status}`,
    cause: 'This answer is not one that is known of it.',
    fix: 'Look at the answer in the log and at the provider’s documentation.',
    link: null,
  };
}

function matches(rule: ErrorRule, failure: Failure): boolean {
  if (rule.status !== undefined && (failure.status === null || !rule.status.includes(failure.status)))
    return false;
  if (rule.contains !== undefined && !failure.text.includes(rule.contains)) return false;
  return rule.status !== undefined || rule.contains !== undefined;
}
