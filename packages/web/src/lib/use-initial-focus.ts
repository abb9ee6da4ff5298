import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** Puts the focus on a field when its page appears; for pages that consist of one form. */
export function useInitialFocus(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
