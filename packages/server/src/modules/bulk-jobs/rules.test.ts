import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createUuid7, timeOfUuid7 } from '../../lib/uuid7.ts';
import {
  backoffSeconds,
  batchSize,
  eventRange,
  failuresSince,
  firstIdOf,
  lastIdOf,
  prefixCeiling,
  requireUnfinished,
} from './rules.ts';

const time = Date.UTC(2030, 0, 15);

describe('batches', () => {
  it('are half a second of the rate, at least one and at most 500', () => {
    expect([null, 1, 3, 100, 999, 10_000].map(batchSize)).toEqual([500, 1, 2, 50, 500, 500]);
  });

  it('that break off wait twice as long each time, up to a minute', () => {
    expect([1, 2, 5, 6, 8].map(backoffSeconds)).toEqual([2, 4, 32, 60, 60]);
  });
});

describe('ids', () => {
  it('bound a millisecond', () => {
    const ids = Array.from(
      { length: 100 },
      createUuid7(() => time, randomBytes),
    );
    for (const id of ids) {
      expect(id > lastIdOf(time - 1) && id <= lastIdOf(time) && id >= firstIdOf(time)).toBe(true);
    }
    expect(timeOfUuid7(lastIdOf(time))).toBe(time);
    expect([lastIdOf(-1) < firstIdOf(-5), firstIdOf(-5)]).toEqual([true, firstIdOf(0)]);
  });

  it('of a range hold the deliveries that came with its events', () => {
    const [before, first, last] = Array.from(
      { length: 3 },
      createUuid7(() => time, randomBytes),
    );
    const range = eventRange(before!, last!);
    for (const event of [first!, last!]) {
      for (const end of ['0000-000000000000', 'ffff-ffffffffffff']) {
        const delivery = event.slice(0, 19) + end;
        expect(delivery >= range.firstDelivery && delivery <= range.lastDelivery).toBe(true);
      }
    }
    expect(prefixCeiling(last!) >= last!).toBe(true);
  });
});

it('failures go back 30 days where no time is given', () => {
  expect(failuresSince({ since: null, until: time })).toBe(time - 30 * 86_400_000);
  expect(failuresSince({ since: 5, until: time })).toBe(5);
});

it('only running and paused jobs can be changed', () => {
  for (const state of ['running', 'paused'] as const) expect(() => requireUnfinished(state)).not.toThrow();
  for (const state of ['completed', 'cancelled', 'failed'] as const) {
    expect(() => requireUnfinished(state)).toThrow(state);
  }
});
