import type { Integration } from '@trunkline/contract/integrations';

/** What a person can do about an integration that does not work, or not fully. */
export type Remedy =
  | 'switchOn'
  | 'connect'
  | 'reconnect'
  | 'permission'
  | 'credentials'
  | 'app'
  | 'settings'
  | 'limits'
  | 'statusPage'
  | 'test';

/** What there is to mend on this integration's page. */
export interface Mendable {
  /** It has values of its own to connect by. */
  credentials: boolean;
  /** It connects by an app at the provider. */
  app: boolean;
  settings: boolean;
}

type Subject = Pick<Integration, 'enabled' | 'status' | 'problem' | 'authType'> & {
  provider: Pick<Integration['provider'], 'statusPageUrl'>;
};

/** What helps, the best first; empty when nothing is wrong. */
export function remediesFor(
  { enabled, status, problem, authType, provider }: Subject,
  has: Mendable,
): Remedy[] {
  if (!enabled) return ['switchOn'];
  const byConsent = authType === 'oauth2';
  if (status === 'pending') return byConsent ? ['connect'] : ['credentials'];
  if (problem === null) return [];
  const typed: Remedy[] = has.credentials ? ['credentials'] : has.app ? ['app'] : [];
  switch (problem.fault) {
    case 'reauth':
      return [...(byConsent ? (['reconnect'] as const) : typed), 'test'];
    case 'scope':
      return [...(byConsent ? (['permission'] as const) : typed), 'test'];
    case 'config':
      return [...typed, ...(has.settings ? (['settings'] as const) : []), 'test'];
    case 'rateLimit':
    case 'quota':
      return ['limits', 'test'];
    case 'down':
      return ['test', ...(provider.statusPageUrl === null ? [] : (['statusPage'] as const))];
    case 'ambiguous':
    case 'badInput':
    case 'unknown':
      return ['test', ...typed];
  }
}

/** The words of the buttons. */
export const remedyWords: Record<Remedy, string> = {
  switchOn: 'Switch on',
  connect: 'Connect',
  reconnect: 'Reconnect',
  permission: 'Request the permission',
  credentials: 'Enter new credentials',
  app: 'Check the app',
  settings: 'Check the settings',
  limits: 'Look at the limits',
  statusPage: 'Open status page',
  test: 'Test again',
};
