/** A time that gets a line on the axis. */
export interface Tick {
  ms: number;
  /** Place on the axis, 0 to 1. */
  at: number;
  label: string;
}

export interface ScheduleAxis {
  /** Place of a time since the first attempt, 0 to 1. */
  place: (ms: number) => number;
  ticks: Tick[];
}

/** Round times, in seconds, that a reader can take in at a glance. */
const roundTimes: readonly [number, string][] = [
  [1, '1 s'],
  [2, '2 s'],
  [5, '5 s'],
  [10, '10 s'],
  [20, '20 s'],
  [30, '30 s'],
  [60, '1 min'],
  [120, '2 min'],
  [300, '5 min'],
  [600, '10 min'],
  [1200, '20 min'],
  [1800, '30 min'],
  [3600, '1 h'],
  [7200, '2 h'],
  [18_000, '5 h'],
  [36_000, '10 h'],
  [86_400, '1 d'],
  [172_800, '2 d'],
  [432_000, '5 d'],
  [864_000, '10 d'],
  [1_728_000, '20 d'],
  [4_320_000, '50 d'],
];

/** Labels closer than this share of the axis would touch. */
const leastGap = 0.13;

/**
 * A logarithmic time axis that has a zero: places follow log(1 + t / scale), so the first attempt stands at the
 * left edge and the last possible one at the right.
 * @param firstMs the earliest retry; the part before it takes about a fifth of the axis
 * @param totalMs the end of the axis, above `firstMs`
 */
export function scheduleAxis(firstMs: number, totalMs: number): ScheduleAxis {
  const scale = Math.max(1, Math.min(firstMs, totalMs / 4));
  const whole = Math.log1p(totalMs / scale);
  const place = (ms: number) => Math.min(1, Math.log1p(Math.max(0, ms) / scale) / whole);
  const ticks: Tick[] = [{ ms: 0, at: 0, label: '0' }];
  // From the right, as the far end is what people look for.
  let next = Infinity;
  for (const [seconds, label] of roundTimes.toReversed()) {
    const ms = seconds * 1000;
    if (ms > totalMs) continue;
    const at = place(ms);
    if (next - at < leastGap || at < leastGap) continue;
    ticks.splice(1, 0, { ms, at, label });
    next = at;
  }
  return { place, ticks };
}
