import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { IdentityError } from './errors.ts';

const shortest = 12;
const longest = 128;
const concurrent = 2;
const queued = 64;

/** Password hashing with a bounded share of the process. */
export interface Passwords {
  /** Salted scrypt hash of a password. Throws `too_many_sign_ins` when the queue is full. */
  hash(password: string): Promise<string>;
  /** Says whether a password has this hash. Throws `too_many_sign_ins` when the queue is full. */
  verify(input: { hash: string; password: string }): Promise<boolean>;
}

/** What hashes and checks, one password at a time. */
export interface Hashing {
  hash: (password: string) => Promise<string>;
  verify: (input: { hash: string; password: string }) => Promise<boolean>;
}

const scrypt: Hashing = { hash: hashPassword, verify: verifyPassword };

/**
 * Hashing for one process. One hash takes 32 MiB and one of Node's four pool threads, which file and
 * name look-ups need too. So two run at a time, 64 wait, and more are turned away at once.
 */
export function createPasswords(hashing: Hashing = scrypt): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function gated<T>(work: () => Promise<T>): Promise<T> {
    if (running < concurrent) running += 1;
    else if (waiting.length < queued) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new IdentityError('too_many_sign_ins', 1);
    try {
      return await work();
    } finally {
      // A waiter inherits the place, so the count stays as it is.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    hash: (password) => gated(() => hashing.hash(password)),
    verify: (input) => gated(() => hashing.verify(input)),
  };
}

/** Says whether a password may be chosen: 12 to 128 characters, whatever they are. */
export function isAcceptablePassword(password: string): boolean {
  return [...password].length >= shortest && fitsPassword(password);
}

/** Says whether a text can be a password at all; a longer one is refused unhashed. */
export function fitsPassword(password: string): boolean {
  return password.length > 0 && password.length <= longest;
}
