import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { plainBody } from './plain-body.ts';
import { readMessage } from './read-message.ts';
import { Unreadable } from './types.ts';

const text = Buffer.from('{"type":"robot.moved"}');

it.each([
  ['gzip', gzipSync(text)],
  ['GZip ', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
  ['identity', text],
])('reads a body in %s', async (encoding, body) => {
  const headers = { 'content-encoding': encoding, 'content-type': 'application/json' };
  const read = await readMessage({
    sourceId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    provider: 'generic',
    headers,
    url: 'https://hub.example.com/',
    body,
    at: 1,
    filesUrl: '',
    values: {},
  });
  expect(read.kind).toBe('robot.moved');
});

it('takes nothing that is not what it says, or unfolds to more than a webhook may have', () => {
  const headers = { 'content-encoding': 'gzip' };
  expect(() => plainBody({ headers, body: text })).toThrow(Unreadable);
  expect(() => plainBody({ headers, body: gzipSync(Buffer.alloc(26 * 1_048_576)) })).toThrow(Unreadable);
  expect(plainBody({ headers, body: Buffer.alloc(0) })).toHaveLength(0);
  expect(plainBody({ headers: {}, body: text })).toBe(text);
});
