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

/** `Connected to acme.slack.com`; what stands there before the provider has said whom it is. */
export function accountWords({ account, status }: Pick<Integration, 'account' | 'status'>): string | null {
  if (account) return `Connected to ${account}`;
  return status === 'pending' ? 'Waits to be connected' : null;
}
