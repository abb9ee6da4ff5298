import { useReducedMotion } from '@mantine/hooks';
import { useNow } from '../../lib/clock.ts';
import { formatTime } from '../../lib/format.ts';
import { nextTryWords } from './webhook-state.ts';

/**
 * When an open circuit is tried next: counts down, or names the time for people who want nothing to move. It stands in
 * no live region, so that a screen reader does not hear every second of it.
 */
export function CircuitTime({ at }: { at: string }) {
  const isStill = useReducedMotion(undefined, { getInitialValueInEffect: false });
  const now = useNow();
  const isAhead = Date.parse(at) > now;
  return <>{isStill && isAhead ? `next try at ${formatTime(at)}` : nextTryWords(at, now)}</>;
}
