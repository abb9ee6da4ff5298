import type { DeadLetter } from '@trunkline/contract/dead-letters';

export interface SettledRetries {
  /** Were being retried and have left the queue. */
  delivered: DeadLetter[];
  /** Were being retried and are still there. */
  failedAgain: DeadLetter[];
}

/**
 * Compares two states of the same list. A row that was being retried and is gone was delivered, as only a
 * success takes it out; but one older than the last row shown may just have moved to a page that is not loaded.
 */
export function settledRetries(
  before: readonly DeadLetter[],
  after: readonly DeadLetter[],
  hasMore: boolean,
): SettledRetries {
  const now = new Map(after.map((row) => [row.deliveryId, row]));
  const oldest = hasMore ? (after.at(-1)?.failedAt ?? '') : '';
  const settled: SettledRetries = { delivered: [], failedAgain: [] };
  for (const row of before) {
    if (!row.retrying) continue;
    const current = now.get(row.deliveryId);
    if (current && !current.retrying) settled.failedAgain.push(current);
    if (!current && row.failedAt >= oldest) settled.delivered.push(row);
  }
  return settled;
}

/** `1 delivery`, `12 deliveries`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}

/** What has become of retries, in one or two sentences; null when nothing has. */
export function settledSentence(
  delivered: readonly DeadLetter[],
  failedAgain: readonly DeadLetter[],
): string | null {
  const sentences: string[] = [];
  const [only] = delivered;
  if (delivered.length === 1 && only) {
    sentences.push(`${only.eventType} was delivered to ${only.webhookName} and left the queue.`);
  } else if (delivered.length > 1) {
    sentences.push(`${countOf(delivered.length, 'delivery', 'deliveries')} arrived and left the queue.`);
  }
  if (failedAgain.length > 0) {
    sentences.push(
      `${countOf(failedAgain.length, 'retry', 'retries')} failed again and ${failedAgain.length === 1 ? 'stays' : 'stay'} here.`,
    );
  }
  return sentences.length > 0 ? sentences.join(' ') : null;
}
