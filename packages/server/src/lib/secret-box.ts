import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from './random-bytes.ts';

/*
 * Envelope encryption of one column of one row. A box is
 *   version (1) | key id (4) | IV (12) | tag (16) | wrapped data key (32) | IV (12) | tag (16) | ciphertext
 * The data key is random for every box and encrypted with AES-256-GCM under a master key; the text is
 * encrypted with AES-256-GCM under the data key. Both bind the place the box belongs to, so a box that was
 * moved to another organization, table, row or column does not open.
 */

const version = 1;
const keySize = 32;
const ivSize = 12;
const tagSize = 16;
const keyIdAt = 1;
const wrapAt = 5;
const wrapSize = ivSize + keySize + tagSize;
const contentAt = wrapAt + wrapSize;
const textAt = contentAt + ivSize + tagSize;

/** A key of 32 bytes that encrypts data keys, and its id of 8 hexadecimal digits. */
export type MasterKey = { id: string; key: Buffer };

/** The place a secret belongs to; a box opens only with the same four values. */
export type SecretPlace = { organizationId: string; table: string; row: string; column: string };

export type SecretBox = {
  /** Encrypts text under the current master key. */
  seal(plaintext: string, place: SecretPlace): Buffer;
  /** Decrypts a box made under any of the known master keys. Throws SecretBoxError. */
  open(box: Buffer, place: SecretPlace): string;
  /**
   * The box with its data key encrypted under the current master key, null when it is already. The text is
   * neither decrypted nor changed. Throws SecretBoxError.
   */
  rewrap(box: Buffer, place: SecretPlace): Buffer | null;
  /** Id of the master key of a box. Throws SecretBoxError for an unsupported version. */
  keyIdOf(box: Buffer): string;
};

/**
 * `unknown_key`: the master key is not configured; `tampered`: changed, cut or of another place;
 * `unsupported_version`: not a box of this program.
 */
export type SecretBoxErrorCode = 'unknown_key' | 'tampered' | 'unsupported_version';

/** A box that cannot be opened. The message holds the code and, for an unknown key, its id. */
export class SecretBoxError extends Error {
  readonly code: SecretBoxErrorCode;

  constructor(code: SecretBoxErrorCode, detail = '') {
    super(`Cannot open secret: ${code}${detail}`);
    this.name = 'SecretBoxError';
    this.code = code;
  }
}

/**
 * Reads a master key: 32 random bytes as 64 hexadecimal digits, base64 or base64url (with or without
 * padding). Passphrases are refused, since nothing says how much randomness is in them. Throws RangeError
 * without the text.
 */
export function parseMasterKey(text: string): MasterKey {
  const trimmed = text.trim();
  const key = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : fromBase64(trimmed);
  if (key === null || key.length !== keySize) {
    throw new RangeError(
      'A master key is 32 random bytes as base64 or hexadecimal; `openssl rand -base64 32` makes one',
    );
  }
  const id = createHash('sha256').update('secret-box master key id\0').update(key).digest('hex').slice(0, 8);
  return { id, key };
}

/** Strict base64 or base64url, null for anything else; Node's own decoder skips what it does not know. */
function fromBase64(text: string): Buffer | null {
  const bare = text.replace(/=$/, '').replaceAll('+', '-').replaceAll('/', '_');
  const bytes = Buffer.from(bare, 'base64url');
  return bytes.toString('base64url') === bare ? bytes : null;
}

/**
 * Makes the functions that seal and open. `current` encrypts; `previous` keys only open, until everything is
 * rewrapped. Throws RangeError for keys of another size, malformed ids and two keys with one id. One master
 * key is good for 2^32 boxes (the limit of random 96-bit IVs, NIST SP 800-38D section 8.3).
 */
export function createSecretBox(
  keys: { current: MasterKey; previous?: readonly MasterKey[] },
  random: RandomBytes = randomBytes,
): SecretBox {
  const known = new Map<string, Buffer>();
  for (const { id, key } of [keys.current, ...(keys.previous ?? [])]) {
    if (key.length !== keySize || !/^[0-9a-f]{8}$/.test(id)) throw new RangeError('Malformed master key');
    if (known.has(id)) throw new RangeError(`Master key ${id} is given twice`);
    known.set(id, Buffer.from(key));
  }
  const current = keys.current.id;
  const head = Buffer.concat([Buffer.of(version), Buffer.from(current, 'hex')]);

  function wrap(dataKey: Buffer, place: SecretPlace): Buffer {
    return encrypt(known.get(current)!, random(ivSize), dataKey, bind('key', place));
  }

  function unwrap(box: Buffer, place: SecretPlace): Buffer {
    const id = keyIdOf(box);
    if (box.length < textAt) throw new SecretBoxError('tampered');
    const master = known.get(id);
    if (!master) throw new SecretBoxError('unknown_key', ` ${id}`);
    return decrypt(master, box.subarray(wrapAt, contentAt), bind('key', place));
  }

  return {
    keyIdOf,

    seal(plaintext, place) {
      const dataKey = random(keySize);
      const wrapped = wrap(dataKey, place);
      const content = encrypt(dataKey, random(ivSize), Buffer.from(plaintext), bind('text', place));
      dataKey.fill(0);
      return Buffer.concat([head, wrapped, content]);
    },

    open(box, place) {
      const dataKey = unwrap(box, place);
      const text = decrypt(dataKey, box.subarray(contentAt), bind('text', place));
      dataKey.fill(0);
      return text.toString();
    },

    rewrap(box, place) {
      if (keyIdOf(box) === current) return null;
      const dataKey = unwrap(box, place);
      const wrapped = wrap(dataKey, place);
      dataKey.fill(0);
      return Buffer.concat([head, wrapped, box.subarray(contentAt)]);
    },
  };
}

function keyIdOf(box: Buffer): string {
  if (box[0] !== version) throw new SecretBoxError('unsupported_version');
  if (box.length < wrapAt) throw new SecretBoxError('tampered');
  return box.toString('hex', keyIdAt, wrapAt);
}

/** IV, tag and ciphertext in one buffer. */
function encrypt(key: Buffer, iv: Buffer, content: Buffer, place: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagSize });
  cipher.setAAD(place);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]);
}

function decrypt(key: Buffer, sealed: Buffer, place: Buffer): Buffer {
  const iv = sealed.subarray(0, ivSize);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagSize });
  decipher.setAAD(place);
  decipher.setAuthTag(sealed.subarray(ivSize, ivSize + tagSize));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ivSize + tagSize)), decipher.final()]);
  } catch {
    throw new SecretBoxError('tampered');
  }
}

/** Version, purpose and the four names, each behind its length, so that no two places give the same bytes. */
function bind(purpose: 'key' | 'text', place: SecretPlace): Buffer {
  const parts: Buffer[] = [Buffer.of(version)];
  for (const name of [purpose, place.organizationId, place.table, place.row, place.column]) {
    const bytes = Buffer.from(name);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}
