import type { OAuth2Auth, Scope } from '../providers/provider.ts';
import type { TokenAnswer } from './token-answer.ts';

/**
 * The permissions that a token answer shows to be granted, in our own spelling. `openid` shows in an id_token and the
 * permission to stay connected in a refresh token, although some providers leave both out of their list.
 *
 * @param asked what was asked for; it counts where the provider does not say
 */
export function grantedScopes(
  auth: Pick<OAuth2Auth, 'scopes'>,
  asked: readonly string[],
  answer: Pick<TokenAnswer, 'scopes' | 'body' | 'refreshToken'>,
): string[] {
  if (answer.scopes === null) return [...asked];
  const named = new Set(answer.scopes);
  const known = new Map(auth.scopes.map((scope) => [scope.scope, scope]));
  const granted = new Set<string>();
  for (const { scope, grantedAs = [] } of auth.scopes) {
    if ([scope, ...grantedAs].some((name) => named.delete(name))) granted.add(scope);
  }
  for (const name of named) granted.add(name);
  for (const scope of asked) {
    if (!known.has(scope)) continue;
    const staysConnected = scope === 'offline_access' || scope === 'refresh_token';
    if (scope === 'openid' && answer.body['id_token'] !== undefined) granted.add(scope);
    if (staysConnected && answer.refreshToken !== null) granted.add(scope);
  }
  return [...granted];
}

/** They say who signed in and for how long; nothing can be done with them alone. */
const aboutSignIn = new Set(['openid', 'email', 'profile', 'offline_access', 'refresh_token']);

/** What was asked for and not granted, and whether none of what is needed was. */
export function missingScopes(
  scopes: readonly Scope[],
  asked: readonly string[],
  granted: readonly string[],
): { missing: string[]; useless: boolean } {
  const has = new Set(granted);
  const required = scopes.filter((scope) => scope.required).map(({ scope }) => scope);
  const forWork = required.filter((scope) => !aboutSignIn.has(scope));
  const needed = forWork.length > 0 ? forWork : required;
  return {
    missing: asked.filter((scope) => !has.has(scope)),
    useless: needed.length > 0 && needed.every((scope) => !has.has(scope)),
  };
}
