import { logSearch } from '../logs/log-search.ts';
import type { LogSearch } from '../logs/log-search.ts';

export const integrationParts = [
  'overview',
  'health',
  'settings',
  'credentials',
  'permissions',
  'files',
  'logs',
  'failover',
  'activity',
] as const;
export type IntegrationPart = (typeof integrationParts)[number];

/** The page's state as its address says it: `/integrations/1?tab=credentials&edit=true`. */
export interface IntegrationSearch extends LogSearch {
  tab?: IntegrationPart;
  /** The form of the tab is open: new credentials, or the choice of more permissions. */
  edit?: true;
  /** The troubleshooter of the health tab begins by itself. */
  troubleshoot?: true;
  /** It is connected again by itself: what an alert leads to. */
  reconnect?: true;
}

/** Reads an address; what it does not know it leaves out. */
export function integrationSearch(search: Record<string, unknown>): IntegrationSearch {
  const tab = integrationParts.find((each) => each === search['tab']);
  const isSet = (key: string) => search[key] === true || search[key] === 'true';
  const edit = isSet('edit');
  return {
    ...(tab && tab !== 'overview' ? { tab } : {}),
    ...(tab === 'health' && isSet('troubleshoot') ? { troubleshoot: true } : {}),
    ...(isSet('reconnect') ? { reconnect: true } : {}),
    ...(tab === 'logs' ? logSearch(search) : {}),
    ...(edit && (tab === 'credentials' || tab === 'permissions') ? { edit } : {}),
  };
}

/** The address of a part of an integration's page, for links from elsewhere on it. */
export function partHref(id: string, { tab, edit, level }: IntegrationSearch): string {
  const search = new URLSearchParams({
    ...(tab ? { tab } : {}),
    ...(edit ? { edit: 'true' } : {}),
    ...(level ? { level } : {}),
  });
  return `/integrations/${id}${search.size > 0 ? `?${search}` : ''}`;
}
