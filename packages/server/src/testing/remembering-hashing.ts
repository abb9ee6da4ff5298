import { hashPassword, verifyPassword } from 'better-auth/crypto';
import type { Hashing } from '../identity/passwords.ts';

const known = new Map<string, Promise<boolean>>();

/** The real hashing, which is slow on purpose: what was checked before has the same outcome again. */
export const rememberingHashing: Hashing = {
  hash: hashPassword,
  verify({ hash, password }) {
    const key = `${hash} ${password}`;
    let outcome = known.get(key);
    if (outcome === undefined) known.set(key, (outcome = verifyPassword({ hash, password })));
    return outcome;
  },
};
