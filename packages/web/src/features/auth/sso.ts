import { returnPath } from '../../app/return-path.ts';

const channelName = 'trunkline-sso';
const patienceMs = 5 * 60_000;

const failureWords: Record<string, string> = {
  unknown: 'No organization signs in through an identity provider for this address.',
  provider: 'The identity provider did not answer as it should. Ask an administrator of your organization.',
  expired: 'It took too long, or began in another browser. Try again.',
  unverified: 'The identity provider does not say that it has verified your e-mail address.',
  not_invited: 'You are not a member of this organization. Ask an administrator to invite you.',
  other_person: 'Somebody else was signed in at the identity provider.',
  too_many: 'Too many sign-ins were begun from your network. Try again in some minutes.',
  not_anew: 'The identity provider did not ask for the password again.',
};

/** What to say of a sign-in through an identity provider that ended; null for nothing. */
export function ssoFailure(reason: string | undefined): string | null {
  return reason === undefined ? null : (failureWords[reason] ?? failureWords['provider'] ?? null);
}

/** Goes to the identity provider of an address, and afterwards to a path of ours. */
export function goToProvider(email: string, from: string | undefined): void {
  const search = new URLSearchParams({ email, from: returnPath(from ?? '/') });
  window.location.assign(`/api/sso/start?${search}`);
}

/**
 * Proves at the identity provider, in a window of its own, that it is still the same person.
 * Resolves with null when that worked, with a reason otherwise.
 */
export function proveAtProvider(): Promise<string | null> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName);
    const finish = (reason: string | null): void => {
      clearTimeout(timer);
      channel.close();
      resolve(reason);
    };
    const timer = setTimeout(() => finish('expired'), patienceMs);
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) =>
      finish(typeof data === 'string' ? data : null),
    );
    window.open('/api/sso/start?anew=1', 'trunkline-sso', 'popup,width=520,height=720');
  });
}

/** In the window of the proof: tells the page that waits, and closes. */
export function reportProof(reason: string | null): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(reason);
  channel.close();
  window.close();
}
