import { useEffect, useRef, useState } from 'react';

/** How long typing may pause before it is searched for, ms. */
const pauseMs = 150;

/**
 * The words of a search field that are kept in the address: the field follows the fingers, the address follows the
 * field, and the field follows an address that changed otherwise (Back).
 */
export function useSearchWords(
  words: string,
  onChange: (words: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(words);
  const told = useRef(words);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (words === told.current) return;
    told.current = words;
    clearTimeout(timer.current);
    setText(words);
  }, [words]);

  function type(next: string): void {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = next.trim();
      onChange(next.trim());
    }, pauseMs);
  }
  return [text, type];
}
