import { describe, expect, it } from 'vitest';
import { signSumsubRequest } from './sumsub-signature.ts';

describe('signSumsubRequest', () => {
  // The expected signatures were made with OpenSSL.
  it.each([
    [
      'get',
      '/resources/applicants/-;externalUserId=x/one?a=b',
      null,
      '29972d3ecd6ce8f5a90976ee5533e84a83add36114b5619ea71214c0b5f53e8f',
    ],
    [
      'POST',
      '/resources/applicants?levelName=basic',
      '{"externalUserId":"ü"}',
      'bdceb733c6e3249b6562af7de901c74ea792db3ed25d1308528078b2f03b85e1',
    ],
    [
      'POST',
      '/resources/applicants?levelName=basic',
      Buffer.from('{"externalUserId":"ü"}'),
      'bdceb733c6e3249b6562af7de901c74ea792db3ed25d1308528078b2f03b85e1',
    ],
  ])('signs %s %s', (method, path, body, signature) => {
    const at = new Date(1_764_333_296_987);
    expect(
      signSumsubRequest({ method, path, body, at, appToken: 'sbx:token', secretKey: 'secret-key' }),
    ).toEqual({
      'x-app-token': 'sbx:token',
      'x-app-access-ts': '1764333296',
      'x-app-access-sig': signature,
    });
  });
});
