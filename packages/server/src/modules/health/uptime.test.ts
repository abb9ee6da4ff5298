import { expect, it } from 'vitest';
import { uptimeOf } from './uptime.ts';
import type { Span } from './uptime.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

it('counts the time in error against the time when it was on', () => {
  const spans: Span[] = [
    { status: 'active', since: -dayMs, until: 10 * minuteMs },
    { status: 'error', since: 10 * minuteMs, until: 25 * minuteMs },
    { status: 'degraded', since: 25 * minuteMs, until: 60 * minuteMs },
    { status: 'disabled', since: 60 * minuteMs, until: dayMs - 60 * minuteMs },
    { status: 'error', since: dayMs - 60 * minuteMs, until: null },
  ];
  expect(uptimeOf(spans, 0, dayMs, 99)).toEqual({
    percent: 37.5,
    target: 99,
    observedSeconds: 7_200,
    errorSeconds: 75 * 60,
    budgetSeconds: 72,
    budgetLeftSeconds: 72 - 75 * 60,
  });
});

it('leaves a budget while it works, and knows nothing of what was never on', () => {
  const spans: Span[] = [{ status: 'active', since: 0, until: null }];
  expect(uptimeOf(spans, 0, 30 * dayMs, 99.9)).toMatchObject({ percent: 100, budgetLeftSeconds: 2_592 });
  expect(uptimeOf([{ status: 'pending', since: 0, until: null }], 0, dayMs, 99.9).percent).toBeNull();
  expect(uptimeOf([], 0, dayMs, 99.9).percent).toBeNull();
});
