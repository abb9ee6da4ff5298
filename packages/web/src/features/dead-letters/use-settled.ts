import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { useEffect, useRef, useState } from 'react';
import { settledRetries, settledSentence } from './settled-retries.ts';
import type { SettledRetries } from './settled-retries.ts';

const nothing: SettledRetries = { delivered: [], failedAgain: [] };

export interface Settled {
  /** What has become of retries since it was last dismissed; null when nothing has. */
  sentence: string | null;
  isGood: boolean;
  dismiss: () => void;
  /** Says that these rows are being retried: a quick retry may be over before the list shows it running. */
  expect: (rows: readonly DeadLetter[]) => void;
  /** Takes an expectation back, as the retry was refused. */
  unexpect: (rows: readonly DeadLetter[]) => void;
}

/**
 * Watches the list and tells what has become of retries.
 * @param listKey another one means another list, with which nothing is compared
 * @param rows undefined while they load
 */
export function useSettled(
  listKey: string,
  rows: readonly DeadLetter[] | undefined,
  hasMore: boolean,
): Settled {
  const last = useRef<{ listKey: string; rows: readonly DeadLetter[] } | null>(null);
  const expected = useRef(new Map<string, number>());
  const [settled, setSettled] = useState(nothing);
  useEffect(() => {
    if (!rows) return;
    const before = last.current;
    last.current = { listKey, rows };
    if (!before || before.listKey !== listKey) {
      expected.current.clear();
      return;
    }
    const { delivered, failedAgain, seen } = settledRetries(before.rows, rows, hasMore, expected.current);
    for (const id of seen) expected.current.delete(id);
    if (delivered.length + failedAgain.length === 0) return;
    setSettled((known) => ({
      delivered: [...known.delivered, ...delivered],
      failedAgain: [...known.failedAgain, ...failedAgain],
    }));
  }, [listKey, rows, hasMore]);
  return {
    sentence: settledSentence(settled.delivered, settled.failedAgain),
    isGood: settled.failedAgain.length === 0,
    dismiss: () => setSettled(nothing),
    expect: (asked) => {
      for (const { deliveryId, attemptCount } of asked) expected.current.set(deliveryId, attemptCount);
    },
    unexpect: (asked) => {
      for (const { deliveryId } of asked) expected.current.delete(deliveryId);
    },
  };
}
