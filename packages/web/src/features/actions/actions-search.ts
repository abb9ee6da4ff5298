import { actionStatuses } from '@trunkline/contract/actions';
import type { ActionStatus } from '@trunkline/contract/actions';

/** What the list may show: everything, a state, or those that wait for a time or because everybody failed. */
export const actionViews = ['all', 'scheduled', 'last_resort', ...actionStatuses] as const;
export type ActionView = (typeof actionViews)[number];

/** The page's state as its address says it: `/actions?view=failed&bulk=…&id=…`. */
export interface ActionsSearch {
  view?: Exclude<ActionView, 'all'>;
  /** Only the actions of this bulk. */
  bulk?: string;
  /** The action that is open. */
  id?: string;
}

/** Reads an address; what it does not know it leaves out. `status` is how older links name a view. */
export function actionsSearch(search: Record<string, unknown>): ActionsSearch {
  const wanted = search['view'] ?? search['status'];
  const view = actionViews.find((each) => each === wanted);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const bulk = text(search['bulk']);
  const id = text(search['id']);
  return {
    ...(view && view !== 'all' ? { view } : {}),
    ...(bulk ? { bulk } : {}),
    ...(id ? { id } : {}),
  };
}

/** What the list asks the API for. */
export function listInput({ view, bulk }: ActionsSearch): {
  status?: ActionStatus;
  only?: 'scheduled' | 'last_resort';
  bulkId?: string;
} {
  const status = actionStatuses.find((each) => each === view);
  return {
    ...(status ? { status } : {}),
    ...(view === 'scheduled' || view === 'last_resort' ? { only: view } : {}),
    ...(bulk ? { bulkId: bulk } : {}),
  };
}
