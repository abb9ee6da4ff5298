import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const hashSize = 32;

/**
 * Hash of a record in a chain: SHA-256 over the hash of the record before (null for the first) and the record
 * as canonical JSON, each behind its length in four bytes. 32 bytes. Throws RangeError when `previous` is of
 * another size and TypeError when the record is not JSON.
 */
export function chainHash(previous: Buffer | null, record: unknown): Buffer {
  if (previous !== null && previous.length !== hashSize) throw new RangeError('A hash has 32 bytes');
  const content = Buffer.from(canonicalJson(record));
  return createHash('sha256')
    .update(lengthOf(previous))
    .update(previous ?? '')
    .update(lengthOf(content))
    .update(content)
    .digest();
}

function lengthOf(bytes: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes?.length ?? 0);
  return length;
}
