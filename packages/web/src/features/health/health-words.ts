import type { CheckRun, HealthRange, HealthSeriesPoint, Metric, Uptime } from '@trunkline/contract/health';
import { countOf, formatDuration, formatNumber, formatPercent, formatSeconds } from '../../lib/format.ts';

export const rangeWords: Record<HealthRange, string> = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

/** A list in parts of a size. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export type MetricUnit = 'count' | 'share' | 'ms';

/** A measured value with its unit; a dash where nothing was measured. */
export function metricText(value: number | null, unit: MetricUnit): string {
  if (value === null) return '–';
  if (unit === 'share') return formatPercent(value, 2);
  return unit === 'ms' ? formatDuration(Math.round(value)) : formatNumber(Math.round(value));
}

/** `normal 150 ms–210 ms`, or that there is too little to say so. */
export function normalText({ normal }: Metric, unit: MetricUnit): string {
  if (normal === null) return 'too little to compare';
  const [low, high] = [metricText(normal.low, unit), metricText(normal.high, unit)];
  return low === high ? `normal ${low}` : `normal ${low}–${high}`;
}

export const judgementWords = { normal: 'In range', above: 'Above normal', below: 'Below normal' } as const;

/** Where a value and its normal range stand on a scale from 0 to 100 that holds both. */
export function placesOf({ value, normal }: Metric): { low: number; high: number; at: number } | null {
  if (normal === null || value === null) return null;
  const top = Math.max(value, normal.high) * 1.15 || 1;
  const place = (n: number): number => Math.round((1000 * n) / top) / 10;
  return { low: place(normal.low), high: place(normal.high), at: place(value) };
}

/** How much of the time that a target lets it fail is left. */
export function budgetText({ budgetLeftSeconds, budgetSeconds, observedSeconds }: Uptime): string {
  if (observedSeconds === 0) return 'It was not on in this time.';
  const allowed = formatSeconds(budgetSeconds);
  return budgetLeftSeconds >= 0
    ? `${formatSeconds(budgetLeftSeconds)} of ${allowed} left`
    : `${formatSeconds(-budgetLeftSeconds)} over the ${allowed} that the target allows`;
}

/** What a check of all integrations says about itself. */
export function runText({ state, total, done, failed }: CheckRun): string {
  const failures = failed === 0 ? '' : `, ${countOf(failed, 'does not work', 'do not work')}`;
  if (state === 'running') return `${formatNumber(done)} of ${formatNumber(total)} checked${failures}`;
  return failed === 0
    ? `All ${formatNumber(total)} checked: all work`
    : `All ${formatNumber(total)} checked${failures}`;
}

/** Checks and calls of a point of a chart together. */
export function sumsOf({ checks, calls }: Pick<HealthSeriesPoint, 'checks' | 'calls'>) {
  const count = checks.count + calls.count;
  const failures = checks.failures + calls.failures;
  const weighed = (checks.meanMs ?? 0) * checks.count + (calls.meanMs ?? 0) * calls.count;
  return { count, failures, meanMs: count === 0 ? null : Math.round(weighed / count) };
}

/** Round steps for an axis from 0 to at least `highest`, at most four above 0. */
export function axisSteps(highest: number): number[] {
  const rough = Math.max(highest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough)! * power);
  return Array.from({ length: Math.ceil(Math.max(highest, 1) / step) + 1 }, (_, index) => index * step);
}
