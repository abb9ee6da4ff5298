import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { signAwsRequest } from './aws-sigv4.ts';
import type { AwsRequest } from './aws-sigv4.ts';

/** The credentials and the moment of the examples in Amazon's documentation. */
const example = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  service: 's3',
  at: new Date('2013-05-24T00:00:00Z'),
};

function signatureOf({ headers }: { headers: Record<string, string> }): string {
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization']!)![1]!;
}

describe('signAwsRequest', () => {
  it.each([
    [
      'GET',
      '/test.txt',
      { range: 'bytes=0-9' },
      null,
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT',
      '/test%24file.text',
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    ['GET', '/?lifecycle', {}, null, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    [
      'GET',
      '/?max-keys=2&prefix=J',
      {},
      null,
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const)('signs Amazon’s example %s %s', async (method, path, headers, body, signature) => {
    const url = `https://examplebucket.s3.amazonaws.com${path}`;
    const signed = await signAwsRequest({ ...example, method, url, headers: { ...headers }, body });
    expect(signatureOf(signed)).toBe(signature);
  });

  /** Amazon's own signer. */
  async function official(request: AwsRequest, signed: { url: string }): Promise<string> {
    const { credentials, region, service, at, method, body } = request;
    const url = new URL(signed.url);
    const query: Record<string, string | string[]> = {};
    for (const key of new Set(url.searchParams.keys())) query[key] = url.searchParams.getAll(key);
    const { headers } = await new SignatureV4({
      credentials,
      region,
      service,
      sha256: NodeSha256,
      uriEscapePath: service !== 's3',
    }).sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: service === 's3' ? keyPath(url) : url.pathname,
        query,
        headers: { ...request.headers, host: url.host },
        body: body ?? undefined,
      },
      { signingDate: at },
    );
    return signatureOf({ headers });
  }

  it.each([
    ['HEAD', 'https://bucket.s3.eu-west-1.amazonaws.com/', 's3', null],
    ['PUT', 'https://bucket.s3.eu-west-1.amazonaws.com/a/b c/%C3%BC+%2B(1)!.pdf', 's3', 'content'],
    ['PUT', 'https://bucket.s3.eu-west-1.amazonaws.com/~x/%25/a%2Fb//c', 's3', Buffer.from([0, 255, 10])],
    ['GET', 'https://bucket.s3.eu-west-1.amazonaws.com/?list-type=2&prefix=a%2Fb%20c%2B&x', 's3', null],
    ['GET', 'https://email.eu-west-1.amazonaws.com/v2/email/account', 'ses', null],
    ['POST', 'https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails', 'ses', '{"a":"ü"}'],
    ['GET', 'https://sns.eu-west-1.amazonaws.com/?Action=ListTopics&Version=2010-03-31&b=%2A', 'sns', null],
    ['GET', 'http://127.0.0.9:9000/bucket/key', 's3', null],
  ])('signs as Amazon’s own signer: %s %s', async (method, url, service, body) => {
    const request: AwsRequest = {
      method,
      url,
      service,
      body,
      region: 'eu-west-1',
      at: new Date('2026-11-28T12:34:56.789Z'),
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalr/+=secret', sessionToken: 'session' },
      headers: { accept: 'application/json', 'x-amz-meta-a': 'one  two' },
    };
    const signed = await signAwsRequest(request);
    expect(signatureOf(signed)).toBe(await official(request, signed));
    expect(signed.headers).toMatchObject({
      'x-amz-date': '20261128T123456Z',
      'x-amz-security-token': 'session',
    });
    expect(signed.headers['host']).toBeUndefined();
  });

  it('covers the body and what is in the headers', async () => {
    const url = 'https://bucket.s3.eu-west-1.amazonaws.com/key';
    const base = { ...example, method: 'PUT', url, body: 'a', headers: { 'content-type': 'text/plain' } };
    const signatures = await Promise.all(
      [
        base,
        { ...base, body: 'b' },
        { ...base, headers: { 'content-type': 'text/html' } },
        { ...base, at: new Date('2013-05-24T00:00:01Z') },
      ].map(async (request) => signatureOf(await signAwsRequest(request))),
    );
    expect(new Set(signatures).size).toBe(4);
  });

  it('sends the secret nowhere', async () => {
    const signed = await signAwsRequest({ ...example, method: 'GET', url: 'https://a.s3.amazonaws.com/' });
    expect(JSON.stringify(signed)).not.toContain(example.credentials.secretAccessKey);
  });
});

/** As S3 writes the path of a key before it compares signatures: decoded, then encoded by RFC 3986 but for slashes. */
function keyPath(url: URL): string {
  const encoded = encodeURIComponent(decodeURIComponent(url.pathname)).replaceAll('%2F', '/');
  return encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What the official signer wants for a hash: plain SHA-256, or HMAC when it is made with a key. */
class NodeSha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('not needed');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
