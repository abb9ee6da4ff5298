import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createAuthority, selfSigned } from '@trunkline/sandbox/certificates';
import type { KeyedCertificate } from '@trunkline/sandbox/certificates';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseEgressAllow } from './egress/allow-list.ts';
import type { Limits } from './egress/deadline.ts';
import { Dialer } from './egress/tcp.ts';
import type { DialerOptions } from './egress/tcp.ts';
import { listenCanaries, listenTcp, watch } from './egress/testing.ts';
import type { Listener } from './egress/testing.ts';
import { probeHttp } from './http-probe.ts';
import type { HttpProbe, HttpProbeResult } from './http-probe.ts';

const address = '127.0.0.9';
const name = 'api.example.test';
const secret = 'pl4nted-key-0123456789';
const authority = createAuthority();
const dayMs = 86_400_000;
const closers: (() => Promise<void>)[] = [];
const told: string[] = [];
let canaries: Listener[];

beforeAll(async () => {
  canaries = await listenCanaries();
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  expect(canaries.map((canary) => canary.connections())).toEqual([0, 0, 0]);
});

afterAll(async () => {
  for (const canary of canaries) await canary.close();
  expect(told.join('\n')).not.toContain(secret);
});

async function serve(
  onRequest: RequestListener,
  certificate?: KeyedCertificate,
): Promise<Listener & { url: string }> {
  const server = certificate ? createHttpsServer(certificate, onRequest) : createHttpServer(onRequest);
  server.listen(0, address);
  await once(server, 'listening');
  const listener = watch(server);
  closers.push(() => listener.close());
  return { ...listener, url: `${certificate ? 'https' : 'http'}://${name}:${listener.port}/` };
}

async function check(
  url: string,
  changes: Partial<HttpProbe> = {},
  options: Partial<DialerOptions> = {},
  limits?: Limits,
): Promise<HttpProbeResult> {
  const dialer = new Dialer({
    allow: parseEgressAllow(address),
    lookup: async (host) => (host === name ? [address] : []),
    ca: authority.ca,
    ...options,
  });
  const result = await probeHttp(
    {
      url,
      method: 'GET',
      headers: { authorization: `Bearer ${secret}` },
      body: null,
      secrets: [secret],
      ...changes,
    },
    { dialer, ...(limits && { limits }) },
  );
  const { answer: _answer, ...readable } = result;
  told.push(JSON.stringify(readable));
  return result;
}

function outcome(result: HttpProbeResult): string[] {
  return result.steps.map(({ key, status }) => `${key} ${status}`);
}

