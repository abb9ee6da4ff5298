import { countOf } from '../../lib/format.ts';

const dayMs = 86_400_000;

/** After so many days a person is reminded to replace credentials (CONN-8). */
export const rotationDays = 90;

/** `today`, `yesterday`, `97 days ago`. */
export function ageWords(changedAt: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(changedAt)) / dayMs));
  if (days === 0) return 'today';
  return days === 1 ? 'yesterday' : `${countOf(days, 'day', 'days')} ago`;
}

/** How long until the reminder; null once it is due. */
export function reminderWords(changedAt: string, now: number): string | null {
  const left = Math.ceil((Date.parse(changedAt) + rotationDays * dayMs - now) / dayMs);
  return left > 0 ? `in ${countOf(left, 'day', 'days')}` : null;
}
