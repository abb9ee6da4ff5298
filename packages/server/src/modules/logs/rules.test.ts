import { describe, expect, it } from 'vitest';
import { timeOfUuid7 } from '../../lib/uuid7.ts';
import { bucketsOf, idRangeOf } from './rules.ts';

const now = Date.UTC(2030, 4, 5, 10, 20, 30);
const iso = (ms: number): string => new Date(ms).toISOString();
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

describe('a range of ids', () => {
  it('is bounded on both sides, whatever is asked for', () => {
    for (const filter of [{}, { since: '0001-01-01T00:00:00Z', until: '9999-12-31T23:59:59Z' }]) {
      const { from, until } = idRangeOf(filter, now);
      expect([timeOfUuid7(from), timeOfUuid7(until)]).toEqual([now - 366 * day, now + day]);
    }
    const { from, until } = idRangeOf({ since: iso(now - hour), until: iso(now) }, now);
    expect([timeOfUuid7(from), timeOfUuid7(until)]).toEqual([now - hour, now]);
  });
});

describe('buckets', () => {
  it('have a round length, are whole, and never too many', () => {
    const lengths = [minute, 15 * minute, hour, 24 * hour, 7 * day, 30 * day, 366 * day].map((span) => {
      const { start, sizeMs, count } = bucketsOf({ since: iso(now - span), until: iso(now) }, now);
      expect(start % sizeMs).toBe(0);
      expect(start).toBeLessThanOrEqual(now - span);
      expect(start + count * sizeMs).toBeGreaterThanOrEqual(now);
      expect(count).toBeLessThanOrEqual(72);
      return sizeMs / 1000;
    });
    expect(lengths).toEqual([60, 60, 60, 1_800, 10_800, 43_200, 604_800]);
    expect(bucketsOf({}, now).count).toBe(49);
  });
});
