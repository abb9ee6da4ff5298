import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseEgressAllow } from './allow-list.ts';
import { checkUrl, checkUrlResolved } from './check-url.ts';
import { createSender } from './client.ts';
import type { Sender, SenderOptions, SendRequest } from './client.ts';
import type { SendResult } from './send-result.ts';
import { createConnector } from './connector.ts';
import { EgressError } from './errors.ts';
import type { Lookup } from './guard.ts';
import { listenCanaries, listenTcp, watch } from './testing.ts';
import type { Listener } from './testing.ts';

const receiverAddress = '127.0.0.9';
const allow = parseEgressAllow(receiverAddress);

let canaries: Listener[];
let canaryPort: number;
const closers: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  canaries = await listenCanaries();
  canaryPort = canaries[0]!.port;
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.unstubAllEnvs();
  expect(canaries.map((canary) => canary.connections())).toEqual([0, 0, 0]);
});

afterAll(async () => {
  for (const canary of canaries) await canary.close();
});

function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({ allow, ...options });
  closers.push(() => made.destroy());
  return made;
}

async function receiver(onRequest: RequestListener): Promise<Listener> {
  const server = createHttpServer(onRequest).listen(0, receiverAddress);
  await once(server, 'listening');
  const listener = watch(server);
  closers.push(() => listener.close());
  return listener;
}

async function rawReceiver(onSocket: (socket: Socket) => void): Promise<Listener> {
  const listener = await listenTcp(receiverAddress, onSocket);
  closers.push(() => listener.close());
  return listener;
}

function post(url: string, more: Partial<SendRequest> = {}): SendRequest {
  return { url, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}', ...more };
}

function at(listener: Listener, path = '/'): string {
  return `http://${receiverAddress}:${listener.port}${path}`;
}

/** The error that a send ends with, in short. */
async function failureOf(sent: Promise<SendResult>): Promise<string> {
  try {
    const { status } = await sent;
    return `status ${status}`;
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return `${error.code}${error.sent ? ', sent' : ''}`;
  }
}

