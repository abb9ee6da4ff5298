import { actionStatuses } from '@trunkline/contract/actions';
import type { ActionStatus } from '@trunkline/contract/actions';

/** The page's state as its address says it: `/actions?status=failed&id=…`. */
export interface ActionsSearch {
  status?: ActionStatus;
  /** The action that is open. */
  id?: string;
}

/** Reads an address; what it does not know it leaves out. */
export function actionsSearch(search: Record<string, unknown>): ActionsSearch {
  const status = actionStatuses.find((each) => each === search['status']);
  const { id } = search;
  return { ...(status ? { status } : {}), ...(typeof id === 'string' && id !== '' ? { id } : {}) };
}
