import { describe, expect, it } from 'vitest';
import type { CheckRun, Uptime } from '@trunkline/contract/health';
import {
  axisSteps,
  budgetText,
  chunksOf,
  metricText,
  normalText,
  placesOf,
  runText,
  sumsOf,
} from './health-words.ts';

describe('a metric', () => {
  const metric = {
    value: 1200,
    normal: { mean: 800, low: 600, high: 1000 },
    judgement: 'above' as const,
  };

  it('has its unit, and a dash for nothing', () => {
    expect(metricText(1520, 'ms')).toBe('1.52 s');
    expect(metricText(12_843.4, 'count')).toBe('12,843');
    expect(metricText(0.0213, 'share')).toBe('2.13 %');
    expect(metricText(null, 'ms')).toBe('–');
  });

  it('stands beside its normal', () => {
    expect(normalText(metric, 'ms')).toBe('normal 600 ms–1.00 s');
    expect(normalText({ ...metric, normal: null }, 'ms')).toBe('too little to compare');
    const places = placesOf(metric)!;
    expect(places.low).toBeLessThan(places.high);
    expect(places.high).toBeLessThan(places.at);
    expect(places.at).toBeLessThan(100);
    expect(placesOf({ ...metric, value: 0, normal: { mean: 0, low: 0, high: 0 } })).toEqual({
      low: 0,
      high: 0,
      at: 0,
    });
    expect(placesOf({ ...metric, value: null })).toBeNull();
  });
});

it('says what is left of the time to fail', () => {
  const uptime: Uptime = {
    percent: 99.9,
    target: 99.9,
    observedSeconds: 86_400,
    errorSeconds: 20,
    budgetSeconds: 86,
    budgetLeftSeconds: 66,
  };
  expect(budgetText(uptime)).toBe('1 min 6 s of 1 min 26 s left');
  expect(budgetText({ ...uptime, budgetLeftSeconds: -30 })).toBe(
    '30 s over the 1 min 26 s that the target allows',
  );
  expect(budgetText({ ...uptime, observedSeconds: 0 })).toBe('It was not on in this time.');
});

it('says how far a check of all is', () => {
  const run = { state: 'running', total: 18, done: 7, failed: 1 } as CheckRun;
  expect(runText(run)).toBe('7 of 18 checked, 1 does not work');
  expect(runText({ ...run, state: 'finished', done: 18, failed: 2 })).toBe('All 18 checked, 2 do not work');
  expect(runText({ ...run, state: 'finished', done: 18, failed: 0 })).toBe('All 18 checked: all work');
});

it('adds checks and calls, weighed', () => {
  const sums = (count: number, failures: number, meanMs: number | null) => ({
    count,
    failures,
    meanMs,
    p95Ms: null,
  });
  expect(sumsOf({ checks: sums(1, 1, 1000), calls: sums(3, 0, 200) })).toEqual({
    count: 4,
    failures: 1,
    meanMs: 400,
  });
  expect(sumsOf({ checks: sums(0, 0, null), calls: sums(0, 0, null) }).meanMs).toBeNull();
});

it('divides axes into few round steps', () => {
  expect(axisSteps(12)).toEqual([0, 5, 10, 15]);
  expect(axisSteps(1_430)).toEqual([0, 500, 1000, 1500]);
  expect(axisSteps(0)).toEqual([0, 1]);
});

it('divides lists', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([], 2)).toEqual([]);
});
