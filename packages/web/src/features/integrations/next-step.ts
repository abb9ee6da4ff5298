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

/** `Connected to Acme, #support-alerts`; what stands there before the provider has said whom it is. */
export function accountWords({
  account,
  place,
  status,
}: Pick<Integration, 'account' | 'place' | 'status'>): string | null {
  const where = [...new Set([account, place])].filter(Boolean);
  if (where.length > 0 && status !== 'pending') return `Connected to ${where.join(', ')}`;
  return status === 'pending' ? 'Waits to be connected' : null;
}
