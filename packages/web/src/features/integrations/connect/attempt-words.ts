import type { OAuthAttempt } from '@trunkline/contract/oauth';
import type { Tone } from '../../../components/StatusBadge.tsx';

export interface OutcomeWords {
  tone: Tone;
  title: string;
  text: string;
}

type Ended = Exclude<OAuthAttempt['state'], 'waiting'>;

/** What became of an attempt to connect, and what to do. Never that it works: only a check knows that. */
export function attemptWords(
  attempt: Pick<OAuthAttempt, 'providerName' | 'detail' | 'account'> & { state: Ended },
): OutcomeWords {
  const { providerName, state, detail, account } = attempt;
  switch (state) {
    case 'succeeded':
      return {
        tone: 'active',
        title: `${providerName} allowed access`,
        text: account ? `The account is ${account}.` : 'Access was allowed.',
      };
    case 'denied':
      return {
        tone: 'degraded',
        title: `Access was denied at ${providerName}`,
        text: detail ?? 'Nothing was connected. You can try again and allow access this time.',
      };
    case 'expired':
      return {
        tone: 'degraded',
        title: 'The time to allow access is over',
        text: detail ?? 'For safety an attempt ends after ten minutes. Nothing was connected; start again.',
      };
    case 'failed':
      return {
        tone: 'error',
        title: `Connecting to ${providerName} did not work`,
        text: detail ?? 'Nothing was connected. Try again.',
      };
  }
}
