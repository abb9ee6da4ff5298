import { defaultQuietHours } from '@trunkline/contract/alert-settings';
import type { QuietHours } from '@trunkline/contract/alert-settings';
import { describe, expect, it } from 'vitest';
import { endOfQuiet, isTimeZone, mayGoAt } from './quiet-hours.ts';

const quiet = (changes: Partial<QuietHours>): QuietHours => ({
  ...defaultQuietHours,
  enabled: true,
  ...changes,
});
const end = (settings: QuietHours, at: string): string =>
  new Date(endOfQuiet(settings, Date.parse(at))).toISOString();

describe('endOfQuiet', () => {
  it.each([
    // Winter in Berlin is UTC+1.
    ['before the night', {}, '2026-01-14T20:59:59.500Z', '2026-01-14T20:59:59.500Z'],
    ['in its first minute', {}, '2026-01-14T21:00:00.000Z', '2026-01-15T06:00:00.000Z'],
    ['past midnight', {}, '2026-01-15T00:30:12.345Z', '2026-01-15T06:00:00.000Z'],
    ['at its end', {}, '2026-01-15T06:00:00.000Z', '2026-01-15T06:00:00.000Z'],
    ['in summer', {}, '2026-07-14T23:00:00.000Z', '2026-07-15T05:00:00.000Z'],
    ['over the night without 02:30', {}, '2026-03-28T22:00:00.000Z', '2026-03-29T05:00:00.000Z'],
    ['over the night with 02:30 twice', {}, '2026-10-24T22:00:00.000Z', '2026-10-25T06:00:00.000Z'],
    ['on a night that is not quiet', { days: [1] }, '2026-01-14T23:00:00.000Z', '2026-01-14T23:00:00.000Z'],
    // Monday night ends on Tuesday.
    [
      'after the midnight of its night',
      { days: [1] },
      '2026-01-13T02:00:00.000Z',
      '2026-01-13T06:00:00.000Z',
    ],
    ['before the midnight of none', { days: [1] }, '2026-01-12T02:00:00.000Z', '2026-01-12T02:00:00.000Z'],
    [
      'within one day',
      { from: '12:00', to: '13:30' },
      '2026-01-14T11:10:00.000Z',
      '2026-01-14T12:30:00.000Z',
    ],
    [
      'through a whole weekend',
      { from: '00:00', to: '00:00', days: [6, 0] },
      '2026-01-17T09:00:00.000Z',
      '2026-01-18T23:00:00.000Z',
    ],
    ['switched off', { enabled: false }, '2026-01-15T00:30:00.000Z', '2026-01-15T00:30:00.000Z'],
  ] as const)('%s', (_, changes, at, expected) => {
    const settings = quiet({ timeZone: 'Europe/Berlin', ...changes } as Partial<QuietHours>);
    expect(end(settings, at)).toBe(expected);
  });

  it('counts in the time zone of the organization', () => {
    const at = '2026-01-15T00:30:00.000Z';
    expect(end(quiet({ timeZone: 'Asia/Kolkata' }), at)).toBe('2026-01-15T01:30:00.000Z');
    expect(end(quiet({ timeZone: 'America/New_York' }), at)).toBe(at);
  });
});

it('lets critical alerts pass only where that is wanted', () => {
  const at = Date.parse('2026-01-15T00:30:00.000Z');
  expect(mayGoAt(quiet({}), 'critical', at)).toBe(at);
  expect(mayGoAt(quiet({}), 'warning', at)).toBeGreaterThan(at);
  expect(mayGoAt(quiet({ criticalPasses: false }), 'critical', at)).toBeGreaterThan(at);
});

it('knows time zones', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
