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

/** Compares a checkpoint with the hash of the record it names; undefined when the chain does not have that record. */
export function compareCheckpoint(
  { sequence, at, hash: expected }: { sequence: number; at: string; hash: Buffer },
  hash: Buffer | undefined,
  isSigned: boolean,
): ChainBreak | null {
  if (!isSigned) {
    const reason = `The checkpoint at record ${sequence} does not carry the signature of this installation.`;
    return { brokenAt: sequence, reason };
  }
  if (hash?.equals(expected)) return null;
  const reason = `Record ${sequence} is not the one that was signed on ${at}: it or one before it was written anew.`;
  return { brokenAt: sequence, reason };
}

/**
 * Compares the end of the records with the head, which is kept apart from them and signed.
 *
 * @param signed `beyond`: a checkpoint past the end; `last`: the last one that the chain goes through
 */
export function compareEnd(
  place: ChainPlace,
  end: { head: number; hash: Buffer | null; last: number },
  signed: {
    isSigned: boolean;
    beyond: { sequence: number } | undefined;
    last: { sequence: number } | undefined;
  },
): ChainBreak | null {
  if (end.head === 0 && end.last === 0) {
    return { brokenAt: 1, reason: 'The log is empty, but creating an organization leaves a record.' };
  }
  if (end.head < place.sequence) {
    const reason = `The log ends with record ${end.head}, but ${place.sequence} were written.`;
    return { brokenAt: end.head + 1, reason };
  }
  const written = Math.max(end.head, signed.beyond?.sequence ?? 0);
  if (place.sequence < written) {
    return {
      brokenAt: place.sequence + 1,
      reason: `The log ends with record ${place.sequence}, but ${written} were written.`,
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
  if (!signed.isSigned) {
    const after = signed.last?.sequence ?? 0;
    return {
      brokenAt: after + 1,
      reason: `The end of the log, record ${end.head}, does not carry the signature of this installation: what follows ${after === 0 ? 'the start' : `record ${after}`} was written anew, or later records were cut off.`,
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
