import { listHealth as operation } from '@trunkline/contract/health';
import type { HealthSummary } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { mergeHistogram, quantile } from '../../lib/latency-histogram.ts';
import type { Verb } from '../../verb.ts';
import { hourMs, lastDayOf } from './metrics.ts';
import { knownIntegrations, readSpans, readSummaries } from './queries.ts';
import type { SummaryRow } from './queries.ts';
import { uptimeOf } from './uptime.ts';
import type { Span } from './uptime.ts';

/** The last 24 hours of up to 100 integrations, hour by hour (DASH-3), in four statements however many they are. */
export const listHealth: Verb<typeof operation> = async (ctx, { integrationIds }) => {
  authorize(ctx, operation);
  const now = ctx.app.clock();
  const from = lastDayOf(now);
  return inOrganization(ctx, async (tx) => {
    const known = await knownIntegrations(tx, integrationIds);
    const rows = groupById(await readSummaries(tx, integrationIds, new Date(from)));
    const spans = groupById(await readSpans(tx, integrationIds, new Date(from)));
    const wanted = [...new Set(integrationIds)].filter((id) => known.has(id));
    return { data: wanted.map((id) => summaryOf(id, rows.get(id) ?? [], spans.get(id) ?? [], from, now)) };
  });
};

function summaryOf(
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

function groupById<Row extends { integrationId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.integrationId);
    if (group) group.push(row);
    else groups.set(row.integrationId, [row]);
  }
  return groups;
}
