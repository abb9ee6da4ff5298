import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireRequest } from './request-text.ts';
import type { RequestParts } from './request-text.ts';

const parts = { method: 'POST', path: '/a?b=c', headers: {}, body: '{}' };
const protocol = expect.objectContaining({ code: 'protocol', sent: false }) as Error;

describe('the text of a request', () => {
  it('has the host, the headers and the length in bytes', () => {
    expect(wireRequest({ ...parts, headers: ['x-a', '1', 'X-B', 'two'] }, 'h.example:81').data).toBe(
      'POST /a?b=c HTTP/1.1\r\nhost: h.example:81\r\nconnection: keep-alive\r\nx-a: 1\r\nX-B: two\r\ncontent-length: 2\r\n\r\n{}',
    );
    const umlaut = wireRequest({ ...parts, body: '"ü€"' }, 'h').data;
    expect(umlaut.toString('utf8')).toMatch(/content-length: 7\r\n\r\n"ü€"$/);
    expect(wireRequest({ ...parts, body: Buffer.from([0, 255]) }, 'h').data.slice(-2)).toEqual(
      Buffer.from([0, 255]),
    );
    expect(wireRequest({ ...parts, method: 'GET', body: null }, 'h').data).not.toContain('content-length');
  });

  it.each([
    { path: 'http://other.example/' },
    { path: '/a b' },
    { path: '/a\r\nx: y' },
    { method: 'GET /x' },
    { headers: { host: 'other.example' } },
    { headers: ['Content-Length', '3'] },
    { headers: { 'transfer-encoding': 'chunked' } },
    { headers: { 'x y': '1' } },
    { headers: { '': '1' } },
    { headers: { x: 'a\r\nb: c' } },
    { headers: { x: 'a\nb' } },
    { headers: { x: '\0' } },
    { headers: { x: '€' } },
  ] as Partial<RequestParts>[])('refuses %j', (change) => {
    expect(() => wireRequest({ ...parts, ...change }, 'h')).toThrow(protocol);
  });

  it('arrives as it was meant, whatever the values', async () => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        response.end(
          JSON.stringify({ raw: request.rawHeaders, body: Buffer.concat(chunks).toString('utf8') }),
        ),
      );
    });
    server.listen(0, '127.0.0.9');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (value, body) => {
        let wire;
        try {
          wire = wireRequest({ ...parts, headers: { 'x-value': value, connection2: 'x' }, body }, 'h');
        } catch {
          return;
        }
        const socket = connect(port, '127.0.0.9');
        socket.end(wire.data as string, 'latin1');
        let text = '';
        for await (const chunk of socket) text += (chunk as Buffer).toString('utf8');
        const seen = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as {
          raw: string[];
          body: string;
        };
        expect(seen.raw.filter((_, index) => index % 2 === 0)).toEqual([
          'host',
          'connection',
          'x-value',
          'connection2',
          'content-length',
        ]);
        expect(seen.raw[5]).toBe(value.replace(/^[\t ]+|[\t ]+$/g, ''));
        expect(seen.body).toBe(Buffer.from(body, 'utf8').toString('utf8'));
      }),
      { numRuns: 200, seed: 20_261_125 },
    );
    server.close();
  });
});
