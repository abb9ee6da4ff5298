import type { RandomBytes } from './random-bytes.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The largest multiple of 62 below 256: bytes from here on would favour the first characters. */
const fairLimit = 248;

/** Random letters and digits, about 5.95 bits each. */
export function randomBase62(random: RandomBytes, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(2 * length)) {
      if (byte < fairLimit && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

/** A whole number that is not negative, in the same digits, `length` of them. */
export function base62Of(number: number, length: number): string {
  let rest = number;
  let digits = '';
  for (let i = 0; i < length; i += 1) {
    digits = alphabet[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
