import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { OutputOf } from '@trunkline/contract/operation';
import type { startPasskeySignIn } from '@trunkline/contract/access';

type Question = OutputOf<typeof startPasskeySignIn>['options'];

/** What a passkey signs beside the challenge. */
export interface PasskeyConditions {
  origin: string;
  rpId: string;
  /** The person showed a finger, face or PIN. */
  verified?: boolean;
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
const flags = { present: 0x01, verified: 0x04, attested: 0x40 };

/** A passkey in software: ES256, no attestation, a counter that goes up (WebAuthn, sections 6.1 and 6.5). */
export function createSoftPasskey(conditions: PasskeyConditions) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16);
  const id = credentialId.toString('base64url');
  let counter = 0;

  function clientData(type: string, challenge: unknown, { origin }: PasskeyConditions): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  function authenticatorData({ rpId, verified = true }: PasskeyConditions, extra: number): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags.present | (verified ? flags.verified : 0) | extra, 0);
    head.writeUInt32BE(++counter, 1);
    return Buffer.concat([sha256(rpId), head]);
  }

  /** The public key as COSE (RFC 9052): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
  function coseKey(): Buffer {
    const { x, y } = publicKey.export({ format: 'jwk' });
    const coordinate = (label: number, text = '') =>
      Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(text, 'base64url')]);
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]),
      coordinate(0x21, x),
      coordinate(0x22, y),
    ]);
  }

  return {
    id,
    /** Sets the counter back, as a copy of the passkey would have it. */
    rewind(): void {
      counter = 0;
    },

    /** Its answer to `startPasskey`. */
    create({ challenge }: Question, changed: Partial<PasskeyConditions> = {}) {
      const now = { ...conditions, ...changed };
      const size = Buffer.alloc(2);
      size.writeUInt16BE(credentialId.length);
      const data = Buffer.concat([
        authenticatorData(now, flags.attested),
        Buffer.alloc(16),
        size,
        credentialId,
        coseKey(),
      ]);
      const text = (word: string) => Buffer.concat([Buffer.from([0x60 + word.length]), Buffer.from(word)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, now).toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      };
    },

    /** Its answer to any other question. */
    answer({ challenge }: Question, changed: Partial<PasskeyConditions> = {}) {
      const now = { ...conditions, ...changed };
      const client = clientData('webauthn.get', challenge, now);
      const data = authenticatorData(now, 0);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      };
    },
  };
}
