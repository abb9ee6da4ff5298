import type { HealthMetrics, Metric } from '@trunkline/contract/health';
import { mergeHistogram, quantile } from '../../lib/latency-histogram.ts';
import type { MeasureKind } from '../../measures/measure.ts';

/** What was measured in one hour. */
export interface HourRow {
  kind: MeasureKind;
  at: number;
  count: number;
  failures: number;
  durationMs: number;
  latency: readonly number[];
}

/** What was measured in some time. */
export interface Total {
  count: number;
  failures: number;
  meanMs: number | null;
  p95Ms: number | null;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Days that normal is read off; a day of fewer measurements says nothing. */
const baselineDays = 7;
const fewestOfDay = 20;
const fewestDays = 3;

/** The begin of the 24 hours that end with the present one. */
export function lastDayOf(now: number): number {
  return Math.floor(now / hourMs) * hourMs - 23 * hourMs;
}

export function totalOf(rows: readonly HourRow[]): Total {
  const latency: number[] = [];
  let [count, failures, durationMs] = [0, 0, 0];
  for (const row of rows) {
    count += row.count;
    failures += row.failures;
    durationMs += row.durationMs;
    mergeHistogram(latency, row.latency);
  }
  return {
    count,
    failures,
    meanMs: count === 0 ? null : Math.round(durationMs / count),
    p95Ms: quantile(latency, 0.95),
  };
}

/** The seven days before the last 24 hours, each as one total; oldest first. */
export function baselineOf(rows: readonly HourRow[], now: number): Total[] {
  const end = lastDayOf(now);
  return Array.from({ length: baselineDays }, (_, index) => {
    const from = end - (baselineDays - index) * dayMs;
    return totalOf(between(rows, from, from + dayMs));
  });
}

/** Whether there is enough of a baseline to speak of normal. */
export function isEnough(days: readonly Total[]): boolean {
  return days.filter(({ count }) => count >= fewestOfDay).length >= fewestDays;
}

/** The last 24 hours beside the seven days before: normal is what those days had, widened to two standard deviations. */
export function compare(rows: readonly HourRow[], now: number): HealthMetrics {
  const last = totalOf(between(rows, lastDayOf(now), Infinity));
  const days = baselineOf(rows, now);
  const usable = isEnough(days) ? days.filter(({ count }) => count >= fewestOfDay) : [];
  const metric = (read: (total: Total) => number | null): Metric =>
    judge(
      read(last),
      usable.map(read).filter((value) => value !== null),
    );
  return {
    count: metric(({ count }) => count),
    failures: metric(({ failures }) => failures),
    failureRate: metric(({ count, failures }) => (count === 0 ? null : failures / count)),
    meanMs: metric(({ meanMs }) => meanMs),
    p95Ms: metric(({ p95Ms }) => p95Ms),
  };
}

function judge(value: number | null, days: readonly number[]): Metric {
  if (days.length === 0) return { value, normal: null, judgement: null };
  const mean = days.reduce((sum, day) => sum + day, 0) / days.length;
  const spread = 2 * Math.sqrt(days.reduce((sum, day) => sum + (day - mean) ** 2, 0) / days.length);
  const low = Math.max(0, Math.min(...days, mean - spread));
  const high = Math.max(...days, mean + spread);
  // What differs by a tenth only is nothing to speak of.
  const judgement =
    value === null
      ? null
      : value > high && value > 1.1 * mean
        ? 'above'
        : value < low && value < 0.9 * mean
          ? 'below'
          : 'normal';
  return { value, normal: { mean, low, high }, judgement };
}

/** Rows of hours from `from` to before `to`. */
export function between(rows: readonly HourRow[], from: number, to: number): HourRow[] {
  return rows.filter(({ at }) => at >= from && at < to);
}
