import { maxInboundBytes } from '@trunkline/contract/inbound';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { Unreadable } from './types.ts';
import type { InboundRequest } from './types.ts';

const decoders: ReadonlyMap<string, typeof gunzipSync> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/** Whether a body has to be decompressed to be read. */
export function isCompressed({ headers }: Pick<InboundRequest, 'headers'>): boolean {
  return decoders.has(encodingOf(headers));
}

/**
 * A body without its Content-Encoding, up to the size that a webhook may have. What is signed are the bytes as they came, so
 * that this is for what was verified.
 *
 * @throws Unreadable when it is not compressed as it says, or holds more
 */
export function plainBody({ headers, body }: Pick<InboundRequest, 'headers' | 'body'>): Buffer {
  const decode = decoders.get(encodingOf(headers));
  if (decode === undefined || body.length === 0) return body;
  try {
    return decode(body, { maxOutputLength: maxInboundBytes });
  } catch {
    throw new Unreadable('The body is not compressed as it says, or too large.');
  }
}

function encodingOf(headers: InboundRequest['headers']): string {
  return (headers['content-encoding'] ?? '').trim().toLowerCase();
}
