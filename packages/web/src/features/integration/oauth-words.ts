import type { OAuthApp, OAuthStatus } from '@trunkline/contract/oauth';
import { formatAbsolute, formatRelative } from '../../lib/format.ts';

type Token = Pick<OAuthStatus, 'connected' | 'expiresAt' | 'autoRefresh' | 'needsReauthentication'>;

/** When the access token ends: `in 42 min (28 Nov 2026, 18:00:00 UTC)`. */
export function expiryWords(token: Token, now: number): string {
  const { connected, expiresAt, autoRefresh, needsReauthentication } = token;
  if (!connected) return 'No token yet';
  if (needsReauthentication) return 'It is not accepted any more';
  if (expiresAt === null) return 'It does not expire';
  const at = Date.parse(expiresAt);
  const when = `${formatRelative(at, now)} (${formatAbsolute(at)})`;
  if (at > now) return when;
  return autoRefresh ? `Expired ${when}; renewed at the next use` : `Expired ${when}`;
}

/** Whether anybody has to think of the token. */
export function refreshWords({
  connected,
  autoRefresh,
  expiresAt,
  needsReauthentication,
}: Token): string | null {
  if (!connected) return null;
  if (needsReauthentication) return 'Stopped: it has to be connected again';
  if (autoRefresh) return 'On: renewed before it expires, without anybody’s help';
  return expiresAt === null ? 'Not needed' : 'Off: connect again before it expires';
}

/** Whose app at the provider is used. */
export function appWords(source: OAuthApp['source'], provider: string): { title: string; text: string } {
  switch (source) {
    case 'organization':
      return {
        title: 'Your organization’s own app',
        text: `Registered at ${provider} by your organization, and used for all its integrations there.`,
      };
    case 'instance':
      return {
        title: 'The app of this installation',
        text: 'Set by the operator of Trunkline for everybody. An app of your own takes its place.',
      };
    case null:
      return {
        title: 'No app is set up',
        text: `${provider} wants to know which application asks for access. Without an app nothing can be connected.`,
      };
  }
}
