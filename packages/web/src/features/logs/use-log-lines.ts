import { listLogs } from '@trunkline/contract/logs';
import type { LogEntry, LogFilter } from '@trunkline/contract/logs';
import type { OutputOf } from '@trunkline/contract/operation';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiError } from '../../lib/api-error.ts';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation, usePagedOperation } from '../../lib/api.ts';
import { useLive } from '../../lib/live.ts';
import { mergeLines } from './log-words.ts';

const pageSize = 50;
const tailSize = 100;
/** Beyond so many new lines all is read again from the newest, instead of being kept. */
const mostFresh = 500;

export interface LogLines {
  /** Came while the page was open, newest first. */
  fresh: LogEntry[];
  /** Were there before. */
  older: LogEntry[];
  /** Came while new lines are held back; shown by `showWaiting`. */
  waiting: number;
  /** There are more of them than `waiting`, which is no longer counted. */
  hasMoreWaiting: boolean;
  showWaiting: () => void;
  isPending: boolean;
  /** Rows of another filter are shown while this one's are read. */
  isFetching: boolean;
  error: ApiError | null;
  /** The last try to read new lines failed. */
  tailError: ApiError | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  refetch: () => void;
}

/**
 * Lines of a filter, page by page into the past, and with `tail` what is written meanwhile. New lines wait while
 * `hold` is set, so that nothing moves under the eyes of somebody who reads.
 */
export function useLogLines(filter: LogFilter, { tail, hold }: { tail: boolean; hold: boolean }): LogLines {
  const pages = usePagedOperation(listLogs, { ...filter, limit: pageSize }, { keepPrevious: true });
  const [fresh, setFresh] = useState<LogEntry[]>([]);
  const [waiting, setWaiting] = useState<LogEntry[]>([]);
  const [hasMoreWaiting, setMoreWaiting] = useState(false);
  const [tailError, setTailError] = useState<ApiError | null>(null);
  const key = JSON.stringify(filter);
  const cursor = useRef<string | null>(null);
  const seen = useRef<OutputOf<typeof listLogs> | undefined>(undefined);
  const state = useRef({ key, hold, full: false, busy: false, again: false, refetch: pages.refetch });
  useEffect(() => {
    Object.assign(state.current, { key, hold, refetch: pages.refetch });
  });
  const first = pages.isFetching ? undefined : pages.first;
  const forget = useCallback(() => {
    cursor.current = null;
    state.current.full = false;
    setFresh([]);
    setWaiting([]);
    setMoreWaiting(false);
  }, []);
  const readAll = useCallback(() => {
    forget();
    state.current.refetch();
  }, [forget]);
  useEffect(() => {
    forget();
    setTailError(null);
  }, [key, forget]);
  const readNewer = useCallback(async (): Promise<void> => {
    const now = state.current;
    // So many wait that they are read anew when they are wanted.
    if (now.full) return;
    if (now.busy) {
      now.again = true;
      return;
    }
    now.busy = true;
    try {
      do {
        now.again = false;
        const [asked, after] = [now.key, cursor.current];
        if (after === null) {
          // The first page is on its way; what came meanwhile is read after it.
          now.again = true;
          return;
        }
        const answer: OutputOf<typeof listLogs> = await callOperation(listLogs, {
          ...(JSON.parse(asked) as LogFilter),
          after,
          limit: tailSize,
        });
        if (asked !== now.key) return;
        cursor.current = answer.newestCursor;
        setTailError(null);
        const isTooMuch = answer.nextCursor !== null;
        if (isTooMuch && !now.hold) {
          // What lies between is read with the pages.
          readAll();
          return;
        }
        const put = now.hold ? setWaiting : setFresh;
        put((lines) => added(lines, answer.data));
        if (isTooMuch) {
          now.full = true;
          setMoreWaiting(true);
        }
      } while (now.again && !now.full);
    } catch (thrown) {
      setTailError(toApiError(thrown));
    } finally {
      now.busy = false;
    }
  }, [readAll]);

  useEffect(() => {
    if (!first) return;
    // Read again: what came meanwhile is among the pages now, and what was cleared is in neither.
    if (first !== seen.current) {
      seen.current = first;
      forget();
    }
    cursor.current ??= first.newestCursor;
    if (state.current.again) void readNewer();
  }, [first, key, forget, readNewer]);

  useLive(['logs'], () => {
    if (tail) void readNewer();
  });
  // What was written while the chosen time had an end.
  useEffect(() => {
    if (tail) void readNewer();
  }, [tail, readNewer]);

  const showWaiting = useCallback(() => {
    if (hasMoreWaiting) {
      readAll();
      return;
    }
    setFresh((lines) => added(lines, waiting));
    setWaiting([]);
  }, [hasMoreWaiting, waiting, readAll]);
  useEffect(() => {
    if (!hold && waiting.length > 0) showWaiting();
  }, [hold, waiting.length, showWaiting]);
  useEffect(() => {
    if (fresh.length > mostFresh) readAll();
    else if (waiting.length > mostFresh) {
      state.current.full = true;
      setMoreWaiting(true);
    }
  }, [fresh.length, waiting.length, readAll]);

  const older = pages.rows;
  const known = new Set(older.map(({ id }) => id));
  const shown = fresh.filter(({ id }) => !known.has(id));
  const shownIds = new Set(shown.map(({ id }) => id));
  return {
    fresh: shown,
    older,
    waiting: waiting.filter(({ id }) => !known.has(id) && !shownIds.has(id)).length,
    hasMoreWaiting,
    showWaiting,
    isPending: pages.isPending,
    isFetching: pages.isFetching,
    error: pages.error,
    tailError,
    hasMore: pages.hasMore,
    isLoadingMore: pages.isLoadingMore,
    loadMore: pages.loadMore,
    refetch: pages.refetch,
  };
}

/** The same list when nothing is new, so that nothing is drawn again. */
function added(lines: LogEntry[], newer: readonly LogEntry[]): LogEntry[] {
  const known = new Set(lines.map(({ id }) => id));
  return newer.every(({ id }) => known.has(id)) ? lines : mergeLines(newer, lines);
}
