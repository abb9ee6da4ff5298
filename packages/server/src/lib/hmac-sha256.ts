import { createHmac, createSecretKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const blockSize = 64;
const digestSize = 32;
/** Texts up to this size in bytes are laid beside the key here; longer ones are rare. */
const scratchSize = 65_536;
const scratch = Buffer.allocUnsafeSlow(blockSize + scratchSize);

/**
 * HMAC-SHA256 (RFC 2104) with a key that is used again and again. A `Hmac` object costs more than what it hashes and
 * leaves something native behind for the garbage collector to free; with the padded key at hand, two plain hashes do.
 */
export class HmacSha256 {
  readonly #key: KeyObject;
  /** The key, padded to a block, XOR 0x36. */
  readonly #inner: Buffer;
  /** The same XOR 0x5c, and room for the inner digest. */
  readonly #outer: Buffer;

  constructor(key: Buffer) {
    const block = Buffer.alloc(blockSize);
    if (key.length > blockSize) block.write(hash('sha256', key, 'hex'), 'hex');
    else key.copy(block);
    this.#key = createSecretKey(key);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.alloc(blockSize + digestSize);
    block.forEach((byte, at) => {
      this.#outer[at] = byte ^ 0x5c;
    });
  }

  /** The code of a text, as its UTF-8 bytes. */
  ofText(text: string, encoding: 'base64' | 'hex'): string {
    // A character has at most three bytes in UTF-8 for each of its units.
    if (text.length * 3 > scratchSize) return this.ofBytes([text], encoding);
    this.#inner.copy(scratch);
    const size = scratch.write(text, blockSize, 'utf8');
    const digest = hash('sha256', scratch.subarray(0, blockSize + size), 'binary');
    this.#outer.write(digest, blockSize, 'binary');
    return hash('sha256', this.#outer, encoding);
  }

  /** The code of parts one after another. */
  ofBytes(parts: readonly (string | Buffer)[], encoding: 'base64' | 'hex'): string {
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest(encoding);
  }
}
