import type { HealthRange, HealthSeriesPoint } from '@trunkline/contract/health';
import { between, dayMs, hourMs, lastDayOf, totalOf } from './metrics.ts';
import type { HourRow } from './metrics.ts';
import { isError, timeIn } from './uptime.ts';
import type { Span } from './uptime.ts';

/** Begin and width of the points of a chart: hours up to a week, days (UTC) of a month; the last one is the present. */
export function stepsOf(range: HealthRange, now: number): { from: number; stepMs: number } {
  if (range === '24h') return { from: lastDayOf(now), stepMs: hourMs };
  if (range === '7d') return { from: lastDayOf(now) - 6 * dayMs, stepMs: hourMs };
  return { from: Math.floor(now / dayMs) * dayMs - 29 * dayMs, stepMs: dayMs };
}

/** One point for every step of the range, also for those without a measurement. */
export function seriesOf(
  range: HealthRange,
  now: number,
  rows: readonly HourRow[],
  spans: readonly Span[],
): HealthSeriesPoint[] {
  const { from, stepMs } = stepsOf(range, now);
  const points: HealthSeriesPoint[] = [];
  for (let at = from; at <= now; at += stepMs) {
    const end = at + stepMs;
    const inStep = between(rows, at, end);
    points.push({
      at: new Date(at).toISOString(),
      checks: totalOf(inStep.filter(({ kind }) => kind === 'check')),
      calls: totalOf(inStep.filter(({ kind }) => kind === 'call')),
      errorSeconds: Math.round(timeIn(spans, isError, at, Math.min(end, now)) / 1000),
    });
  }
  return points;
}
