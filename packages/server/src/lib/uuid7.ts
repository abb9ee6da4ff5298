import type { RandomBytes } from './random-bytes.ts';

/** Bytes of randomness fetched at a time; an id uses seven, a new millisecond three more. */
const poolSize = 7 * 1024;
const counterLimit = 2 ** 18;
const maxTime = 2 ** 48 - 1;
const uuid7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const hexDigits = '0123456789abcdef';
const hex2 = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes a generator of UUIDs, version 7 (RFC 9562 section 5.7), as lower-case text. Ids of one generator
 * strictly increase, also when the clock stands still or steps back (section 6.2, method 1): the 18 bits
 * after the time are a counter that starts at a random number below 2^17 in each millisecond, the last 56
 * bits are random in every id. While the clock is behind, ids keep the latest millisecond seen; a counter
 * that runs out borrows the next millisecond. `clock` gives ms since the epoch; the generator throws
 * RangeError for a time that does not fit in 48 bits.
 */
export function createUuid7(clock: () => number, random: RandomBytes): () => string {
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  let time = -1;
  let timeText = '';
  let counter = 0;

  /** Index in the pool of `size` bytes nobody has used. */
  function take(size: number): number {
    if (used + size > pool.length) {
      pool = random(poolSize);
      used = 0;
    }
    used += size;
    return used - size;
  }

  function startMillisecond(ms: number): void {
    timeText = timeTextOf(ms);
    time = ms;
    const at = take(3);
    counter = pool.readUIntBE(at, 3) >>> 7;
  }

  return function uuid7(): string {
    const now = Math.floor(clock());
    if (now > time) startMillisecond(now);
    else if (!(now <= time)) throw new RangeError('The clock gave no time');
    else if (++counter === counterLimit) startMillisecond(time + 1);

    const at = take(7);
    return (
      timeText +
      hexDigits[counter >>> 14] +
      hex2[(counter >>> 6) & 255] +
      '-' +
      hex2[0x80 | (counter & 63)] +
      hex2[pool[at]!] +
      '-' +
      hex2[pool[at + 1]!] +
      hex2[pool[at + 2]!] +
      hex2[pool[at + 3]!] +
      hex2[pool[at + 4]!] +
      hex2[pool[at + 5]!] +
      hex2[pool[at + 6]!]
    );
  };
}

/** `tttttttt-tttt-7`, the part of an id that its millisecond decides. */
function timeTextOf(ms: number): string {
  if (!Number.isInteger(ms) || ms < 0 || ms > maxTime) {
    throw new RangeError('Time must be whole milliseconds since the epoch within 48 bits');
  }
  const digits = ms.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
}

/**
 * The smallest version 7 UUID of a millisecond: bound of a partition or a cursor. `ms` since the epoch;
 * throws RangeError when it is not a whole number of 48 bits.
 */
export function uuid7FloorOf(ms: number): string {
  return `${timeTextOf(ms)}000-8000-000000000000`;
}

/** The smallest id of what was made at a time, RFC 3339. Nothing is older than the epoch. */
export function firstIdAt(time: string): string {
  return uuid7FloorOf(Math.max(0, Date.parse(time)));
}

/** The time inside a version 7 UUID, in ms since the epoch. Throws RangeError for any other text. */
export function timeOfUuid7(id: string): number {
  if (!uuid7Pattern.test(id)) throw new RangeError('Not a version 7 UUID');
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
