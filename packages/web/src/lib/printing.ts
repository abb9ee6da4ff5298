import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

/** What is needed of the window. */
export interface PrintWindow {
  addEventListener: (type: 'beforeprint' | 'afterprint', listener: () => void) => void;
  matchMedia: (query: string) => {
    readonly matches: boolean;
    addEventListener: (type: 'change', listener: () => void) => void;
  };
}

/** Whether a page is on its way to paper, and when that begins and ends. */
export interface Printing {
  isPrinting: () => boolean;
  /** @returns ends the subscription */
  subscribe: (listener: () => void) => () => void;
}

/** Goes by the events of printing, and by the medium where none are sent. Listens for as long as the window lives. */
export function printingOf(target: PrintWindow): Printing {
  const medium = target.matchMedia('print');
  const listeners = new Set<() => void>();
  let begun = false;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  target.addEventListener('beforeprint', () => {
    begun = true;
    tell();
  });
  target.addEventListener('afterprint', () => {
    begun = false;
    tell();
  });
  medium.addEventListener('change', tell);
  return {
    isPrinting: () => begun || medium.matches,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

let ofPage: Printing | undefined;
const page = (): Printing => (ofPage ??= printingOf(window));

/** The browser takes its picture of the page as soon as the listener returns, so that drawing cannot wait. */
const subscribe = (listener: () => void) => page().subscribe(() => flushSync(listener));
const isPrinting = () => page().isPrinting();

/** Whether this page is being printed. */
export function useIsPrinting(): boolean {
  return useSyncExternalStore(subscribe, isPrinting, () => false);
}
