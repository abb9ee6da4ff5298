import { createHash } from 'node:crypto';

/** By which files are found under their key, which itself is sealed. */
export const keyHash = (key: string): Buffer => createHash('sha256').update(key).digest();
