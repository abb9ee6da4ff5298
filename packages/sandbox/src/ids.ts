import { randomBytes, randomInt } from 'node:crypto';

/* Ids of what simulated providers make. They differ at every start, as those of real providers never come twice. */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function hexId(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
}

/** Letters and digits. */
export function wordId(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]!).join('');
}

/** Digits, the first not a zero. */
export function digitId(length: number): string {
  return Array.from({ length }, (_, index) => String(randomInt(index === 0 ? 1 : 0, 10))).join('');
}
