import { useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

const narrowest = 280;
/** Until it is known. */
const usual = 720;

/** The width of an element in pixels, also when it changes; for drawings whose text keeps its size. */
export function useWidth(element: RefObject<Element | null>): number {
  const [width, setWidth] = useState(usual);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(narrowest, Math.round(entry.contentRect.width)));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
