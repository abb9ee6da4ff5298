import type { SuggestedAction } from '@trunkline/contract/health';

/** What an action says about the integration that it is for. */
export interface ActionFacts {
  providerName: string;
  statusPageUrl: string | null;
  websiteUrl: string | null;
  /** Where it is reached; null when it is nowhere on a network. */
  host: string | null;
  port: number | null;
}

/** The suggested actions of UC §5 and of the patterns, in words. */
export function suggest(key: SuggestedAction['key'], facts: ActionFacts): SuggestedAction {
  const { host, port } = facts;
  const isAboutTheWay = key === 'test_network' || key === 'check_firewall';
  return {
    ...wordsOf(key, facts),
    opens: isAboutTheWay && host !== null && port !== null ? { host, port } : null,
  };
}

function wordsOf(key: SuggestedAction['key'], facts: ActionFacts): Omit<SuggestedAction, 'opens'> {
  const { providerName, statusPageUrl, websiteUrl, host, port } = facts;
  const server = host ?? providerName;
  switch (key) {
    case 'status_page':
      return {
        key,
        label: `Check the status page of ${providerName}`,
        why: 'Is the service up?',
        link: statusPageUrl,
      };
    case 'verify_key':
      return { key, label: 'Verify the credentials', why: 'Are they valid and not expired?', link: null };
    case 'test_network':
      return { key, label: 'Test the network', why: `Can this server reach ${server}?`, link: null };
    case 'check_firewall':
      return {
        key,
        label: 'Check the firewall',
        why: port === null ? `Is the way to ${server} blocked?` : `Is port ${port} to ${server} blocked?`,
        link: null,
      };
    case 'view_logs':
      return { key, label: 'View the error log', why: 'What exactly was said, each time?', link: null };
    case 'switch_backup':
      return { key, label: 'Switch to the backup', why: 'Can another provider do it meanwhile?', link: null };
    case 'lower_rate':
      return {
        key,
        label: 'Lower the limit of calls',
        why: `How many calls does ${providerName} allow?`,
        link: null,
      };
    case 'renew_certificate':
      return {
        key,
        label: 'Have the certificate renewed',
        why: `Who runs ${server}? The certificate is theirs.`,
        link: websiteUrl,
      };
    case 'reconnect':
      return { key, label: 'Reconnect', why: 'Was access taken back?', link: null };
    case 'contact_support':
      return {
        key,
        label: 'Contact support',
        why: `What does ${providerName} know about it?`,
        link: null,
      };
  }
}

/** Without those that this integration cannot have. */
export function suggestAll(keys: readonly SuggestedAction['key'][], facts: ActionFacts): SuggestedAction[] {
  return [...new Set(keys)]
    .filter((key) => key !== 'status_page' || facts.statusPageUrl !== null)
    .map((key) => suggest(key, facts));
}
