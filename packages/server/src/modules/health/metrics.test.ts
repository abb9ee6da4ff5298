import { expect, it } from 'vitest';
import { addToHistogram } from '../../lib/latency-histogram.ts';
import { baselineOf, compare, hourMs, isEnough, lastDayOf } from './metrics.ts';
import type { HourRow } from './metrics.ts';

const now = Date.UTC(2026, 10, 28, 10, 42);

/** One row for each of the hours before the last day, and for those of it. */
function rows(days: number, normalMs: number, lastMs: number, lastFailures = 0): HourRow[] {
  const from = lastDayOf(now) - days * 24 * hourMs;
  return Array.from({ length: (days + 1) * 24 }, (_, index) => {
    const at = from + index * hourMs;
    const last = at >= lastDayOf(now);
    const ms = last ? lastMs : normalMs + (index % 5) * 10;
    const latency: number[] = [];
    for (let n = 0; n < 12; n += 1) addToHistogram(latency, ms);
    return { kind: 'check', at, count: 12, failures: last ? lastFailures : 0, durationMs: 12 * ms, latency };
  });
}

it('sets the last day beside the seven before', () => {
  const found = compare(rows(7, 800, 1_600, 1), now);
  expect(found.meanMs).toMatchObject({ value: 1_600, judgement: 'above' });
  expect(found.meanMs.normal!.mean).toBeCloseTo(820, -1);
  expect(found.p95Ms.judgement).toBe('above');
  expect(found.count).toMatchObject({ value: 288, judgement: 'normal' });
  expect(found.failureRate.value).toBeCloseTo(1 / 12);
  expect(found.failureRate.judgement).toBe('above');
});

it('takes what the days had for normal', () => {
  const found = compare(rows(7, 800, 830), now);
  expect(found.meanMs.judgement).toBe('normal');
  expect(compare(rows(7, 800, 200), now).meanMs.judgement).toBe('below');
});

it('does not speak of normal with too few days', () => {
  expect(isEnough(baselineOf(rows(2, 800, 800), now))).toBe(false);
  expect(compare(rows(2, 800, 9_000), now).meanMs).toEqual({ value: 9_000, normal: null, judgement: null });
  expect(isEnough(baselineOf(rows(3, 800, 800), now))).toBe(true);
});

it('says nothing of a day without measurements', () => {
  const before = rows(7, 800, 800).filter(({ at }) => at < lastDayOf(now));
  expect(compare(before, now).meanMs).toMatchObject({ value: null, judgement: null });
});
