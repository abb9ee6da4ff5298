import { runStatuses } from '@trunkline/contract/automations';
import type { AutomationRunStatus } from '@trunkline/contract/automations';

export const automationTabs = ['automations', 'runs', 'templates'] as const;
export type AutomationTab = (typeof automationTabs)[number];

/** The page's state as its address says it: `/automations?tab=runs&status=dead_lettered&automation=…&run=…`. */
export interface AutomationsSearch {
  tab?: Exclude<AutomationTab, 'automations'>;
  status?: AutomationRunStatus;
  /** Only the runs of this automation. */
  automation?: string;
  /** The run that is open. */
  run?: string;
}

/** Reads an address; what it does not know it leaves out. */
export function automationsSearch(search: Record<string, unknown>): AutomationsSearch {
  const tab = automationTabs.find((each) => each === search['tab']);
  const status = runStatuses.find((each) => each === search['status']);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const automation = text(search['automation']);
  const run = text(search['run']);
  return {
    ...(tab && tab !== 'automations' ? { tab } : {}),
    ...(status ? { status } : {}),
    ...(automation ? { automation } : {}),
    ...(run ? { run } : {}),
  };
}
