/*
 * One-dimensional PostgreSQL arrays in binary form (the layout of `array_send`), for node-postgres: it sends
 * a Buffer as a binary parameter, so the SQL must name the type, as in `unnest($1::uuid[])`. Cheaper than
 * array literals on both sides: nothing is quoted here and nothing is parsed there. Every encoder takes null
 * elements, gives a buffer of its own and throws RangeError, naming the index and never the value, for an
 * element that the type cannot hold.
 */

const oid = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;

/** Bytes before the first element: dimensions, null flag, element type, length, lower bound. */
const headerSize = 20;
const nullLength = -1;
const twoTo32 = 2 ** 32;
/** 2000-01-01 in ms since the epoch, where PostgreSQL counts from. */
const postgresEpochMs = 946_684_800_000;
/** Up to this many characters texts are written without measuring them first. */
const unmeasuredLimit = 16 * 1024;

/** Value of a hexadecimal digit by UTF-16 code, 0xff for every other code. */
const nibbles = new Uint8Array(65_536).fill(0xff);
for (let value = 0; value < 16; value += 1) {
  nibbles[value.toString(16).charCodeAt(0)] = value;
  nibbles[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}
const dash = 45;

/** Encodes `uuid[]` from the usual text of 36 characters, in either case. */
export function uuidArray(ids: readonly (string | null)[]): Buffer {
  const nulls = countNulls(ids);
  const buffer = start(oid.uuid, ids.length, nulls, (ids.length - nulls) * 16);
  let at = headerSize;
  for (let i = 0; i < ids.length; i += 1) {
    const id = ids[i]!;
    if (id === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    at = putInt32(buffer, at, 16);
    if (!putUuid(buffer, at, id)) throw notA('UUID', i);
    at += 16;
  }
  return buffer;
}

function putUuid(buffer: Buffer, at: number, id: string): boolean {
  if (id.length !== 36) return false;
  const digits =
    putHex(buffer, at, id, 0, 8) |
    putHex(buffer, at + 4, id, 9, 13) |
    putHex(buffer, at + 6, id, 14, 18) |
    putHex(buffer, at + 8, id, 19, 23) |
    putHex(buffer, at + 10, id, 24, 36);
  return (
    digits < 16 &&
    id.charCodeAt(8) === dash &&
    id.charCodeAt(13) === dash &&
    id.charCodeAt(18) === dash &&
    id.charCodeAt(23) === dash
  );
}

/** Writes the bytes of a run of digits; the result is below 16 when all of them are hexadecimal. */
function putHex(buffer: Buffer, at: number, text: string, from: number, to: number): number {
  let digits = 0;
  for (let i = from; i < to; i += 2) {
    const high = nibbles[text.charCodeAt(i)]!;
    const low = nibbles[text.charCodeAt(i + 1)]!;
    digits |= high | low;
    buffer[at] = (high << 4) | low;
    at += 1;
  }
  return digits;
}

/**
 * Encodes `text[]` as UTF-8. Lone surrogates become U+FFFD; PostgreSQL itself refuses NUL characters.
 * To insert `jsonb`, pass its text and cast the column in SQL.
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  let characters = 0;
  let nulls = 0;
  for (const value of values) {
    if (value === null) nulls += 1;
    else characters += value.length;
  }
  // A character takes at most three bytes, so a short list needs no measuring pass.
  const measured = characters > unmeasuredLimit;
  const content = measured ? utf8Size(values) : characters * 3;
  const buffer = start(oid.text, values.length, nulls, content);
  let at = headerSize;
  for (const value of values) {
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    const written = buffer.write(value, at + 4, 'utf8');
    putInt32(buffer, at, written);
    at += 4 + written;
  }
  return measured || values.length === 0 ? buffer : buffer.subarray(0, at);
}

function utf8Size(values: readonly (string | null)[]): number {
  let size = 0;
  for (const value of values) if (value !== null) size += Buffer.byteLength(value);
  return size;
}

/** Encodes `bytea[]`; the bytes are copied. */
export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  let size = 0;
  for (const value of values) if (value !== null) size += value.length;
  const buffer = start(oid.bytea, values.length, countNulls(values), size);
  let at = headerSize;
  for (const value of values) {
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    at = putInt32(buffer, at, value.length);
    value.copy(buffer, at);
    at += value.length;
  }
  return buffer;
}

/** Encodes `int4[]` (`integer[]`). */
export function int4Array(values: readonly (number | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = start(oid.int4, values.length, nulls, (values.length - nulls) * 4);
  let at = headerSize;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    if ((value | 0) !== value) throw notA('32-bit integer', i);
    at = putInt32(buffer, at, 4);
    at = putInt32(buffer, at, value);
  }
  return buffer;
}

/** Encodes `int8[]` (`bigint[]`) from safe integers or bigints. */
export function int8Array(values: readonly (number | bigint | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = start(oid.int8, values.length, nulls, (values.length - nulls) * 8);
  let at = headerSize;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    at = putInt32(buffer, at, 8);
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw notA('safe integer', i);
      at = putInt64(buffer, at, value);
    } else {
      if (BigInt.asIntN(64, value) !== value) throw notA('64-bit integer', i);
      at = buffer.writeBigInt64BE(value, at);
    }
  }
  return buffer;
}

/** Encodes `bool[]` (`boolean[]`). */
export function boolArray(values: readonly (boolean | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = start(oid.bool, values.length, nulls, values.length - nulls);
  let at = headerSize;
  for (const value of values) {
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    at = putInt32(buffer, at, 1);
    buffer[at] = value ? 1 : 0;
    at += 1;
  }
  return buffer;
}

/** Encodes `timestamptz[]` from ms since the epoch; parts of a millisecond are kept to the microsecond. */
export function timestamptzArray(values: readonly (number | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = start(oid.timestamptz, values.length, nulls, (values.length - nulls) * 8);
  let at = headerSize;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value === null) {
      at = putInt32(buffer, at, nullLength);
      continue;
    }
    const micros = Math.round((value - postgresEpochMs) * 1000);
    if (!Number.isSafeInteger(micros)) throw notA('time in milliseconds', i);
    at = putInt32(buffer, at, 8);
    at = putInt64(buffer, at, micros);
  }
  return buffer;
}

function countNulls(values: readonly unknown[]): number {
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  return nulls;
}

/** Buffer with the header written and room for `length` lengths and `content` bytes. */
function start(elementType: number, length: number, nulls: number, content: number): Buffer {
  if (length === 0) {
    const empty = Buffer.alloc(12);
    putInt32(empty, 8, elementType);
    return empty;
  }
  const buffer = Buffer.allocUnsafe(headerSize + 4 * length + content);
  putInt32(buffer, 0, 1);
  putInt32(buffer, 4, nulls > 0 ? 1 : 0);
  putInt32(buffer, 8, elementType);
  putInt32(buffer, 12, length);
  putInt32(buffer, 16, 1);
  return buffer;
}

/** Writes big-endian and returns the position after; plain stores are what the compiler makes fast here. */
function putInt32(buffer: Buffer, at: number, value: number): number {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
  return at + 4;
}

function putInt64(buffer: Buffer, at: number, value: number): number {
  putInt32(buffer, at, Math.floor(value / twoTo32));
  return putInt32(buffer, at + 4, value >>> 0);
}

function notA(what: string, index: number): RangeError {
  return new RangeError(`Element ${index} is not a ${what}`);
}
