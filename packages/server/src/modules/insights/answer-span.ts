import type { insightRanges } from '@trunkline/contract/insights';
import type { InsightSpan } from './answers/answer.ts';

const dayMs = 86_400_000;
const days = { '7d': 7, '30d': 30, '90d': 90 } as const;

/** The days before now (milliseconds since the epoch) that a range names. */
export function answerSpan(range: (typeof insightRanges)[number], now: number): InsightSpan {
  // What happens in this millisecond belongs to it.
  return { since: new Date(now - days[range] * dayMs), until: new Date(now + 1) };
}
