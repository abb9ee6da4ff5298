import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useState } from 'react';
import type { RefCallback, RefObject } from 'react';
import { useIsPrinting } from './printing.ts';

/** Lists up to this long are drawn whole. */
export const wholeUpTo = 60;

/** Which rows of a long list are drawn, `from` up to but not including `to`, and the room of the others in CSS pixels. */
export interface RowWindow {
  from: number;
  to: number;
  before: number;
  after: number;
  /** Of a drawn row, which carries its place in the list in `data-index`; null when the list is drawn whole. */
  measure: RefCallback<HTMLElement> | null;
  /** Brings the row of an index into sight, so that it is drawn soon. */
  reveal: (index: number) => void;
}

/**
 * Draws of a long list only what is in sight of the window and a little around it, so that thousands of rows scroll and
 * change as smoothly as ten do. Rows may differ in height. On paper all rows are drawn.
 */
export function useRowWindow(
  body: RefObject<HTMLElement | null>,
  count: number,
  keyOf: (index: number) => string,
): RowWindow {
  const [top, setTop] = useState(0);
  const isPrinting = useIsPrinting();
  const isWindowed = count > wholeUpTo && !isPrinting;
  useLayoutEffect(() => {
    if (!isWindowed) return;
    const place = () => {
      if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    };
    place();
    // Whatever stands above may grow or go.
    const observer = new ResizeObserver(place);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body, isWindowed]);
  // eslint-disable-next-line react/incompatible-library -- it changes in place; what it gives is read at once and not kept
  const virtualizer = useWindowVirtualizer({
    count: isWindowed ? count : 0,
    estimateSize: () => 64,
    overscan: 8,
    scrollMargin: top,
    getItemKey: keyOf,
  });
  const reveal = (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' });
  if (!isWindowed) return { from: 0, to: count, before: 0, after: 0, measure: null, reveal };
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last)
    return { from: 0, to: 0, before: 0, after: virtualizer.getTotalSize(), measure: null, reveal };
  return {
    from: first.index,
    to: last.index + 1,
    before: first.start - top,
    after: virtualizer.getTotalSize() - (last.end - top),
    measure: virtualizer.measureElement,
    reveal,
  };
}
