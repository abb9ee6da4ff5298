import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type { ProviderCategory } from '@trunkline/contract/provider-categories';
import { providerCategories } from '@trunkline/contract/provider-categories';
import { sortSearch } from './sort-search.ts';

export const integrationTabs = ['connected', 'available', 'api'] as const;
export type IntegrationTab = (typeof integrationTabs)[number];

/** Which integrations the tab Connected shows; `errors` has those that work with a restriction too. */
export const connectedViews = ['all', 'active', 'errors', 'disabled'] as const;
export type ConnectedView = (typeof connectedViews)[number];

export const catalogStates = ['all', 'connected', 'available'] as const;
export type CatalogState = (typeof catalogStates)[number];

/** The page's state as its address says it: `/integrations?tab=available&category=crm`. */
export interface IntegrationsSearch {
  tab?: IntegrationTab;
  view?: ConnectedView;
  state?: CatalogState;
  category?: ProviderCategory;
  /** How the connected ones are sorted; see `readSort`. */
  sort?: string;
  /** Words that are searched for, in the tab that is open. */
  q?: string;
  /** Slug of the provider whose dialog is open. */
  provider?: string;
  /** Slug of the template whose dialog is open. */
  template?: string;
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((each) => each === value);
}

/** Reads an address; what it does not know it leaves out. */
export function integrationsSearch(search: Record<string, unknown>): IntegrationsSearch {
  const tab = oneOf(integrationTabs, search['tab']);
  const view = oneOf(connectedViews, search['view']);
  const state = oneOf(catalogStates, search['state']);
  const category = oneOf(Object.keys(providerCategories) as ProviderCategory[], search['category']);
  const { q, provider, template } = search;
  return {
    ...(tab ? { tab } : {}),
    ...(view ? { view } : {}),
    ...(state ? { state } : {}),
    ...(category ? { category } : {}),
    ...sortSearch(search['sort']),
    // A search for a number is read from the address as a number.
    ...((typeof q === 'string' && q !== '') || typeof q === 'number' ? { q: String(q).slice(0, 100) } : {}),
    ...(typeof provider === 'string' && provider !== '' ? { provider } : {}),
    ...(typeof template === 'string' && template !== '' ? { template } : {}),
  };
}

/** The address with changes; what is as usual is left out, and so is what does not belong to another tab. */
export function changedSearch(
  before: IntegrationsSearch,
  change: { [Key in keyof IntegrationsSearch]: IntegrationsSearch[Key] | undefined },
): IntegrationsSearch {
  const moves = change.tab !== undefined && change.tab !== (before.tab ?? 'connected');
  const next = integrationsSearch({ ...(moves ? {} : before), ...change });
  if (next.tab === 'connected') delete next.tab;
  if (next.view === 'all') delete next.view;
  if (next.state === 'all') delete next.state;
  return next;
}

/** The status that the server is asked for; null: all of them. */
export function askedStatus(view: ConnectedView): IntegrationStatus | null {
  return view === 'active' || view === 'disabled' ? view : null;
}

/** Whether a view shows an integration of this status. */
export function isInView(view: ConnectedView, status: IntegrationStatus): boolean {
  if (view === 'all') return true;
  return view === 'errors' ? status === 'error' || status === 'degraded' : status === view;
}
