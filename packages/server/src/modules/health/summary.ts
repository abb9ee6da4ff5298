import type { HealthSummary } from '@trunkline/contract/health';
import { mergeHistogram, quantile } from '../../lib/latency-histogram.ts';
import { hourMs } from './metrics.ts';
import type { SummaryRow } from './queries.ts';
import { uptimeOf } from './uptime.ts';
import type { Span } from './uptime.ts';

/** The 24 hours from `from` up to `now` of one integration, of what was measured and what status it had when. */
export function summaryOf(
  integrationId: string,
  rows: readonly SummaryRow[],
  spans: readonly Span[],
  from: number,
  now: number,
): HealthSummary {
  const latency: number[] = [];
  const hours = Array.from({ length: 24 }, (_, index) => ({
    at: new Date(from + index * hourMs).toISOString(),
    ok: 0,
    failed: 0,
  }));
  for (const row of rows) {
    const hour = hours[(row.at.getTime() - from) / hourMs];
    if (hour === undefined) continue;
    hour.ok += row.count - row.failures;
    hour.failed += row.failures;
    mergeHistogram(latency, row.latency);
  }
  const failures = hours.reduce((sum, { failed }) => sum + failed, 0);
  const count = hours.reduce((sum, { ok }) => sum + ok, failures);
  return {
    integrationId,
    hours,
    count,
    failures,
    successPercent: count === 0 ? null : (100 * (count - failures)) / count,
    p95Ms: quantile(latency, 0.95),
    uptimePercent: uptimeOf(spans, from, now, 99.9).percent,
  };
}

export function groupById<Row extends { integrationId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.integrationId);
    if (group) group.push(row);
    else groups.set(row.integrationId, [row]);
  }
  return groups;
}
