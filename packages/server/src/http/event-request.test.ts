import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventRequestLimit, readEventRequest } from './event-request.ts';

const body = '{"type":"job.created","data":{"title":"Größe"}}';
const length = `content-length: ${Buffer.byteLength(body)}`;
const plain = ['host: trunkline', 'authorization: Bearer token', 'Content-Type: application/json', length];

function bytesOf(headers: readonly string[], start = 'POST /api/v1/events HTTP/1.1', text = body): Buffer {
  return Buffer.from([start, ...headers, '', text].join('\r\n'));
}

describe('a request for events', () => {
  it('is read with what counts in its head, and no further than its end', () => {
    const bytes = bytesOf([
      ...plain,
      'User-Agent:\t Shop 1.0 \t',
      'X-Forwarded-For: 10.0.0.1',
      'Connection: Keep-Alive',
    ]);
    const request = readEventRequest(Buffer.concat([bytes, Buffer.from('POST /')]));
    expect(request).toMatchObject({
      authorization: 'Bearer token',
      contentType: 'application/json',
      userAgent: 'Shop 1.0',
      forwardedFor: '10.0.0.1',
      end: bytes.length,
    });
    expect(bytes.toString('utf8', typeof request === 'string' ? 0 : request.bodyStart)).toBe(body);
  });

  it('has the trace of its caller, unless it says that twice', () => {
    const read = (...lines: string[]) => {
      const request = readEventRequest(bytesOf([...plain, ...lines]));
      return typeof request === 'string' ? request : request.traceparent;
    };
    expect(read()).toBeUndefined();
    expect(read('TraceParent: 00-ab-cd-01 ')).toBe('00-ab-cd-01');
    expect(read('traceparent: 00-ab-cd-01', 'traceparent: 00-ef-ab-01')).toBeUndefined();
    expect(read('traceparent: a', 'traceparent: b', 'traceparent: c')).toBeUndefined();
  });

  it('is partial until its last byte is there', () => {
    const bytes = bytesOf(plain);
    for (let size = 0; size < bytes.length; size += 1)
      expect([size, readEventRequest(bytes.subarray(0, size))]).toEqual([size, 'partial']);
    expect(readEventRequest(bytes)).toBeTypeOf('object');
  });

  it.each([
    ['another method', bytesOf(plain, 'GET /api/v1/events HTTP/1.1')],
    ['another path', bytesOf(plain, 'POST /api/v1/events/ HTTP/1.1')],
    ['a query', bytesOf(plain, 'POST /api/v1/events?a=1 HTTP/1.1')],
    ['another version', bytesOf(plain, 'POST /api/v1/events HTTP/1.0')],
    ['no key', bytesOf(plain.toSpliced(1, 1))],
    ['no host', bytesOf(plain.toSpliced(0, 1))],
    ['no length', bytesOf(plain.toSpliced(3, 1))],
    ['two lengths', bytesOf([...plain, length])],
    ['a length that is no number', bytesOf(plain.with(3, 'content-length: +5'))],
    ['a list of lengths', bytesOf(plain.with(3, 'content-length: 5, 5'))],
    ['two keys', bytesOf([...plain, 'authorization: Bearer other'])],
    ['two hosts', bytesOf([...plain, 'host: other'])],
    ['chunks', bytesOf([...plain, 'transfer-encoding: chunked'])],
    ['chunks in disguise', bytesOf([...plain, 'Transfer-Encoding : chunked'])],
    ['a folded header', bytesOf([...plain, 'x-note: a', ' transfer-encoding: chunked'])],
    ['a bare line feed', bytesOf([...plain, 'x-note: a\ntransfer-encoding: chunked'])],
    ['a bare carriage return', bytesOf([...plain, 'x-note: a\rb'])],
    ['a NUL', bytesOf([...plain, 'x-note: a\0b'])],
    ['a name without a value', bytesOf([...plain, 'x-note'])],
    ['an expectation', bytesOf([...plain, 'expect: 100-continue'])],
    ['an upgrade', bytesOf([...plain, 'upgrade: websocket'])],
    ['a connection that closes', bytesOf([...plain, 'connection: close'])],
    ['an idempotency key', bytesOf([...plain, 'idempotency-key: 1'])],
    ['a head that is too large', bytesOf([...plain, `x-note: ${'x'.repeat(17_000)}`])],
    [
      'a head that is too large and not yet whole',
      bytesOf([...plain, 'x: '.repeat(6_000)]).subarray(0, 17_000),
    ],
    ['a body that is too large', bytesOf(plain.with(3, `content-length: ${eventRequestLimit}`))],
  ])('with %s is left to the general front', (_, bytes) => {
    expect(readEventRequest(bytes)).toBe('other');
  });

  it('never reads past what was announced, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'POST /api/v1/events HTTP/1.1\r\n',
        '\r\n',
        '\r\n\r\n',
        ...plain.map((line) => `${line}\r\n`),
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        const request = readEventRequest(bytes);
        if (typeof request === 'string') return;
        const head = bytes.toString('latin1', 0, request.bodyStart);
        expect(head.endsWith('\r\n\r\n')).toBe(true);
        const announced = [...head.matchAll(/\r\ncontent-length:[ \t]*(\d+)/gi)].map((match) =>
          Number(match[1]),
        );
        expect(announced).toEqual([request.end - request.bodyStart]);
      }),
    );
  });
});
