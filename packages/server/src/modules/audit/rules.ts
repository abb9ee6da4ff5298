import { chainHash } from '../../lib/hash-chain.ts';
import type { AuditFields } from './record-audit.ts';

/** How far a chain has been followed: number and hash of its last good record. */
export interface ChainPlace {
  sequence: number;
  hash: Buffer | null;
}

export interface ChainBreak {
  brokenAt: number;
  reason: string;
}

/** The start of every chain. */
export const chainStart: ChainPlace = { sequence: 0, hash: null };

/** Follows a chain over records in order of their numbers, to its end or to the first that does not fit. */
export function followChain(
  from: ChainPlace,
  records: readonly (AuditFields & { hash: Buffer })[],
): { place: ChainPlace; broken: ChainBreak | null } {
  let place = from;
  for (const { hash, ...fields } of records) {
    const sequence = place.sequence + 1;
    if (fields.sequence !== sequence) {
      const reason = `Record ${sequence} is missing; the next one there is ${fields.sequence}.`;
      return { place, broken: { brokenAt: sequence, reason } };
    }
    const expected = hashOf(place.hash, fields);
    if (expected === null || !expected.equals(hash)) {
      const reason = `Record ${sequence} does not fit its hash: it was changed or stood in another place.`;
      return { place, broken: { brokenAt: sequence, reason } };
    }
    place = { sequence, hash: expected };
  }
  return { place, broken: null };
}

/** Compares the end of the records with the head, which is kept apart from them. */
export function compareEnd(
  place: ChainPlace,
  end: { head: number; hash: Buffer | null; last: number },
): ChainBreak | null {
  if (end.head === 0 && end.last === 0) {
    return { brokenAt: 1, reason: 'The log is empty, but creating an organization leaves a record.' };
  }
  if (place.sequence < end.head) {
    return {
      brokenAt: place.sequence + 1,
      reason: `The log ends with record ${place.sequence}, but ${end.head} were written.`,
    };
  }
  if (end.last > end.head) {
    return { brokenAt: end.head + 1, reason: `Record ${end.head + 1} was added past the end of the chain.` };
  }
  if (place.hash === null || end.hash === null || !place.hash.equals(end.hash)) {
    return {
      brokenAt: end.head,
      reason: `Record ${end.head} is not the one that the end of the chain names.`,
    };
  }
  return null;
}

/** Null for fields that cannot be hashed: no record was ever written like that. */
function hashOf(previous: Buffer | null, fields: AuditFields): Buffer | null {
  try {
    return chainHash(previous, fields);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
