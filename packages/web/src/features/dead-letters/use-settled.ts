import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { useEffect, useRef, useState } from 'react';
import { settledRetries, settledSentence } from './settled-retries.ts';
import type { SettledRetries } from './settled-retries.ts';

const nothing: SettledRetries = { delivered: [], failedAgain: [] };

/**
 * Watches the list and tells what has become of retries since it was last dismissed.
 * @param listKey another one means another list, with which nothing is compared
 * @param rows undefined while they load
 */
export function useSettled(
  listKey: string,
  rows: readonly DeadLetter[] | undefined,
  hasMore: boolean,
): { sentence: string | null; isGood: boolean; dismiss: () => void } {
  const last = useRef<{ listKey: string; rows: readonly DeadLetter[] } | null>(null);
  const [settled, setSettled] = useState(nothing);
  useEffect(() => {
    if (!rows) return;
    const before = last.current;
    last.current = { listKey, rows };
    if (!before || before.listKey !== listKey) return;
    const { delivered, failedAgain } = settledRetries(before.rows, rows, hasMore);
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
  };
}
