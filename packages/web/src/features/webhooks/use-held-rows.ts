import { useEffect, useRef, useState } from 'react';
import { splitAtAnchor } from './held-rows.ts';

/**
 * Keeps new rows back while somebody reads, so that nothing moves under the pointer. `still` says that the list
 * is being read; `key` names the list, e.g. its filter: another list starts anew. `release` shows all
 * rows of now and keeps back what comes later.
 */
export function useHeldRows<Row extends { id: string }>(
  rows: readonly Row[],
  still: boolean,
  key: string,
): { shown: readonly Row[]; waiting: number; release: () => void } {
  const [anchor, setAnchor] = useState<string | null>(null);
  const [releases, setReleases] = useState(0);
  const newest = rows[0]?.id ?? null;
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
  }, [newest]);
  const isEmpty = newest === null;
  useEffect(() => {
    setAnchor(still && !isEmpty ? latest.current : null);
  }, [still, key, isEmpty, releases]);
  return {
    ...splitAtAnchor(rows, still ? anchor : null),
    release: () => setReleases((count) => count + 1),
  };
}
