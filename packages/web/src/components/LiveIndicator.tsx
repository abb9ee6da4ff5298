import { Pause, Play } from 'lucide-react';
import { live, useLiveState } from '../lib/live.ts';
import type { LiveState } from '../lib/live.ts';
import { useNow } from '../lib/clock.ts';
import { formatRelative } from '../lib/format.ts';
import classes from './LiveIndicator.module.css';

const words = { connecting: 'Connecting…', live: 'Live', reconnecting: 'Reconnecting…', paused: 'Paused' };

function describe(state: LiveState, now: number): string {
  if (state.paused) return state.waiting === 0 ? '' : `${state.waiting} new`;
  if (state.lastEventAt === null) return state.status === 'live' ? 'No event yet' : '';
  return `Last event ${formatRelative(Math.min(state.lastEventAt, now), now)}`;
}

/** Whether the page follows what happens, and the button that stops it (WCAG 2.2.2). */
export function LiveIndicator() {
  const state = useLiveState();
  const now = useNow();
  const shown = state.paused ? 'paused' : state.status;
  return (
    <span className={classes.live}>
      <span className={classes.state} data-state={shown} role="status">
        <span className={classes.dot} />
        {words[shown]}
      </span>
      <span>{describe(state, now)}</span>
      <button type="button" className={classes.pause} onClick={() => live.setPaused(!state.paused)}>
        {state.paused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
        {state.paused ? 'Resume' : 'Pause'}
      </button>
    </span>
  );
}
