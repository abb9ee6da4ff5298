import { actionStatuses } from '@trunkline/contract/actions';
import type { ActionStatus } from '@trunkline/contract/actions';

const integrationId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the list may show: everything, a state, or those that wait for a time or because everybody failed. */
export const actionViews = ['all', 'scheduled', 'last_resort', ...actionStatuses] as const;
export type ActionView = (typeof actionViews)[number];

/** The page's state as its address says it: `/actions?view=failed&bulk=…&id=…`. */
export interface ActionsSearch {
  view?: Exclude<ActionView, 'all'>;
  /** Only the actions of this bulk. */
  bulk?: string;
  /** The name of a capability. */
  capability?: string;
  /** Id of the integration that did it, or was asked last. */
  integration?: string;
  /** The action that is open. */
  id?: string;
}

/** Reads an address; what it does not know it leaves out. `status` is how older links name a view. */
export function actionsSearch(search: Record<string, unknown>): ActionsSearch {
  const wanted = search['view'] ?? search['status'];
  const view = actionViews.find((each) => each === wanted);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const bulk = text(search['bulk']);
  const capability = text(search['capability']);
  const integration = text(search['integration']);
  const id = text(search['id']);
  return {
    ...(view && view !== 'all' ? { view } : {}),
    ...(bulk ? { bulk } : {}),
    ...(capability && /^[a-z_]+\.[a-z_]+$/.test(capability) ? { capability } : {}),
    ...(integration && integrationId.test(integration) ? { integration } : {}),
    ...(id ? { id } : {}),
  };
}

/** What the list asks the API for. */
export function listInput({ view, bulk, integration }: ActionsSearch): {
  status?: ActionStatus;
  only?: 'scheduled' | 'last_resort';
  bulkId?: string;
  integrationId?: string;
} {
  const status = actionStatuses.find((each) => each === view);
  return {
    ...(status ? { status } : {}),
    ...(view === 'scheduled' || view === 'last_resort' ? { only: view } : {}),
    ...(bulk ? { bulkId: bulk } : {}),
    ...(integration ? { integrationId: integration } : {}),
  };
}
