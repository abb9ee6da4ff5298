import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { MasterKey } from './secret-box.ts';

/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410 section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs as this installation, and recognizes what it signed. */
export interface Signer {
  /** Of the key that signs now: 8 hexadecimal digits. */
  keyId: string;
  /** Of the key that signs now, in PEM, for whoever checks from outside. */
  publicKey: string;
  /** An Ed25519 signature: 64 bytes. */
  sign(text: string): Buffer;
  /** Whether this process has the key with this id. */
  knows(keyId: string): boolean;
  /** Whether the key with this id, which must be known here, made the signature. */
  isSigned(text: string, by: { keyId: string | null; signature: Buffer | null }): boolean;
}

/**
 * Makes a signer whose keys follow from the master keys, so that nobody who has the database alone can sign. The
 * `previous` ones only recognize.
 *
 * @param purpose keeps keys of different uses apart
 */
export function createSigner(
  keys: { current: MasterKey; previous?: readonly MasterKey[] },
  purpose: string,
): Signer {
  const derived = [keys.current, ...(keys.previous ?? [])].map((masterKey) => deriveKey(masterKey, purpose));
  const known = new Map(derived.map((key) => [key.id, key.publicKey]));
  const [current] = derived;
  if (current === undefined) throw new RangeError('A signer needs a key');
  return {
    keyId: current.id,
    publicKey: current.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    knows: (keyId) => known.has(keyId),
    sign: (text) => sign(null, Buffer.from(text), current.privateKey),
    isSigned(text, { keyId, signature }) {
      const publicKey = keyId === null ? undefined : known.get(keyId);
      if (publicKey === undefined || signature === null) return false;
      return verify(null, Buffer.from(text), publicKey, signature);
    },
  };
}

function deriveKey(
  masterKey: MasterKey,
  purpose: string,
): { id: string; privateKey: KeyObject; publicKey: KeyObject } {
  const seed = Buffer.from(hkdfSync('sha256', masterKey.key, '', purpose, 32));
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Head, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const bytes = publicKey.export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), privateKey, publicKey };
}
