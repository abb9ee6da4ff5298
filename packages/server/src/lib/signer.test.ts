import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseMasterKey } from './secret-box.ts';
import { createSigner } from './signer.ts';

const [first, second] = [1, 2].map(() => parseMasterKey(randomBytes(32).toString('hex')));

describe('createSigner', () => {
  it('signs so that anybody with the public key can tell', () => {
    const signer = createSigner({ current: first! }, 'tests');
    const signature = signer.sign('what was said');
    const publicKey = createPublicKey(signer.publicKey);
    expect(verify(null, Buffer.from('what was said'), publicKey, signature)).toBe(true);
    expect(signer.isSigned('what was said', { keyId: signer.keyId, signature })).toBe(true);
    expect(signer.isSigned('what was not', { keyId: signer.keyId, signature })).toBe(false);
    expect(signer.isSigned('what was said', { keyId: signer.keyId, signature: Buffer.alloc(3) })).toBe(false);
    expect(signer.isSigned('what was said', { keyId: null, signature: null })).toBe(false);
  });

  it('has the same keys for the same master key and purpose, and others for others', () => {
    const ids = [
      createSigner({ current: first! }, 'tests'),
      createSigner({ current: first! }, 'tests'),
      createSigner({ current: second! }, 'tests'),
      createSigner({ current: first! }, 'another'),
    ].map(({ keyId }) => keyId);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('recognizes what an earlier key signed only while that key is given', () => {
    const before = createSigner({ current: first! }, 'tests');
    const made = { keyId: before.keyId, signature: before.sign('kept') };
    expect(createSigner({ current: second!, previous: [first!] }, 'tests').isSigned('kept', made)).toBe(true);
    expect(createSigner({ current: second! }, 'tests').isSigned('kept', made)).toBe(false);
  });
});
