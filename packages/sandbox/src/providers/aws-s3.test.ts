import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox } from '../testing/open-sandbox.ts';
import type { OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
let now = Date.UTC(2026, 10, 28, 12);
beforeAll(async () => {
  open = await openSandbox(sandboxDefinitions(), 'aws-s3', { clock: () => now });
});
afterAll(() => open.sandbox.close());

const host = 'https://acme-documents.s3.eu-west-1.amazonaws.com';
const stamp = () => new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

async function call(
  method: string,
  url: string,
  options: { body?: string; headers?: object; signer?: object } = {},
) {
  const signer = new AwsV4Signer({
    method,
    url,
    ...(options.body === undefined ? {} : { body: options.body }),
    headers: { ...options.headers },
    accessKeyId: open.values['accessKeyId']!,
    secretAccessKey: open.values['secretAccessKey']!,
    service: 's3',
    region: 'eu-west-1',
    datetime: stamp(),
    ...options.signer,
  });
  const signed = await signer.sign();
  return open.call(method, signed.url.href, {
    headers: Object.fromEntries(signed.headers),
    ...(options.body === undefined ? {} : { body: options.body }),
  });
}

const codeOf = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1];

it('puts, reads, lists and removes', async () => {
  const key = `${host}/offers/Ada%20Example%20%28final%29%2B1.pdf`;
  const put = await call('PUT', key, {
    body: 'content',
    headers: { 'content-type': 'application/pdf', 'x-amz-meta-by': 'hub' },
  });
  expect([put.status, put.headers.get('etag')]).toEqual([200, '"9a0364b9e99bb480dd25e1f0284c8555"']);
  const read = await call('GET', key);
  expect([read.text, read.headers.get('content-type'), read.headers.get('x-amz-meta-by')]).toEqual([
    'content',
    'application/pdf',
    'hub',
  ]);
  expect((await call('GET', key, { headers: { range: 'bytes=1-3' } })).text).toBe('ont');
  const head = await call('HEAD', key);
  expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, '7', '']);
  const listed = await call('GET', `${host}/?list-type=2&prefix=offers%2F`);
  expect(listed.text).toContain('<Key>offers/Ada Example (final)+1.pdf</Key>');
  expect((await call('DELETE', key)).status).toBe(204);
  expect(codeOf((await call('GET', key)).text)).toBe('NoSuchKey');
});

it('lists by page and by folder', async () => {
  for (const key of ['a/1', 'a/2', 'b/1', 'c']) await call('PUT', `${host}/${key}`, { body: key });
  const folders = await call('GET', `${host}/?list-type=2&delimiter=%2F`);
  expect([...folders.text.matchAll(/<(?:Key|Prefix)>([^<]+)</g)].map((match) => match[1])).toEqual([
    'a/',
    'b/',
    'c',
  ]);
  const first = await call('GET', `${host}/?list-type=2&max-keys=3`);
  const token = /<NextContinuationToken>([^<]+)</.exec(first.text)![1]!;
  const second = await call('GET', `${host}/?list-type=2&continuation-token=${encodeURIComponent(token)}`);
  expect([...second.text.matchAll(/<Key>([^<]+)</g)].map((match) => match[1])).toEqual(['c']);
  const none = await call('GET', `${host}/?list-type=2&max-keys=0`);
  expect(none.text).toContain('<KeyCount>0</KeyCount><MaxKeys>0</MaxKeys><IsTruncated>false</IsTruncated>');
});

it('takes presigned addresses until they end', async () => {
  await call('PUT', `${host}/shared.txt`, { body: 'shared' });
  const { url } = await new AwsV4Signer({
    url: `${host}/shared.txt?X-Amz-Expires=60`,
    accessKeyId: open.values['accessKeyId']!,
    secretAccessKey: open.values['secretAccessKey']!,
    service: 's3',
    region: 'eu-west-1',
    datetime: stamp(),
    signQuery: true,
  }).sign();
  expect((await open.call('GET', url.href)).text).toBe('shared');
  expect(codeOf((await open.call('GET', `${url.href}0`)).text)).toBe('SignatureDoesNotMatch');
  now += 61_000;
  expect((await open.call('GET', url.href)).status).toBe(403);
});

it('checks what it gets', async () => {
  const wrong = async (options: Parameters<typeof call>[2], url = `${host}/x`) => {
    const answer = await call('PUT', url, { body: 'x', ...options });
    return [answer.status, codeOf(answer.text)];
  };
  expect(await wrong({ signer: { secretAccessKey: 'wrong' } })).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await wrong({ signer: { accessKeyId: 'AKIAUNKNOWN' } })).toEqual([403, 'InvalidAccessKeyId']);
  expect(await wrong({ signer: { region: 'us-east-1' } })).toEqual([400, 'AuthorizationHeaderMalformed']);
  expect(await wrong({ signer: { datetime: '20260101T000000Z' } })).toEqual([403, 'RequestTimeTooSkewed']);
  expect(await wrong({ headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } })).toEqual([400, 'BadDigest']);
  expect(await wrong({}, 'https://other.s3.eu-west-1.amazonaws.com/x')).toEqual([404, 'NoSuchBucket']);
  expect(await wrong({}, 'https://s3.eu-west-1.amazonaws.com/acme-documents/x')).toEqual([200, undefined]);
  expect(await wrong({ headers: { 'if-none-match': '*' } })).toEqual([412, 'PreconditionFailed']);
  expect(codeOf((await open.call('PUT', `${host}/x`, { body: 'x' })).text)).toBe('AccessDenied');
});

it('notices a body that was changed on the way', async () => {
  const sha = (await import('node:crypto')).createHash('sha256').update('signed').digest('hex');
  const signed = await new AwsV4Signer({
    method: 'PUT',
    url: `${host}/x`,
    headers: { 'x-amz-content-sha256': sha },
    accessKeyId: open.values['accessKeyId']!,
    secretAccessKey: open.values['secretAccessKey']!,
    service: 's3',
    region: 'eu-west-1',
    datetime: stamp(),
  }).sign();
  const answer = await open.call('PUT', signed.url.href, {
    body: 'other',
    headers: Object.fromEntries(signed.headers),
  });
  expect(codeOf(answer.text)).toBe('XAmzContentSHA256Mismatch');
});
