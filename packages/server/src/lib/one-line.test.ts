import { expect, it } from 'vitest';
import { oneLine, plainLines } from './one-line.ts';

it('takes out what nobody sees, with the line ends or without them', () => {
  const text = 'a\0\u0007b\r\n\tc\u009f\u202ed\u2069 é';
  expect(oneLine(text)).toBe('a b c d  é');
  expect(plainLines(text)).toBe('a b \n c d  é');
});
