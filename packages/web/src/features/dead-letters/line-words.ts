import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { countOf } from '../../lib/format.ts';

type Line = Pick<DeadLetter, 'subject' | 'blocked'>;

/** The server counts up to this many. */
const countedUpTo = 1000;

function waiting(count: number): string {
  const more = count >= countedUpTo ? ' or more' : '';
  return `${countOf(count, 'delivery', 'deliveries')}${more} ${count === 1 ? 'waits' : 'wait'}`;
}

/** `12 deliveries wait behind it`; null when none does. */
export function blockedWords({ blocked }: Pick<Line, 'blocked'>): string | null {
  return blocked === 0 ? null : `${waiting(blocked)} behind it`;
}

/** How the line that a dead letter stops goes on. */
export function stoppedLineWords({ subject }: Pick<Line, 'subject'>): string {
  const line = subject === null ? 'Its line' : `The line of ${subject}`;
  return `${line} goes on when a retry arrives, or when this dead letter is cleared.`;
}

/** What a retry or clearing means for the lines that these dead letters stop; null when they stop none. */
export function lineWords(rows: readonly Line[], act: 'retry' | 'clear'): string | null {
  const stopping = rows.filter(({ blocked }) => blocked > 0);
  const [only] = stopping;
  if (!only) return null;
  const count = stopping.reduce((sum, { blocked }) => sum + blocked, 0);
  if (stopping.length === 1) {
    const line = only.subject === null ? 'its line' : `the line of ${only.subject}`;
    const goesOn =
      act === 'clear' ? `Clearing lets ${line} go on` : `A retry that arrives lets ${line} go on`;
    return `${goesOn}: ${waiting(count)} behind it.`;
  }
  const goOn =
    act === 'clear' ? 'Clearing lets their lines go on' : 'Retries that arrive let their lines go on';
  return `${goOn}: ${waiting(count)} behind them.`;
}
