import { fromLocalInput } from './local-time.ts';

/** Spans that count back from now, in ms. */
export const spans = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 };
export type SinceChoice = keyof typeof spans | 'own';

/**
 * The chosen start as an RFC 3339 instant, or what is wrong with it.
 * @param typed value of the `datetime-local` field; used for `own`
 * @param now ms; the spans count back from it
 */
export function sinceOf(
  choice: SinceChoice,
  typed: string,
  now: number,
): { since: string; problem: null } | { since: null; problem: string } {
  const at = choice === 'own' ? fromLocalInput(typed) : now - spans[choice];
  if (at === null) return { since: null, problem: 'Enter a date and time' };
  if (at > now) return { since: null, problem: 'This is in the future' };
  return { since: new Date(at).toISOString(), problem: null };
}
