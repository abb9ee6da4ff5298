import type { LogFilter } from '@trunkline/contract/logs';
import { logRetentionDays } from '@trunkline/contract/logs';
import { fieldError } from '../../errors.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Nothing is older; a day more than the longest retention, for the round that removes. */
const oldestMs = (logRetentionDays.most + 1) * dayMs;

/** Lines whose id is `from` or later, and earlier than `until`. */
export interface IdRange {
  from: string;
  until: string;
}

/** The ids of a span of time, `since` inclusive, `until` exclusive. Bounds that no line can have are moved to where lines can be. */
export function idRangeOf({ since, until }: Pick<LogFilter, 'since' | 'until'>, now: number): IdRange {
  // Other nodes' clocks may be a little ahead.
  const end = until === undefined ? now + dayMs : Math.min(Date.parse(until), now + dayMs);
  const start = Math.max(since === undefined ? 0 : Date.parse(since), now - oldestMs);
  return { from: idAt(start), until: idAt(end) };
}

/** The first id of a moment; a moment between two milliseconds belongs to the later one. */
export function idAt(ms: number): string {
  return uuid7FloorOf(Math.max(0, Math.ceil(ms)));
}

/** Writers on several nodes need so long until a line can be read; a tail reads again what is not older. */
export const tailOverlapMs = 3_000;

const bucketSizes = [60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800];
const mostBuckets = 72;

export interface Buckets {
  /** Milliseconds since the epoch; whole buckets, the first holds `since`. */
  start: number;
  sizeMs: number;
  count: number;
}

/**
 * Divides a span of time into buckets of a round length: at most 72.
 *
 * @throws AppError `invalid_input` when it ends before it begins
 */
export function bucketsOf({ since, until }: Pick<LogFilter, 'since' | 'until'>, now: number): Buckets {
  const end = until === undefined ? now : Date.parse(until);
  const begin = Math.max(since === undefined ? end - dayMs : Date.parse(since), now - oldestMs);
  if (end <= begin) throw fieldError('invalid_input', '/until', 'Must be after since.');
  const seconds =
    bucketSizes.find((size) => (end - begin) / (size * 1000) <= mostBuckets - 1) ?? bucketSizes.at(-1)!;
  const sizeMs = seconds * 1000;
  const start = Math.floor(begin / sizeMs) * sizeMs;
  return { start, sizeMs, count: Math.ceil((end - start) / sizeMs) };
}
