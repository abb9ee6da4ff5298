import { insightGroups, insightRanges } from '@trunkline/contract/insights';
import type { InsightGroup } from '@trunkline/contract/insights';

export type InsightRange = (typeof insightRanges)[number];

/** What `/insights` shows: which questions, and how many days. */
export interface InsightsSearch {
  group?: InsightGroup;
  range?: InsightRange;
}

/** Reads the search of the address; what is usual is left out of it. */
export function insightsSearch(search: Record<string, unknown>): InsightsSearch {
  const group = insightGroups.find((each) => each === search['group']);
  const range = insightRanges.find((each) => each === search['range']);
  return {
    ...(group && group !== 'operational' ? { group } : {}),
    ...(range && range !== '30d' ? { range } : {}),
  };
}