function answer(...addresses: string[]): Lookup {
  return async () => addresses;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function ok(_request: IncomingMessage, response: ServerResponse): void {
  response.end('ok');
}

describe('what the sender sends and returns', () => {
  it('posts the body with its headers and returns status, headers and body', async () => {
    const seen: unknown[] = [];
    const target = await receiver((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push([request.method, request.url, request.headers.host, request.headers['x-a'], body]);
        response.writeHead(
          202,
          [
            ['content-type', 'text/plain'],
            ['X-Twice', '1'],
            ['x-twice', '2'],
          ].flat(),
        );
        response.end('grüße');
      });
    });
    const result = await sender().send(
      post(at(target, '/hook?x=1'), { headers: ['X-A', 'b'], body: Buffer.from('ü') }),
    );
    expect(seen).toEqual([['POST', '/hook?x=1', `${receiverAddress}:${target.port}`, 'b', 'ü']]);
    expect(result).toMatchObject({
      status: 202,
      body: 'grüße',
      bodyTruncated: false,
      remoteAddress: receiverAddress,
    });
    expect(result.headers['content-type']).toBe('text/plain');
    expect(result.headers['x-twice']).toBe('1, 2');
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('takes origin and path instead of a URL, and requests without a body', async () => {
    const target = await receiver((request, response) => response.end(request.method));
    const origin = `http://${receiverAddress}:${target.port}`;
    const result = await sender().send({ origin, path: '/x', method: 'GET', headers: {}, body: null });
    expect(result.body).toBe('GET');
  });

  it('skips informational responses', async () => {
    const target = await receiver((_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(204).end();
    });
    expect(await sender().send(post(at(target)))).toMatchObject({ status: 204, body: '' });
  });

  it('keeps odd header names and bytes harmless', async () => {
    const target = await rawReceiver((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\n\r\n\xff\xfe', 'latin1'),
      );
    });
    const result = await sender().send(post(at(target)));
    expect(Object.entries(result.headers)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(result.body).toBe('\ufffd\ufffd');
  });

  it('reuses a connection, and closes it when unused for long', async () => {
    const target = await receiver(ok);
    let now = 0;
    const one = sender({ clock: () => now, keepAliveMs: 60_000 });
    for (let i = 0; i < 20; i += 1) await one.send(post(at(target)));
    expect(target.connections()).toBe(1);
    expect(one.origins).toBe(1);
    now += 60_001;
    await target.ended(1);
    expect(one.origins).toBe(0);
  });

  it('opens no more connections to an origin than allowed, and serves all', async () => {
    const target = await receiver(ok);
    const one = sender({ connectionsPerOrigin: 3 });
    const results = await Promise.all(Array.from({ length: 50 }, () => one.send(post(at(target)))));
    expect(results.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(target.connections()).toBe(3);
    expect(one.inFlight).toBe(0);
  });

  it('keeps connections to the origins used last', async () => {
    const targets = [await receiver(ok), await receiver(ok), await receiver(ok)] as const;
    const one = sender({ maxOrigins: 2, keepAliveMs: 60_000 });
    for (const target of [targets[0], targets[1], targets[0], targets[2]]) await one.send(post(at(target)));
    await targets[1].ended(1);
    await one.send(post(at(targets[0])));
    expect(one.origins).toBe(2);
    expect(targets[0].connections()).toBe(1);
  });

  it('ignores proxy variables', async () => {
    const target = await receiver(ok);
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${canaryPort}`);
    }
    expect(await failureOf(sender().send(post(at(target))))).toBe('status 200');
  });

  it('carries on after the endpoint ends each connection', async () => {
    const target = await receiver((_request, response) => response.setHeader('connection', 'close').end());
    const one = sender({ connectionsPerOrigin: 1 });
    const all = Array.from({ length: 5 }, () => failureOf(one.send(post(at(target)))));
    expect(await Promise.all(all)).toEqual(Array(5).fill('status 200'));
    expect(target.connections()).toBe(5);
  });
});

describe('the guard', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '127.0.0.2',
    '127.2',
    '%31%32%37.0.0.1',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '0.0.0.0',
    '0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:0:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[::]',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'ip6-localhost',
  ];

  it.each(hosts)('does not connect to %s', async (host) => {
    const one = sender({ connectTimeoutMs: 5_000 });
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://${host}:${canaryPort}/`;
      // A name is judged when it is resolved.
      expect(checkUrl(url, allow).ok && !/local/i.test(host)).toBe(false);
      expect(await failureOf(one.send(post(url)))).toMatch(/^(blocked|dns)$/);
      const raw = {
        origin: `${scheme}://${host}:${canaryPort}`,
        path: '/',
        method: 'POST',
        headers: {},
        body: '',
      } as const;
      expect(await failureOf(one.send(raw))).toMatch(/^(blocked|dns)$/);
    }
    expect(one.inFlight).toBe(0);
  });

  it.each(['127.0.0.1', '::1', '127.1', '2130706433', '0x7f000001', 'localhost', '::ffff:127.0.0.1'])(
    'has a connector that refuses the bare host %s on its own',
    async (hostname) => {
      const { systemLookup } = await import('./guard.ts');
      const connect = createConnector({ allow, lookup: systemLookup, timeoutMs: 5_000 });
      for (const protocol of ['http:', 'https:']) {
        const error = await new Promise<Error | null>((done) => {
          const host = hostname.includes(':') ? `[${hostname}]` : hostname;
          const nothing = (): void => undefined;
          connect(new URL(`${protocol}//${host}:${canaryPort}`), nothing, (...outcome) => done(outcome[0]));
        });
        expect(error).toMatchObject({ code: expect.stringMatching(/^(blocked|dns)$/) as string });
      }
    },
  );

  it.each([
    [['127.0.0.1'], 'blocked'],
    [['127.0.0.9', '127.0.0.1'], 'blocked'],
    [['127.0.0.1', '127.0.0.9'], 'blocked'],
    [['::1'], 'blocked'],
    [['127.0.0.9', '::1'], 'blocked'],
    [['::ffff:127.0.0.1'], 'blocked'],
    [['169.254.169.254'], 'blocked'],
    [['93.184.215.14', '10.0.0.1'], 'blocked'],
    [['fe80::1%lo'], 'blocked'],
    [['nonsense'], 'blocked'],
    [[], 'dns'],
  ])('judges a name by all its addresses: %j is %s', async (addresses, expected) => {
    const one = sender({ lookup: answer(...addresses) });
    for (const scheme of ['http', 'https']) {
      expect(await failureOf(one.send(post(`${scheme}://hook.example:${canaryPort}/`)))).toBe(expected);
    }
  });

  it('never sends without TLS to a public address', async () => {
    expect(await failureOf(sender().send(post('http://93.184.215.14/')))).toBe('blocked');
    expect(await failureOf(sender({ lookup: answer('93.184.215.14') }).send(post('http://a.example/')))).toBe(
      'blocked',
    );
  });

  it('connects to a checked address of a name, with the name in the host header', async () => {
    const target = await receiver((request, response) => response.end(request.headers.host));
    let asked = 0;
    const lookup: Lookup = async () => {
      asked += 1;
      return [receiverAddress];
    };
    const one = sender({ lookup });
    const result = await one.send(post(`http://hook.example:${target.port}/`));
    expect(result).toMatchObject({ body: `hook.example:${target.port}`, remoteAddress: receiverAddress });
    await one.send(post(`http://hook.example:${target.port}/`));
    expect(asked).toBe(1);
  });

  it('tries the next checked address when one does not answer', async () => {
    const target = await receiver(ok);
    const both = parseEgressAllow('127.0.0.8/31');
    const one = sender({ allow: both, lookup: answer('127.0.0.8', receiverAddress) });
    const result = await one.send(post(`http://hook.example:${target.port}/`));
    expect(result.remoteAddress).toBe(receiverAddress);
  });

  it('is not fooled by a name that changes its address after the check', async () => {
    const answers = [['93.184.215.14'], ['127.0.0.1']];
    const rebinding: Lookup = async () => answers.shift() ?? ['127.0.0.1'];
    const url = `https://hook.example:${canaryPort}/`;
    expect(await checkUrlResolved(url, allow, rebinding)).toMatchObject({ ok: true });
    expect(await failureOf(sender({ lookup: rebinding }).send(post(url)))).toBe('blocked');
  });

  it('is not fooled by a name that changes its address between two connections', async () => {
    const target = await receiver((_request, response) => response.setHeader('connection', 'close').end());
    const answers = [[receiverAddress], ['127.0.0.1']];
    const one = sender({ lookup: async () => answers.shift() ?? ['::1'], connectionsPerOrigin: 1 });
    const url = `http://hook.example:${target.port}/`;
    expect(await failureOf(one.send(post(url)))).toBe('status 200');
    expect(await failureOf(one.send(post(url)))).toBe('blocked');
    expect(await failureOf(one.send(post(url)))).toBe('blocked');
  });

  it.each([301, 302, 303, 307, 308])('returns a %i and does not follow it', async (status) => {
    const target = await receiver((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${canaryPort}/` }).end();
    });
    const result = await sender().send(post(at(target)));
    expect(result.status).toBe(status);
    expect(target.connections()).toBe(1);
  });

  it('says nothing about the network in its error', async () => {
    const sent = sender({ lookup: answer('10.1.2.3') }).send(post('https://hook.example/secret-path'));
    const error = await sent.catch((caught: unknown) => caught);
    expect(String(error)).not.toMatch(/10\.1|secret|hook\.example/);
  });

  it.each([
    ['https://user:pw@127.0.0.9/', {}],
    ['ftp://127.0.0.9/', {}],
    ['nonsense', {}],
    ['http://127.0.0.9:1/', { headers: { HOST: 'other.example' } }],
    ['http://127.0.0.9:1/', { headers: ['hOst', 'other.example'] }],
  ])('refuses the request %s %j', async (url, more) => {
    expect(await failureOf(sender().send(post(url, more)))).toBe('protocol');
  });

  it.each([
    { 'bad name': 'x' },
    { a: 'line\r\nbreak: x' },
    { 'transfer-encoding': 'chunked' },
    { 'content-length': '3' },
    { upgrade: 'websocket' },
  ] as Record<string, string>[])('does not send the header %j', async (headers) => {
    const seen: string[] = [];
    const target = await receiver((request, response) => {
      seen.push(request.url ?? '');
      response.end();
    });
    const one = sender();
    expect(await failureOf(one.send(post(at(target), { headers })))).toMatch(/^protocol/);
    expect(await failureOf(one.send(post(at(target, '/next'))))).toBe('status 200');
    expect(seen).toEqual(['/next']);
  });

  it('does not take a whole URL as a path', async () => {
    const path = `http://127.0.0.1:${canaryPort}/`;
    const request = { origin: `http://${receiverAddress}:1`, path, method: 'GET', headers: {}, body: null };
    expect(await failureOf(sender().send(request))).toBe('protocol');
  });
});

describe('endpoints that misbehave', () => {
  it('says that nothing listens', async () => {
    const target = await rawReceiver(() => undefined);
    await target.close();
    closers.pop();
    expect(await failureOf(sender().send(post(at(target))))).toBe('connect');
  });

  it('ends an exchange that gets no headers, and frees its connection', async () => {
    let now = 0;
    let requests = 0;
    let arrived = (): void => undefined;
    const first = new Promise<void>((done) => (arrived = done));
    const target = await receiver((_request, response) => {
      requests += 1;
      if (requests === 1) arrived();
      else response.end();
    });
    const one = sender({ clock: () => now, connectionsPerOrigin: 1 });
    const hanging = failureOf(one.send(post(at(target))));
    const waiting = failureOf(one.send(post(at(target), { timeoutMs: 30_000 })));
    const late = failureOf(one.send(post(at(target), { timeoutMs: 1_000 })));
    await first;
    now = 14_900;
    expect(await late).toBe('timeout');
    now = 15_100;
    expect(await hanging).toBe('timeout, sent');
    expect(await waiting).toBe('status 200');
    expect(requests).toBe(2);
    expect(one.inFlight).toBe(0);
  });

  it('ends a body that trickles', async () => {
    let now = 0;
    const target = await rawReceiver((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        const drip = setInterval(() => {
          now += 2_000;
          socket.write('x');
        }, 5);
        socket.once('close', () => clearInterval(drip));
      });
    });
    expect(await failureOf(sender({ clock: () => now }).send(post(at(target))))).toBe('timeout, sent');
    await target.ended(1);
  });

  it.each([
    ['before the answer', ''],
    ['in the headers', 'HTTP/1.1 200 OK\r\nx-a: 1\r\n'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    ['in a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('reports a reset %s', async (_where, text) => {
    const target = await rawReceiver((socket) => {
      socket.once('data', () => {
        if (text === '') socket.resetAndDestroy();
        else socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
      });
    });
    expect(await failureOf(sender().send(post(at(target))))).toBe('reset, sent');
  });

  it.each([
    ['not http', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('refuses an answer that is %s', async (_what, text) => {
    const target = await rawReceiver((socket) => {
      socket.once('data', () => socket.write(text));
    });
    expect(await failureOf(sender().send(post(at(target))))).toBe('protocol, sent');
  });

  it('refuses endless headers', async () => {
    const target = await rawReceiver((socket) => {
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\n${'x-a: 0123456789\r\n'.repeat(2_000)}\r\n`),
      );
    });
    expect(await failureOf(sender().send(post(at(target))))).toBe('too_large, sent');
  });

  it.each(['content-length: 100000000', 'transfer-encoding: chunked'])(
    'cuts a huge body off (%s)',
    async (framing) => {
      const piece = framing.startsWith('content') ? 'x'.repeat(16_384) : `4000\r\n${'x'.repeat(16_384)}\r\n`;
      const target = await rawReceiver((socket) => {
        socket.once('data', () => {
          socket.write(`HTTP/1.1 500 Oops\r\n${framing}\r\n\r\n`);
          const more = (): void => {
            while (!socket.destroyed && socket.write(piece));
          };
          socket.on('drain', more);
          more();
        });
      });
      const one = sender();
      const result = await one.send(post(at(target)));
      expect(result).toMatchObject({ status: 500, bodyTruncated: true, body: 'x'.repeat(65_536) });
      await target.ended(1);
      expect(one.inFlight).toBe(0);
    },
  );

  it('keeps a body of exactly the limit whole, from many pieces', async () => {
    const target = await receiver((_request, response) => {
      for (let i = 0; i < 100; i += 1) response.write(String(i % 10));
      response.end();
    });
    const one = sender({ responseLimitBytes: 100 });
    const result = await one.send(post(at(target)));
    expect(result).toMatchObject({ bodyTruncated: false, body: '0123456789'.repeat(10) });
    expect(await sender({ responseLimitBytes: 99 }).send(post(at(target)))).toMatchObject({
      bodyTruncated: true,
    });
  });

  it('bounds a connection that never comes about', async () => {
    const never: Lookup = () => new Promise(() => undefined);
    expect(
      await failureOf(sender({ lookup: never, connectTimeoutMs: 20 }).send(post('https://a.example/'))),
    ).toBe('timeout');
    const mute = await rawReceiver((socket) => void socket.resume());
    const url = `https://${receiverAddress}:${mute.port}/`;
    expect(await failureOf(sender({ connectTimeoutMs: 50 }).send(post(url)))).toBe('timeout');
    await mute.ended(1);
  });
});

describe('TLS', () => {
  let folder: string;
  let key: string;
  let cert: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'egress-'));
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const names = ['-subj', '/CN=hook.example', '-addext', 'subjectAltName=DNS:hook.example,IP:127.0.0.9'];
    const kind = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...kind, ...files, ...names], { stdio: 'pipe' });
    key = readFileSync(join(folder, 'key.pem'), 'utf8');
    cert = readFileSync(join(folder, 'cert.pem'), 'utf8');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function tlsReceiver(seen: unknown[] = []): Promise<Listener> {
    const server = createHttpsServer({ key, cert }, (request, response) => {
      seen.push('servername' in request.socket ? request.socket.servername : undefined);
      response.setHeader('connection', 'close').end('ok');
    }).listen(0, receiverAddress);
    server.on('tlsClientError', () => undefined);
    await once(server, 'listening');
    const listener = watch(server);
    closers.push(() => listener.close());
    return listener;
  }

  it('refuses a certificate that nobody vouches for, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const seen: unknown[] = [];
    const target = await tlsReceiver(seen);
    expect(await failureOf(sender().send(post(`https://${receiverAddress}:${target.port}/`)))).toBe('tls');
    expect(seen).toEqual([]);
  });

  it('checks the name and sends it as SNI', async () => {
    const seen: unknown[] = [];
    const target = await tlsReceiver(seen);
    const one = sender({ ca: cert, lookup: answer(receiverAddress) });
    expect(await failureOf(one.send(post(`https://hook.example:${target.port}/`)))).toBe('status 200');
    expect(await failureOf(one.send(post(`https://hook.example.:${target.port}/`)))).toBe('status 200');
    expect(await failureOf(one.send(post(`https://${receiverAddress}:${target.port}/`)))).toBe('status 200');
    expect(await failureOf(one.send(post(`https://other.example:${target.port}/`)))).toBe('tls');
    expect(seen).toEqual(['hook.example', 'hook.example', false]);
  });

  it('reports an endpoint that does not speak TLS', async () => {
    const target = await receiver(ok);
    expect(await failureOf(sender().send(post(`https://${receiverAddress}:${target.port}/`)))).toBe('tls');
    const rude = await rawReceiver((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    expect(await failureOf(sender().send(post(`https://${receiverAddress}:${rude.port}/`)))).toBe('tls');
  });
});

describe('stopping', () => {
  interface Held {
    target: Listener;
    arrived: Promise<void>;
    requests: () => number;
    answer: () => void;
  }

  async function holding(): Promise<Held> {
    const held: ServerResponse[] = [];
    let done = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (done = resolve));
    const target = await receiver((_request, response) => {
      held.push(response);
      done();
    });
    return {
      target,
      arrived,
      requests: () => held.length,
      answer: () => held.forEach((response) => response.end()),
    };
  }

  it('stops one request by its signal, in flight or waiting', async () => {
    const { target, arrived, requests } = await holding();
    const one = sender({ connectionsPerOrigin: 1 });
    const stop = new AbortController();
    const stopped = AbortSignal.abort();
    const flying = failureOf(one.send(post(at(target), { signal: stop.signal })));
    const waiting = failureOf(one.send(post(at(target), { signal: stop.signal })));
    expect(await failureOf(one.send(post(at(target), { signal: stopped })))).toBe('aborted');
    await arrived;
    stop.abort();
    expect(await Promise.all([flying, waiting])).toEqual(['aborted, sent', 'aborted']);
    await target.ended(1);
    expect(requests()).toBe(1);
  });

  it('close waits for what is under way and takes nothing new', async () => {
    const { target, arrived, answer: release } = await holding();
    const one = sender();
    const flying = failureOf(one.send(post(at(target))));
    await arrived;
    const closed = one.close(10_000);
    expect(await failureOf(one.send(post(at(target))))).toBe('aborted');
    release();
    expect(await flying).toBe('status 200');
    await closed;
    await target.ended(1);
  });

  it('close gives up after its time', async () => {
    const { target, arrived } = await holding();
    const one = sender();
    const flying = failureOf(one.send(post(at(target))));
    await arrived;
    await one.close(10);
    expect(await flying).toBe('aborted, sent');
    expect(one.inFlight).toBe(0);
    await one.close(10);
  });

  it('destroy ends everything and sends nothing that waits', async () => {
    const { target, arrived, requests } = await holding();
    const one = sender({ connectionsPerOrigin: 1 });
    const all = Array.from({ length: 5 }, () => failureOf(one.send(post(at(target)))));
    await arrived;
    one.destroy();
    expect(await Promise.all(all)).toEqual(['aborted, sent', ...Array<string>(4).fill('aborted')]);
    await target.ended(1);
    expect(requests()).toBe(1);
    expect(target.connections()).toBe(1);
  });
});
