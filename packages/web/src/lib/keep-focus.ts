import { useLayoutEffect } from 'react';
import type { RefObject } from 'react';

function focusHeading(): void {
  document.getElementById('page-title')?.focus({ preventScroll: true });
}

/** Once the page has settled: when what had the focus has gone, the page's heading takes it. */
export function focusHeadingIfLost(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement === null || document.activeElement === document.body) focusHeading();
    }),
  );
}

/** Gives the focus to the page's heading when a part of the page that has it goes away by itself. */
export function useFocusKept(part: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = part.current;
    return () => {
      if (element?.contains(document.activeElement)) focusHeading();
    };
  }, [part]);
}
