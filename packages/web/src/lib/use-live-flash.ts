import type { LiveTopic } from '@trunkline/contract/live';
import { useEffect, useRef, useState } from 'react';
import { useLive } from './live.ts';

/** How long a changed row stays marked, ms. */
const flashFor = 2000;

/** Ids named by live messages of these topics in the last two seconds; for `DataTable`'s `flash`. */
export function useLiveFlash(topics: readonly LiveTopic[]): ReadonlySet<string> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const running = timers.current;
    return () => {
      for (const timer of running.values()) clearTimeout(timer);
    };
  }, []);
  useLive(topics, (message) => {
    for (const id of message.ids ?? []) {
      clearTimeout(timers.current.get(id));
      timers.current.set(
        id,
        setTimeout(() => {
          timers.current.delete(id);
          setIds(new Set(timers.current.keys()));
        }, flashFor),
      );
    }
    setIds(new Set(timers.current.keys()));
  });
  return ids;
}
