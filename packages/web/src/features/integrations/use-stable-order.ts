import { useState } from 'react';
import type { FocusEvent } from 'react';
import { keepOrder } from './stable-order.ts';

/** The rows, and what the element around them needs. While pointer or focus is on them, none changes its place. */
export function useStableOrder<Row extends { id: string }>(
  rows: readonly Row[],
): {
  rows: readonly Row[];
  still: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: (event: FocusEvent<HTMLElement>) => void;
  };
} {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  // The order of when somebody came.
  const [order, setOrder] = useState<readonly string[]>([]);
  const isStill = isPointed || isFocused;

  function hold(): void {
    if (!isStill) setOrder(rows.map((row) => row.id));
  }
  return {
    rows: isStill ? keepOrder(rows, order) : rows,
    still: {
      onPointerEnter: () => {
        hold();
        setPointed(true);
      },
      onPointerLeave: () => setPointed(false),
      onFocus: () => {
        hold();
        setFocused(true);
      },
      onBlur: (event) => setFocused(event.currentTarget.contains(event.relatedTarget)),
    },
  };
}
