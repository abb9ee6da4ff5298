import { afterEach, expect, it, vi } from 'vitest';
import { followParent } from './lib/follow-parent.mjs';

afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [true, 1],
  [false, 0],
])('stops once when the parent goes away, if npm started it (%s)', (startedByNpm, times) => {
  vi.useFakeTimers();
  let parent = 100;
  const stop = vi.fn<() => void>();
  const end = followParent({ parent: () => parent, startedByNpm, stop });
  vi.advanceTimersByTime(1_000);
  expect(stop).not.toHaveBeenCalled();
  parent = 1;
  vi.advanceTimersByTime(1_000);
  expect(stop).toHaveBeenCalledTimes(times);
  end();
});
