import type { HealthSummary } from '@trunkline/contract/health';
import type { IntegrationSort, MeasuredSort } from '@trunkline/contract/integrations';
import type { Tx } from '../../ctx.ts';
import { lastDayOf } from './metrics.ts';
import { readSpans, readSummaries } from './queries.ts';
import { groupById, summaryOf } from './summary.ts';

const fields: Record<MeasuredSort, (summary: HealthSummary) => number | null> = {
  success: ({ successPercent }) => successPercent,
  p95: ({ p95Ms }) => p95Ms,
  uptime: ({ uptimePercent }) => uptimePercent,
  measured: ({ count }) => count,
};

export function isMeasured(sort: IntegrationSort): sort is MeasuredSort {
  return sort in fields;
}

/** A number of the last 24 hours of these integrations, by id, as `listHealth` tells it; without those that have none. */
export async function readMeasured(
  tx: Tx,
  sort: MeasuredSort,
  ids: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  const from = lastDayOf(now);
  const since = new Date(from);
  // Each is read only where it counts.
  const rows = groupById(sort === 'uptime' ? [] : await readSummaries(tx, [...ids], since));
  const spans = groupById(sort === 'uptime' ? await readSpans(tx, [...ids], since) : []);
  return new Map(
    ids.flatMap((id) => {
      const value = fields[sort](summaryOf(id, rows.get(id) ?? [], spans.get(id) ?? [], from, now));
      return value === null ? [] : [[id, value] as const];
    }),
  );
}
