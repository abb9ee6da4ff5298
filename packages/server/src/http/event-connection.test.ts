import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenRequests } from './draining.ts';
import { EventConnections } from './event-connection.ts';
import { eventually } from '../testing/eventually.ts';

let server: Server;
let connections: EventConnections;
let port: number;
let closing: boolean;
let requests: OpenRequests;
/** Holds answers back; null: they come at once. */
let gate: Promise<void> | null;
/** What the short way answered. */
let bodies: string[];
const sockets: Socket[] = [];
/** The ends of them that the server has. */
let accepted: Socket[];

/** The short way answers `short <body>`, Node's server `general <method> <path> <body>`. */
beforeEach(async () => {
  closing = false;
  gate = null;
  bodies = [];
  accepted = [];
  requests = new OpenRequests();
  server = createServer((request, response) => {
    void text(request).then((body) => response.end(`general ${request.method} ${request.url} ${body}`));
  });
  connections = new EventConnections(server, {
    answer: async (_request, body) => {
      bodies.push(body);
      await gate;
      const answer = `short ${body}`;
      return { head: `HTTP/1.1 202 Accepted\r\ncontent-length: ${Buffer.byteLength(answer)}`, body: answer };
    },
    requests,
    closing: () => closing,
  });
  server.on('connection', (socket) => accepted.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  connections.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Caller {
  socket: Socket;
  received: () => string;
  closed: Promise<void>;
}

async function open(): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  sockets.push(socket);
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => received, closed };
}

const post = (body: string, ...more: string[]): string =>
  [
    'POST /api/v1/events HTTP/1.1',
    'host: a',
    'authorization: Bearer b',
    `content-length: ${Buffer.byteLength(body)}`,
    ...more,
    '',
    body,
  ].join('\r\n');

const get = 'GET /api/v1/webhooks HTTP/1.1\r\nhost: a\r\n\r\n';

/** So many bytes have reached the server. */
const arrived = (bytes: number): Promise<void> =>
  eventually(() => expect(accepted.reduce((sum, socket) => sum + socket.bytesRead, 0)).toBe(bytes));

/** Which answers came, in order. */
const answers = (caller: Caller): string[] =>
  caller.received().match(/(?:short|general)[^\r\n]*?(?=HTTP\/1\.1|\r\n|$)/g) ?? [];

describe('a connection', () => {
  it('is answered for requests one after another, whole or byte by byte', async () => {
    const caller = await open();
    caller.socket.write(post('one'));
    await eventually(() => expect(answers(caller)).toEqual(['short one']));
    for (const byte of post('zwö')) {
      caller.socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(answers(caller)).toEqual(['short one', 'short zwö']));
  });

  it('gets answers in the order of its requests when it does not wait for them', async () => {
    const caller = await open();
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    caller.socket.write(post('1') + post('2') + post('3'));
    await eventually(() => expect(bodies).toEqual(['1']));
    caller.socket.write(post('4') + get + post('5'));
    release();
    await eventually(() =>
      expect(answers(caller)).toEqual([
        'short 1',
        'short 2',
        'short 3',
        'short 4',
        'general GET /api/v1/webhooks ',
        'general POST /api/v1/events 5',
      ]),
    );
    expect(bodies).toEqual(['1', '2', '3', '4']);
  });

  it.each([
    ['at its first request', ''],
    ['after events', post('first')],
  ])('goes to the HTTP server with the first request that is not plain: %s', async (_, before) => {
    const caller = await open();
    const large = 'x'.repeat(200_000);
    const seen = before === '' ? [] : ['short first'];
    caller.socket.write(before);
    await eventually(() => expect(answers(caller)).toEqual(seen));
    caller.socket.write(post(large));
    await eventually(() => expect(answers(caller).at(-1)).toBe(`general POST /api/v1/events ${large}`));
    caller.socket.write(`${get}${post('again')}`);
    await eventually(() => expect(answers(caller).at(-1)).toBe('general POST /api/v1/events again'));
    expect(answers(caller)).toHaveLength(seen.length + 3);
  });

  it('is refused by the HTTP server what is ambiguous', async () => {
    const caller = await open();
    caller.socket.write(post('x', 'transfer-encoding: chunked'));
    await caller.closed;
    expect(caller.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(bodies).toEqual([]);
  });

  it('is asked to go on when it expects that', async () => {
    const caller = await open();
    const whole = post('later', 'expect: 100-continue');
    caller.socket.write(whole.slice(0, -5));
    await eventually(() => expect(caller.received()).toMatch(/^HTTP\/1\.1 100 /));
    caller.socket.write('later');
    await eventually(() => expect(answers(caller)).toEqual(['general POST /api/v1/events later']));
  });

  it('still gets its answer when it has closed its own half', async () => {
    const caller = await open();
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    caller.socket.end(post('last'));
    await eventually(() => expect(bodies).toEqual(['last']));
    release();
    await caller.closed;
    expect(answers(caller)).toEqual(['short last']);
  });

  it('ends when the rest of a request will never come', async () => {
    const caller = await open();
    caller.socket.end(post('last').slice(0, -1));
    await caller.closed;
    expect(caller.received()).toBe('');
  });

  it('that breaks off while it is answered counts as answered', async () => {
    const caller = await open();
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    caller.socket.write(post('gone'));
    await eventually(() => expect(bodies).toEqual(['gone']));
    caller.socket.resetAndDestroy();
    await eventually(async () => {
      const count = await new Promise<number>((resolve) => server.getConnections((_, n) => resolve(n)));
      expect(count).toBe(0);
    });
    release();
    await requests.finished(60_000);
  });

  it('goes to the HTTP server once the process ends, and what is being answered holds the end up', async () => {
    const [busy, other] = [await open(), await open()];
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    busy.socket.write(post('busy'));
    await eventually(() => expect(bodies).toEqual(['busy']));
    closing = true;
    let finished = false;
    const end = requests.finished(60_000).then(() => (finished = true));
    other.socket.write(post('late'));
    await eventually(() => expect(answers(other)).toEqual(['general POST /api/v1/events late']));
    expect(finished).toBe(false);
    release();
    await end;
    connections.destroy();
    await busy.closed;
    expect(answers(busy)).toEqual(['short busy']);
  });
});

describe('time limits', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));

  it('close a connection that brings nothing, or no whole request, in 20 s', async () => {
    const [silent, slow] = [await open(), await open()];
    slow.socket.write(post('slow').slice(0, 30));
    await arrived(30);
    vi.advanceTimersByTime(15_000);
    slow.socket.write(post('slow').slice(30, 40));
    await arrived(40);
    vi.advanceTimersByTime(10_000);
    await Promise.all([silent.closed, slow.closed]);
    expect(slow.received()).toBe('');
  });

  it('keep an unused connection for 65 s, and one that is being answered for as long as it takes', async () => {
    const [unused, busy] = [await open(), await open()];
    unused.socket.write(post('unused'));
    await eventually(() => expect(answers(unused)).toEqual(['short unused']));
    let release = (): void => undefined;
    gate = new Promise((resolve) => (release = resolve));
    busy.socket.write(post('busy'));
    await eventually(() => expect(bodies).toHaveLength(2));
    vi.advanceTimersByTime(60_000);
    unused.socket.write(post('again'));
    await eventually(() => expect(bodies).toHaveLength(3));
    vi.advanceTimersByTime(120_000);
    release();
    await eventually(() => expect([answers(busy), answers(unused).length]).toEqual([['short busy'], 2]));
    vi.advanceTimersByTime(71_000);
    await Promise.all([unused.closed, busy.closed]);
  });
});
