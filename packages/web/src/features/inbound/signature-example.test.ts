import { createHmac } from 'node:crypto';
import type { InboundSignature } from '@trunkline/contract/inbound';
import { describe, expect, it } from 'vitest';
import { signatureProblems, usualSignature } from './SignatureFields.tsx';
import { example, signatureExample } from './signature-example.ts';

const { key, body, time } = example;
const withChanges = (changes: Partial<InboundSignature>) =>
  signatureExample({ ...usualSignature, prefix: '', ...changes });

describe('signatureExample', () => {
  for (const [algorithm, hash] of [
    ['hmac-sha256', 'sha256'],
    ['hmac-sha1', 'sha1'],
  ] as const) {
    for (const encoding of ['hex', 'base64'] as const) {
      it(`is really signed, with ${algorithm} in ${encoding}`, () => {
        const plain = createHmac(hash, key).update(body).digest(encoding);
        expect(withChanges({ algorithm, encoding }).lines).toEqual([`X-Signature: ${plain}`]);
        const timed = createHmac(hash, key).update(`${time}.${body}`).digest(encoding);
        const changes = { algorithm, encoding, timestampHeader: 'X-Time', prefix: 'v1=', idHeader: 'X-Id' };
        expect(withChanges(changes).lines).toEqual([
          `X-Time: ${time}`,
          `X-Signature: v1=${timed}`,
          'X-Id: evt_1',
        ]);
      });
    }
  }

  it('says that nothing is signed where the key itself is sent', () => {
    expect(withChanges({ algorithm: 'token', prefix: 'Bearer ' }).lines).toEqual([
      'X-Signature: Bearer example-key',
    ]);
    const credentials = Buffer.from('ada:secret').toString('base64');
    expect(withChanges({ algorithm: 'basic' }).lines).toEqual([`Authorization: Basic ${credentials}`]);
  });
});

it('finds names that no header has', () => {
  expect(signatureProblems(usualSignature)).toEqual({});
  expect(Object.keys(signatureProblems({ ...usualSignature, header: 'X Signature', idHeader: 'é' }))).toEqual(
    ['header', 'idHeader'],
  );
});
