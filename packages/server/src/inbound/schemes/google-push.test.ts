import { createSign, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { findProvider } from '../../providers/all-providers.ts';
import { verifyInbound } from '../verify.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const seconds = now / 1000;
const url = 'https://hub.example.com/webhooks/gmail/1';
const account = 'push@project.iam.gserviceaccount.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const published = JSON.stringify({
  keys: [
    { kty: 'EC', kid: 'k0' },
    { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' },
  ],
});
const usual = {
  iss: 'https://accounts.google.com',
  aud: url,
  email: account,
  email_verified: true,
  iat: seconds - 5,
  exp: seconds + 3600,
};

function verify(
  claims: object,
  how: { head?: object; keys?: string[]; values?: Record<string, string>; key?: boolean } = {},
) {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...how.head })}.${encode({ ...usual, ...claims })}`;
  const other =
    how.key === false ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : privateKey;
  const signature = createSign('RSA-SHA256').update(signed).sign(other, 'base64url');
  const request = {
    method: 'POST',
    url: `${url}?a=b`,
    headers: { authorization: `Bearer ${signed}.${signature}` },
    body: Buffer.from('{"message":{"messageId":"42","data":""},"subscription":"s"}'),
  };
  return verifyInbound(findProvider('gmail')!.inbound!, request, {
    keys: how.keys ?? [account],
    values: how.values ?? {},
    now,
    fetchCertificate: (address) =>
      address === 'https://www.googleapis.com/oauth2/v3/certs'
        ? Promise.resolve(published)
        : Promise.reject(new Error(address)),
  });
}

const refused = (reason: string) => ({ kind: 'refused', reason });

it('believes a token of Google for this address and this account', async () => {
  expect(await verify({})).toEqual({ kind: 'authentic', replayKey: 'message 42' });
  const values = { pushAudience: 'https://hub.example.com' };
  expect(await verify({ aud: values.pushAudience }, { values })).toMatchObject({ kind: 'authentic' });
});

it('refuses every other token', async () => {
  const wrong = refused('wrong_signature');
  expect(await verify({}, { key: false })).toEqual(wrong);
  expect(await verify({}, { head: { kid: 'k2' } })).toEqual(wrong);
  expect(await verify({}, { head: { kid: 'k0' } })).toEqual(wrong);
  expect(await verify({}, { head: { alg: 'HS256' } })).toEqual(wrong);
  expect(await verify({ iss: 'https://example.com' })).toEqual(wrong);
  expect(await verify({ aud: 'https://other.example.com' })).toEqual(wrong);
  expect(await verify({ aud: url }, { values: { pushAudience: 'https://hub.example.com' } })).toEqual(wrong);
  // Anybody can have Google sign for an account of their own.
  expect(await verify({ email: 'push@other.iam.gserviceaccount.com' })).toEqual(wrong);
  expect(await verify({ email_verified: false })).toEqual(wrong);
  expect(await verify({}, { keys: [] })).toEqual(refused('no_key'));
  expect(await verify({ exp: seconds })).toEqual(refused('too_old'));
  expect(await verify({ exp: undefined })).toEqual(refused('too_old'));
  expect(await verify({ iat: seconds + 301 })).toEqual(refused('too_new'));
});
