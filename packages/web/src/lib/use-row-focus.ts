import { useLayoutEffect, useRef } from 'react';
import type { KeyboardEvent, RefObject } from 'react';

const openerAt = (body: HTMLElement | null, index: number) =>
  body?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row-open]`) ?? null;

/**
 * Arrow keys move the focus between the links of rows (`data-row-open`, in elements with their place in `data-index`). A row
 * that a long list has not drawn is brought into sight and gets the focus when it is there; keys that are pressed meanwhile
 * count.
 * @param reveal brings the row of an index into sight
 */
export function useRowFocus(
  body: RefObject<HTMLElement | null>,
  count: number,
  reveal: (index: number) => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  /** A row that is to get the focus, and who has it until then. */
  const wanted = useRef<{ index: number; from: HTMLElement } | null>(null);
  // After every drawing: it may be there now.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const { index, from } = wanted.current;
    const { activeElement } = document;
    // Drawn no more, it has given the focus to the page; anywhere else somebody has put it.
    const isOurs = activeElement === from || activeElement === document.body;
    const opener = openerAt(body.current, index);
    if (!isOurs || index >= count) wanted.current = null;
    else if (opener) {
      wanted.current = null;
      opener.focus();
    }
  });

  return (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const from = event.target as HTMLElement;
    if (!from.hasAttribute('data-row-open')) return;
    const at =
      wanted.current?.from === from
        ? wanted.current.index
        : Number(from.closest<HTMLElement>('[data-index]')?.dataset['index']);
    const index = at + (event.key === 'ArrowDown' ? 1 : -1);
    if (!(index >= 0 && index < count)) return;
    event.preventDefault();
    const opener = openerAt(body.current, index);
    wanted.current = opener ? null : { index, from };
    if (opener) opener.focus();
    else reveal(index);
  };
}
