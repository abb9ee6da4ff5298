import type { Integration } from '@trunkline/contract/integrations';

/** What brings an integration that does not work further: consent that is still due, or due again. */
export function nextStep({
  authType,
  status,
  problem,
}: Pick<Integration, 'authType' | 'status' | 'problem'>): 'continue' | 'reconnect' | null {
  if (authType !== 'oauth2' || status === 'disabled') return null;
  if (status === 'pending') return 'continue';
  return problem?.fault === 'reauth' || problem?.fault === 'scope' ? 'reconnect' : null;
}

/**
 * `Connected to Acme, #support-alerts`, `3 webhooks start Zaps`; what stands there before the provider has said whom it is.
 * How many Zaps are on, Zapier tells nobody.
 */
export function accountWords({
  account,
  place,
  startedBy,
  status,
}: Pick<Integration, 'account' | 'place' | 'startedBy' | 'status'>): string | null {
  const where = [...new Set([account, place])].filter(Boolean);
  if (where.length > 0 && status !== 'pending') return `Connected to ${where.join(', ')}`;
  if (status === 'pending') return 'Waits to be connected';
  if (startedBy === null) return null;
  if (startedBy === 0) return 'No webhook starts a Zap yet';
  return startedBy === 1 ? '1 webhook starts a Zap' : `${startedBy} webhooks start Zaps`;
}
