import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Time now in ms, renewed every `step` ms; one timer for the whole page. */
export function useNow(step = 1000): number {
  const read = (): number => Math.floor((timer === undefined ? Date.now() : now) / step) * step;
  return useSyncExternalStore(subscribe, read, read);
}
