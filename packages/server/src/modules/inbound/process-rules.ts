import { createHash } from 'node:crypto';

/** Longer than reading and storing one takes; then another node takes it. */
export const leaseSeconds = 120;

/** Tries before a webhook is given up. */
export const mostAttempts = 8;
const pausesSeconds = [5, 15, 60, 300, 900, 3_600, 7_200];

/** Seconds until a webhook is tried again after so many tries; null: it is given up. */
export function nextTrySeconds(attempts: number, random: () => number): number | null {
  const seconds = attempts >= mostAttempts ? undefined : pausesSeconds[attempts - 1];
  return seconds === undefined ? null : Math.round(seconds * (0.9 + 0.2 * random()));
}

/** The id of an event: the same whenever the same webhook is read again, and no other source's. */
export function eventKeyOf(sourceId: string, id: string): string {
  return `in_${createHash('sha256').update(`${sourceId} ${id}`).digest('hex').slice(0, 40)}`;
}
