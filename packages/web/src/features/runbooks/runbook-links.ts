import type { RunbookStep } from '@trunkline/contract/runbooks';

type Link = RunbookStep['links'][number];

/** Where a link of a runbook leads; `outside`: to a page that is not ours. */
export function hrefOf({ target, integrationId, url }: Link): { href: string; outside: boolean } {
  if (url !== null) return { href: url, outside: true };
  return {
    href: integrationId === null ? ofOrganization(target) : ofIntegration(target, integrationId),
    outside: false,
  };
}

function ofOrganization(target: Link['target']): string {
  switch (target) {
    case 'alerts':
    // A status update is posted from the page of alerts.
    case 'statusUpdate':
      return '/alerts';
    case 'deadLetters':
      return '/dead-letters';
    case 'actions':
      return '/actions';
    case 'audit':
      return '/audit';
    default:
      return '/integrations';
  }
}

function ofIntegration(target: Link['target'], id: string): string {
  const tab = tabs[target];
  return `/integrations/${id}${tab ? `?tab=${tab}` : ''}`;
}

/** Parts of the page of an integration; a test is on its first. */
const tabs: Partial<Record<Link['target'], string>> = {
  health: 'health',
  logs: 'logs',
  credentials: 'credentials',
  files: 'files',
  failover: 'failover',
};
