import { numbersOf, textOf } from '../accounts/seed.ts';

/* Texts that are always the same for a name, so that a sandbox has the same credentials after every start. */

/** Hexadecimal digits. */
export const hexOf = (name: string, length: number) => drawn(name, length, '0123456789abcdef');

/** Decimal digits; the first is not a zero. */
export const digitsOf = (name: string, length: number) =>
  drawn(`${name}:first`, 1, '123456789') + drawn(name, length - 1, '0123456789');

/** Capitals and digits. */
export const capitalsOf = (name: string, length: number) => textOf(name, length).toUpperCase();

/** A UUID. */
export function uuidOf(name: string): string {
  const hex = hexOf(name, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function drawn(name: string, length: number, alphabet: string): string {
  const next = numbersOf(`oauth:${name}`);
  return Array.from({ length }, () => alphabet[next(alphabet.length)]!).join('');
}
