/** Counts calls and says when there are too many. */
export interface CallCounter {
  /** Seconds until calls are taken again when this one is over a limit; null when it is not. */
  count(now: number): number | null;
}

/** The numbers of the definitions lie below those of the providers; the sandbox allows this much more. */
const headroom = 1.25;
/** Providers that limit by the second let short bursts pass. */
const secondsOfBurst = 10;

/** A counter for the limits of a definition. */
export function createCallCounter(limits: {
  perSecond?: number;
  perHour?: number;
  perDay?: number;
}): CallCounter {
  const windows = [
    { ms: secondsOfBurst * 1000, most: (limits.perSecond ?? Infinity) * secondsOfBurst },
    { ms: 3_600_000, most: limits.perHour ?? Infinity },
    { ms: 86_400_000, most: limits.perDay ?? Infinity },
  ]
    .filter(({ most }) => most !== Infinity)
    .map(({ ms, most }) => ({ ms, most: Math.ceil(most * headroom), began: -Infinity, calls: 0 }));
  return {
    count(now) {
      let wait = 0;
      for (const window of windows) {
        if (now - window.began >= window.ms) Object.assign(window, { began: now, calls: 0 });
        window.calls += 1;
        if (window.calls > window.most) wait = Math.max(wait, window.began + window.ms - now);
      }
      return wait > 0 ? Math.ceil(wait / 1000) : null;
    },
  };
}
