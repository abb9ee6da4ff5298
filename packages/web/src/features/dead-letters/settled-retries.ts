import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { countOf } from '../../lib/format.ts';

export interface SettledRetries {
  /** Were being retried and have left the queue. */
  delivered: DeadLetter[];
  /** Were being retried and are still there. */
  failedAgain: DeadLetter[];
}

/**
 * Compares two states of the same list. A row that was being retried and is gone was delivered, as only a
 * success takes it out; but one older than the last row shown may just have moved to a page that is not loaded.
 * @param expected rows whose retry was asked for here, with their number of attempts at that time
 * @returns `seen` are the expected rows that need no watching any more
 */
export function settledRetries(
  before: readonly DeadLetter[],
  after: readonly DeadLetter[],
  hasMore: boolean,
  expected: ReadonlyMap<string, number> = new Map(),
): SettledRetries & { seen: string[] } {
  const now = new Map(after.map((row) => [row.deliveryId, row]));
  const oldest = hasMore ? (after.at(-1)?.failedAt ?? '') : '';
  const settled = { delivered: [] as DeadLetter[], failedAgain: [] as DeadLetter[], seen: [] as string[] };
  for (const row of before) {
    const attempts = expected.get(row.deliveryId);
    if (!row.retrying && attempts === undefined) continue;
    const current = now.get(row.deliveryId);
    if (!current) {
      if (row.failedAt >= oldest) settled.delivered.push(row);
    } else if (current.retrying) {
      // From here on the list itself tells.
    } else if (row.retrying || current.attemptCount > (attempts ?? 0)) {
      settled.failedAgain.push(current);
    } else {
      continue;
    }
    settled.seen.push(row.deliveryId);
  }
  return settled;
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
