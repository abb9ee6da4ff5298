import { useState } from 'react';

/** Which steps are done, kept for this tab of the browser until it is closed: an incident is one sitting. */
export interface DoneSteps {
  has(step: string): boolean;
  set(step: string, isDone: boolean): void;
  count: number;
  reset(): void;
}

/** The steps of a runbook that were ticked off. */
export function useDoneSteps(category: string): DoneSteps {
  const place = `trunkline.runbook.${category}`;
  const [done, setDone] = useState(() => read(place));
  function keep(next: ReadonlySet<string>): void {
    setDone(next);
    try {
      sessionStorage.setItem(place, JSON.stringify([...next]));
    } catch {
      // A browser that keeps nothing still shows what is ticked until the page is left.
    }
  }
  return {
    has: (step) => done.has(step),
    set: (step, isDone) =>
      keep(new Set(isDone ? [...done, step] : [...done].filter((each) => each !== step))),
    count: done.size,
    reset: () => keep(new Set()),
  };
}

function read(place: string): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place) ?? '[]');
    return new Set(Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []);
  } catch {
    return new Set();
  }
}
