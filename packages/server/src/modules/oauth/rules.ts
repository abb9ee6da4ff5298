import type { GrantedScope, OAuthAttempt } from '@trunkline/contract/oauth';
import { fieldError } from '../../errors.ts';
import type { OAuth2Auth, Scope } from '../../providers/provider.ts';

/**
 * What to ask for: what is needed, what was granted before (some providers take back what is not asked for again), and
 * what the caller wants besides.
 *
 * @throws AppError `invalid_input` for a permission that the provider does not have
 */
export function scopesToAsk(
  { scopes }: Pick<OAuth2Auth, 'scopes'>,
  granted: readonly string[],
  wanted: readonly string[] = [],
): string[] {
  const known = new Set(scopes.map(({ scope }) => scope));
  const unknown = wanted.findIndex((scope) => !known.has(scope));
  if (unknown >= 0) {
    throw fieldError('invalid_input', `/scopes/${unknown}`, 'This provider has no such permission.');
  }
  const asked = new Set([...wanted, ...granted]);
  return scopes.filter(({ scope, required }) => required || asked.has(scope)).map(({ scope }) => scope);
}

/** The provider's permissions in plain words, with what is granted; a granted one that it does not list comes last. */
export function presentScopes(scopes: readonly Scope[], granted: readonly string[]): GrantedScope[] {
  const known = new Set(scopes.map(({ scope }) => scope));
  const others = granted
    .filter((scope) => !known.has(scope))
    .map((scope) => ({ scope, means: scope, required: false }));
  return [...scopes, ...others].map(({ scope, means, required }) => ({
    scope,
    means,
    required,
    granted: granted.includes(scope),
  }));
}

/** Some of the provider's permissions in plain words, none of them granted. */
export function presentMissing(scopes: readonly Scope[], missing: readonly string[]): GrantedScope[] {
  return presentScopes(
    scopes.filter(({ scope }) => missing.includes(scope)),
    [],
  );
}

/** What an attempt is in; one that nobody came back from in time has expired. */
export function attemptState(
  attempt: { outcome: 'waiting' | 'succeeded' | 'denied' | 'failed'; expiresAt: Date },
  now: number,
): OAuthAttempt['state'] {
  if (attempt.outcome !== 'waiting') return attempt.outcome;
  return attempt.expiresAt.getTime() <= now ? 'expired' : 'waiting';
}

/** Words by which providers say that the person did not agree. */
const denials = new Set([
  'access_denied',
  'user_denied',
  'consent_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
]);

/** What an error that a provider sends the browser back with means, in plain words. */
export function callbackProblem(
  providerName: string,
  error: string,
): { outcome: 'denied' | 'failed'; detail: string } {
  if (denials.has(error)) {
    return {
      outcome: 'denied',
      detail: `Access was not granted at ${providerName}. Connect again and agree, or let somebody do it who may.`,
    };
  }
  const word = /^[A-Za-z0-9_.-]{1,60}$/.test(error) ? error : 'an unknown error';
  const known: Record<string, string> = {
    invalid_scope: `${providerName} does not offer one of the permissions to your app. Switch it on for the app there, then connect again.`,
    unauthorized_client: `${providerName} does not let your app ask for access. Look at the app’s settings there, then connect again.`,
    temporarily_unavailable: `${providerName} is too busy just now. Connect again in a few minutes.`,
    server_error: `${providerName} failed. Connect again in a few minutes.`,
    consent_required: `${providerName} needs the consent of an administrator. Ask one to connect it.`,
    interaction_required: `${providerName} wants you to sign in first. Connect again.`,
    login_required: `${providerName} wants you to sign in first. Connect again.`,
  };
  return {
    outcome: 'failed',
    detail:
      known[word] ??
      `${providerName} answered “${word}”. Compare the settings of the app here and at the provider, then connect again.`,
  };
}
