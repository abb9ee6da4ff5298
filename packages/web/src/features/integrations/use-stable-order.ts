import { useState } from 'react';
import type { FocusEvent } from 'react';
import { keepOrder } from './stable-order.ts';

/**
 * The rows, and what the element around them needs. While pointer or focus is on them, none changes its place, unless
 * another order is asked for.
 * @param sort the order that is asked for; null while its rows are on their way
 */
export function useStableOrder<Row extends { id: string }>(
  rows: readonly Row[],
  sort: string | null,
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
  const [order, setOrder] = useState<{ sort: string | null; ids: readonly string[] }>({ sort, ids: [] });
  const isStill = isPointed || isFocused;
  if (isStill && sort !== null && order.sort !== sort) setOrder({ sort, ids: rows.map((row) => row.id) });

  function hold(): void {
    if (!isStill) setOrder({ sort, ids: rows.map((row) => row.id) });
  }
  return {
    rows: isStill && order.sort === sort ? keepOrder(rows, order.ids) : rows,
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
