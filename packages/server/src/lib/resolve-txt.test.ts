import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveTxt } from './resolve-txt.ts';

/** A name server on loopback that knows one name, and answers no other. */
const socket = createSocket('udp4');
let server: string;

beforeAll(async () => {
  socket.on('message', (query, { port, address }) => {
    const question = query.subarray(12);
    const known = question.includes('known');
    // Answer, authoritative, recursion; no error or NXDOMAIN; one question, and one answer if it is known.
    const head = Buffer.from([0x85, known ? 0x80 : 0x83, 0, 1, 0, known ? 1 : 0, 0, 0, 0, 0]);
    const end = question.indexOf(0) + 5;
    const pieces = ['first ', 'second'].map((text) => Buffer.from([text.length, ...Buffer.from(text)]));
    const data = Buffer.concat(pieces);
    const answer = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]);
    const parts = [query.subarray(0, 2), head, question.subarray(0, end), ...(known ? [answer] : [])];
    socket.send(Buffer.concat(parts), port, address);
  });
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
  server = `127.0.0.1:${socket.address().port}`;
});
afterAll(() => socket.close());

it('puts the pieces of a record together', async () => {
  expect(await resolveTxt('known.example', [server])).toEqual(['first second']);
});

it('says that there is none', async () => {
  await expect(resolveTxt('other.example', [server])).rejects.toMatchObject({ code: 'ENOTFOUND' });
});
