/** Gives `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

/**
 * A UUID version 7 (RFC 9562 section 5.7): 48 bits of time, then random bits, so keys made one after
 * the other land near each other in an index.
 * @param now milliseconds since the epoch
 */
export function uuidV7(now: number, random: RandomBytes): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f);
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Says whether a text is a UUID, so that a wrong one is refused before PostgreSQL sees it. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