describe('probeHttp', () => {
  it('runs every step and gives the answer', async () => {
    const seen: unknown[] = [];
    const target = await serve(
      (request, response) => {
        seen.push([request.method, request.url, request.headers.authorization, request.headers.host]);
        response.setHeader('x-quota', '9').end('{"ok":true}');
      },
      authority.issue({ names: [name] }),
    );
    const result = await check(`${target.url}me?a=1`, { label: 'Ask who we are' });
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'tls ok', 'call ok']);
    expect(result).toMatchObject({
      ok: true,
      failure: null,
      answer: { status: 200, body: '{"ok":true}', bodyTruncated: false },
    });
    expect(result.answer!.headers['x-quota']).toBe('9');
    expect(result.steps.at(-1)).toMatchObject({ label: 'Ask who we are', detail: 'It answered 200.' });
    expect(result.steps.every(({ durationMs }) => durationMs !== null)).toBe(true);
    expect(seen).toEqual([['GET', '/me?a=1', `Bearer ${secret}`, `${name}:${target.port}`]]);
    await target.ended(1);
  });

  it('gives status and body of a refusal, without the secret that it repeats', async () => {
    const target = await serve((_request, response) => {
      response.writeHead(401).end(`{"error":"invalid_key","key":"${secret}"}`);
    });
    const result = await check(target.url);
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'call failed']);
    expect(result.failure).toMatchObject({ step: 'call', code: 'refused', status: 401 });
    expect(result.failure!.text).toContain('invalid_key');
    expect(result.answer!.status).toBe(401);
  });

  it('lets the caller say what a good answer is', async () => {
    const target = await serve((_request, response) => {
      response.writeHead(404).end('nobody');
    });
    const judge: HttpProbe['judge'] = ({ status }) => ({ ok: status === 404, detail: 'As expected.' });
    expect(await check(target.url, { judge })).toMatchObject({ ok: true, answer: { status: 404 } });
  });

  it('follows no redirect', async () => {
    const target = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${canaries[0]!.port}/` }).end();
    });
    expect((await check(target.url)).failure).toMatchObject({ code: 'refused', status: 302 });
  });

  it('keeps 64 KiB of an answer', async () => {
    const target = await serve((_request, response) => {
      response.end('x'.repeat(200_000));
    });
    const { answer } = await check(target.url);
    expect(answer!.bodyTruncated).toBe(true);
    expect(answer!.body).toHaveLength(65_536);
  });

  it('sends a body, and reads an answer that ends with the connection', async () => {
    const listener = await listenTcp(address, (socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += String(data);
        if (text.endsWith('\r\n\r\nü')) socket.end('HTTP/1.1 200 OK\r\n\r\ndone');
      });
    });
    closers.push(() => listener.close());
    const result = await check(`http://${name}:${listener.port}/`, { method: 'POST', body: 'ü' });
    expect(result.answer).toMatchObject({ status: 200, body: 'done' });
  });

  it.each([
    [
      'expired',
      'CERT_HAS_EXPIRED',
      () =>
        authority.issue({ names: [name], notAfter: new Date(Date.now() - dayMs), notBefore: new Date(0) }),
    ],
    ['for another name', 'ERR_TLS_CERT_ALTNAME_INVALID', () => authority.issue({ names: ['b.test'] })],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', () => selfSigned({ names: [name] })],
    [
      'of an unknown authority',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      () => createAuthority('other').issue({ names: [name] }),
    ],
  ])('fails with a certificate that is %s', async (_kind, reason, issue) => {
    const target = await serve((_request, response) => response.end(), issue());
    const result = await check(target.url);
    expect(outcome(result)).toEqual(['dns ok', 'tcp ok', 'tls failed', 'call skipped']);
    expect(result.failure).toMatchObject({ step: 'tls', code: 'tls', status: null, mayHaveArrived: false });
    expect(result.failure!.text).toContain(reason);
    expect(result.failure!.text).toContain('CERT');
  });

  it.each([
    [13, 'tls warning', 'the certificate ends in 13 days'],
    [14, 'tls ok', 'the certificate is trusted'],
    [1, 'tls warning', 'the certificate ends in 1 day,'],
  ])('with %i days left it is %s', async (days, step, words) => {
    // Today's: the encryption itself goes by the real clock and refuses what has ended.
    const now = new Date();
    const certificate = authority.issue({
      names: [name],
      notAfter: new Date(now.getTime() + days * dayMs + 60_000),
    });
    const target = await serve((_request, response) => response.end(), certificate);
    const result = await check(target.url, {}, { now: () => now });
    expect(outcome(result)[2]).toBe(step);
    expect(result.steps[2]!.detail).toContain(words);
    expect(result.ok).toBe(true);
  });

  it('gives up after its deadline, not knowing whether the call arrived', async () => {
    const target = await serve(() => undefined);
    const result = await check(target.url, {}, {}, { totalMs: 300, stepMs: 300 });
    expect(result.failure).toMatchObject({ step: 'call', code: 'timeout', mayHaveArrived: true });
    await target.ended(1);
  });

  it('has one deadline over an answer that trickles', async () => {
    const timers: NodeJS.Timeout[] = [];
    const target = await serve((_request, response) => {
      timers.push(setInterval(() => response.write('x'), 20));
    });
    closers.push(async () => timers.forEach(clearInterval));
    const result = await check(target.url, {}, {}, { totalMs: 300, stepMs: 5_000 });
    expect(result.failure).toMatchObject({ code: 'timeout' });
    expect(result.durationMs).toBeLessThan(4_000);
  });

  it('waits no longer for a name than for anything else', async () => {
    const never = (): Promise<string[]> => new Promise(() => undefined);
    const result = await check(`https://${name}/`, {}, { lookup: never }, { totalMs: 2_000, stepMs: 100 });
    expect(result.failure).toMatchObject({ step: 'dns', code: 'timeout' });
  });

  it.each([
    ['that closes', '', 'reset'],
    ['that does not speak HTTP', 'hello\r\n\r\n', 'protocol'],
  ])('tells of a server %s', async (_kind, says, code) => {
    const listener = await listenTcp(address, (socket) => {
      socket.once('data', () => socket.end(says));
    });
    closers.push(() => listener.close());
    const result = await check(`http://${name}:${listener.port}/`);
    expect(result.failure).toMatchObject({ step: 'call', code, mayHaveArrived: true });
  });

  it('tells of a refused connection and of a name that does not resolve', async () => {
    const gone = await listenTcp(address, () => undefined);
    await gone.close();
    expect((await check(`http://${name}:${gone.port}/`)).failure).toMatchObject({
      step: 'tcp',
      code: 'connect',
      text: expect.stringMatching(/^ECONNREFUSED/),
    });
    expect((await check('https://api.exmaple.test/')).failure).toMatchObject({
      step: 'dns',
      code: 'dns',
      text: expect.stringMatching(/^ENOTFOUND/),
    });
  });

  it.each([
    'https://127.0.0.1:PORT/',
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://0x7f000001:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'https://localhost:PORT/',
  ])('goes nowhere private: %s', async (url) => {
    const lookup = async (): Promise<string[]> => ['127.0.0.1'];
    const result = await check(url.replace('PORT', String(canaries[0]!.port)), {}, { lookup });
    expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
  });

  it('goes without TLS to addresses of the allow list only, public ones included', async () => {
    const lookup = async (): Promise<string[]> => ['8.8.8.8'];
    const result = await check(`http://${name}/`, {}, { lookup });
    expect(result.failure).toMatchObject({ step: 'dns', code: 'blocked' });
  });

  it.each([
    ['ftp://api.example.test/', {}],
    ['not a URL', {}],
    ['https://user:pw@api.example.test/', {}],
    ['https://api.example.test/', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['https://api.example.test/', { headers: { host: 'elsewhere' } }],
  ])('refuses what is not a request: %s %j', async (url, changes) => {
    const result = await check(url, changes);
    expect(result).toMatchObject({ ok: false, answer: null, failure: { step: 'values', code: 'protocol' } });
  });

  it('stops when the caller says so', async () => {
    const stop = new AbortController();
    stop.abort();
    const dialer = new Dialer({ allow: parseEgressAllow(address), lookup: async () => [address] });
    const request = { url: `https://${name}/`, method: 'GET', headers: {}, body: null, secrets: [] };
    const result = await probeHttp(request, { dialer, signal: stop.signal });
    expect(result.failure).toMatchObject({ code: 'aborted' });
  });
});
