import { describe, expect, it } from 'vitest';
import { lastDay } from './activity.ts';

const now = Date.parse('2026-11-23T10:30:00Z');

describe('lastDay', () => {
  it('fills the hours without attempts and ends with the present hour', () => {
    const hours = lastDay(
      [
        { hour: '2026-11-23T10:00:00Z', succeeded: 3, failed: 1 },
        { hour: '2026-11-22T11:00:00Z', succeeded: 5, failed: 0 },
        { hour: '2026-11-22T10:00:00Z', succeeded: 9, failed: 9 },
      ],
      now,
    );
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual({ hour: '2026-11-22T11:00:00Z', succeeded: 5, failed: 0 });
    expect(hours[23]).toEqual({ hour: '2026-11-23T10:00:00Z', succeeded: 3, failed: 1 });
    expect(hours[22]).toEqual({ hour: '2026-11-23T09:00:00.000Z', succeeded: 0, failed: 0 });
  });
});
