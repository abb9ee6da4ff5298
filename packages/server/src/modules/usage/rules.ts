import { fieldError } from '../../errors.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Sums by minute are kept so long, less an hour for the housekeeping. */
const minutesKeptMs = 47 * hourMs;
const hoursKeptMs = 90 * dayMs;
const bars = 96;
const bucketsMs = [
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  6 * hourMs,
  12 * hourMs,
  dayMs,
];
const fixed = {
  '24h': { spanMs: dayMs, bucketMs: 30 * minuteMs },
  '7d': { spanMs: 7 * dayMs, bucketMs: 2 * hourMs },
  '30d': { spanMs: 30 * dayMs, bucketMs: 12 * hourMs },
};

export interface Span {
  /** In ms since the epoch; at a full minute, or at a full hour where sums are by hour. */
  since: number;
  until: number;
  bucketMs: number;
  by: 'minute' | 'hour';
}

/**
 * What a range means now: from when to when, in bars of what length, and whether sums by minute reach back that far.
 *
 * @throws AppError `invalid_input`
 */
export function readSpan(
  input: { range: keyof typeof fixed | 'custom'; since?: string | undefined; until?: string | undefined },
  now: number,
): Span {
  if (input.range !== 'custom') {
    const { spanMs, bucketMs } = fixed[input.range];
    return aligned(now - spanMs, now, bucketMs, now);
  }
  if (input.since === undefined)
    throw fieldError('invalid_input', '/since', 'A custom range needs its start.');
  const since = Date.parse(input.since);
  const until = Math.min(input.until === undefined ? now : Date.parse(input.until), now);
  if (since >= until) throw fieldError('invalid_input', '/since', 'It is not before the end.');
  if (since < now - hoursKeptMs) throw fieldError('invalid_input', '/since', 'Usage is kept for 90 days.');
  const finest = since >= now - minutesKeptMs ? minuteMs : hourMs;
  const bucketMs = bucketsMs.find((bucket) => bucket >= finest && (until - since) / bucket <= bars) ?? dayMs;
  return aligned(since, until, bucketMs, now);
}

function aligned(since: number, until: number, bucketMs: number, now: number): Span {
  const by = since >= now - minutesKeptMs ? 'minute' : 'hour';
  const unit = by === 'minute' ? minuteMs : hourMs;
  return { since: since - (since % unit), until, bucketMs, by };
}

/** With one decimal. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}
