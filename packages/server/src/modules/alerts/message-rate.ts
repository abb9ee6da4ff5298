/** The window over which the messages of a channel are counted, in milliseconds. */
export const rateWindowMs = 10 * 60_000;

/** How long after the last message the next one goes, by how many the window has already. */
const pauses = [0, 30_000, 60_000, 120_000, 240_000];

/** At most so many messages a channel in ten minutes; the rest is folded into the next one. */
export const messagesPerWindow = pauses.length;

/**
 * When the next message of a channel may go, given when the ones of the last ten minutes went, oldest first: the first at
 * once, the next ones further and further apart, so that whatever happens is told at once and a storm in few messages.
 */
export function nextMessageAt(sentAt: readonly number[], now: number): number {
  const inWindow = sentAt.filter((at) => at > now - rateWindowMs);
  const last = inWindow.at(-1);
  if (last === undefined) return now;
  const pause = pauses[inWindow.length];
  // The oldest one leaves the window.
  if (pause === undefined) return inWindow[inWindow.length - messagesPerWindow]! + rateWindowMs;
  return Math.max(now, last + pause);
}
