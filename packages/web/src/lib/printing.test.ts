import { expect, it, vi } from 'vitest';
import { printingOf } from './printing.ts';

function fakeWindow() {
  const medium = Object.assign(new EventTarget(), { matches: false });
  return {
    target: Object.assign(new EventTarget(), {
      matchMedia: vi.fn<(query: string) => typeof medium>(() => medium),
    }),
    medium,
  };
}

it('is printing from the event before to the event after, and says so to whoever still listens', () => {
  const { target } = fakeWindow();
  const printing = printingOf(target);
  const seen: boolean[] = [];
  const stop = printing.subscribe(() => seen.push(printing.isPrinting()));
  expect(printing.isPrinting()).toBe(false);
  target.dispatchEvent(new Event('beforeprint'));
  target.dispatchEvent(new Event('afterprint'));
  expect(seen).toEqual([true, false]);
  stop();
  target.dispatchEvent(new Event('beforeprint'));
  expect(seen).toHaveLength(2);
  expect(printing.isPrinting()).toBe(true);
});

it('is printing while the medium is paper', () => {
  const { target, medium } = fakeWindow();
  const printing = printingOf(target);
  expect(target.matchMedia).toHaveBeenCalledWith('print');
  const listener = vi.fn<() => void>();
  printing.subscribe(listener);
  medium.matches = true;
  medium.dispatchEvent(new Event('change'));
  expect(listener).toHaveBeenCalledOnce();
  expect(printing.isPrinting()).toBe(true);
});
