import { expect, it } from 'vitest';
import { withoutQuote } from './quoted-reply.ts';

it.each([
  ['Yes.\n\nOn Mon, 23 Nov 2026 at 10:00, Ada <ada@example.com> wrote:\n> Really?\n>\n> Ada', 'Yes.'],
  [
    'Ja.\r\n\r\nAm 23.11.2026 um 10:00 schrieb\r\nAda Example <ada@example.com>:\r\n\r\n> Wirklich?\r\n',
    'Ja.',
  ],
  ['Oui.\n> Vraiment ?', 'Oui.'],
  ['OK\n\n-----Original Message-----\nFrom: Ada\nSent: Monday\n\nReally?', 'OK'],
  ['OK\n________________________________\nVon: Ada\nGesendet: Montag\n\nWirklich?', 'OK'],
])('leaves out what an answer repeats: %j', (text, kept) => {
  expect(withoutQuote(text)).toBe(kept);
});

it.each([
  'No quote at all:\nreally.',
  '> Only what was written before',
  'Between:\n> a question\nand its answer',
  '---------- Forwarded message ---------\nFrom: Ada\n\nLook at this.',
  'A line\n____________________\nand a signature',
])('leaves alone what is no repetition: %j', (text) => {
  expect(withoutQuote(text)).toBe(text);
});
