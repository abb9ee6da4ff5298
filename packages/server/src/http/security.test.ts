import { request } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../identity/identity.ts';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp, testPassword } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Answer, CallOptions, Sink, TestHttp } from '../testing/test-http.ts';
import { securityHeaders } from './security-headers.ts';

/** Everything that was logged, with every level on and nothing redacted. */
let logged = '';
const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) });

let test: TestApp;
let http: TestHttp;
let proxied: TestHttp;
let sink: Sink;
let organization: TestOrganization;

beforeAll(async () => {
  test = await createTestApp({ log });
  http = await startTestHttp(test.app);
  proxied = await startTestHttp({ ...test.app, config: { ...test.app.config, trustProxy: true } });
  sink = await startSink();
  organization = await test.createOrganization();
});
afterAll(async () => {
  await http?.close();
  await proxied?.close();
  await sink?.close();
  await test?.close();
});

interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** As a client that may set any header, `Host` and `Sec-Fetch-Site` too. */
function raw(
  server: TestHttp,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const key = () => ({ authorization: `Bearer ${organization.apiKey}` });
const call = (method: string, path: string, options: CallOptions = {}) => http.call(method, path, options);

describe('a change with a cookie', () => {
  const publicOrigin = 'http://trunkline.test';
  const own = (origin: string) => new URL(origin).host;
  /** Until a request that is allowed ends it. */
  let session: { cookie: string } | undefined;
  it.each([
    // Sec-Fetch-Site, Origin, Host, allowed
    ['same-origin', publicOrigin, undefined, true],
    ['none', undefined, undefined, true],
    [undefined, undefined, undefined, true],
    [undefined, publicOrigin, undefined, true],
    [undefined, 'http://127.0.0.1:3000', '127.0.0.1:3000', true],
    ['same-origin', 'http://[::1]:3000', '[::1]:3000', true],
    ['same-origin', 'http://localhost:3000', 'localhost:3000', true],
    // TLS ends at a proxy in front.
    ['same-origin', 'https://localhost', 'localhost', true],
    ['cross-site', undefined, undefined, false],
    ['cross-site', publicOrigin, undefined, false],
    ['same-site', publicOrigin, undefined, false],
    ['other', publicOrigin, undefined, false],
    [undefined, 'https://evil.example', undefined, false],
    ['same-origin', 'https://evil.example', undefined, false],
    [undefined, 'null', undefined, false],
    [undefined, '', undefined, false],
    [undefined, 'http://trunkline.test.evil.example', undefined, false],
    [undefined, 'https://trunkline.test', undefined, false],
    [undefined, 'http://trunkline.test:8080', undefined, false],
    [undefined, 'http://127.0.0.1:3001', '127.0.0.1:3000', false],
    // A name that its owner has pointed at this server (DNS rebinding).
    ['same-origin', 'http://evil.example:3000', 'evil.example:3000', false],
    [undefined, 'http://localhost.evil.example', 'localhost.evil.example', false],
    [undefined, 'http://127.0.0.1.evil.example', '127.0.0.1.evil.example', false],
  ])('Sec-Fetch-Site %s, Origin %s, Host %s: allowed %s', async (site, origin, host, allowed) => {
    session ??= await http.signIn(organization.people.viewer);
    const headers = {
      ...json,
      ...session,
      host: host ?? own(publicOrigin),
      ...(site === undefined ? {} : { 'sec-fetch-site': site }),
      ...(origin === undefined ? {} : { origin }),
    };
    const trpc = await raw(http, 'POST', '/api/trpc/access.signOut', headers, '{}');
    expect(trpc.status).toBe(allowed ? 200 : 403);
    expect(trpc.text.includes('cross_site_request')).toBe(!allowed);
    const still = await call('GET', '/api/trpc/integrations.listWebhooks', { headers: session });
    expect(still.status).toBe(allowed ? 401 : 200);
    const rest = await raw(
      http,
      'POST',
      '/api/v1/webhooks/check-url',
      headers,
      '{"url":"http://127.0.0.1:9","ping":false}',
    );
    // The session is over where it was allowed; a viewer would not be allowed to do this either way.
    expect([rest.status, rest.text.includes('cross_site_request')]).toEqual([allowed ? 401 : 403, !allowed]);
    if (allowed) session = undefined;
  });

  it('needs no same site when an API key makes it, and a cookie beside a wrong key counts for nothing', async () => {
    const session = await http.signIn(organization.people.system_admin);
    const foreign = { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const body = '{"url":"http://127.0.0.1:9","ping":false}';
    const send = (headers: Record<string, string>) =>
      raw(http, 'POST', '/api/v1/webhooks/check-url', { ...foreign, ...headers }, body);
    expect((await send(key())).status).toBe(200);
    expect((await send({ ...session, authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await send({ ...session, authorization: '' })).status).toBe(401);
  });

  it('cannot be made by GET, and other sites may read nothing', async () => {
    const session = await http.signIn(organization.people.system_admin);
    const before = await call('GET', '/api/v1/webhooks', { headers: session });
    const input = encodeURIComponent(JSON.stringify({ name: 'x', url: sink.url, events: ['*'] }));
    const path = `/api/trpc/integrations.createWebhook?input=${input}`;
    const got = await call('GET', path, { headers: { ...session, origin: 'https://evil.example' } });
    expect(got.status).toBe(405);
    expect((await call('GET', '/api/v1/webhooks', { headers: session })).text).toBe(before.text);
    expect([...got.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    const preflight = await call('OPTIONS', '/api/v1/webhooks', {
      headers: { origin: 'https://evil.example' },
    });
    expect(preflight.status).toBe(403);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/healthz', {}],
    ['GET', '/readyz', {}],
    ['GET', '/metrics', {}],
    ['GET', '/docs', {}],
    ['GET', '/docs/rapidoc.js', {}],
    ['GET', '/docs/errors/internal', {}],
    ['GET', '/api/openapi.json', {}],
    ['GET', '/', {}],
    ['GET', '/missing.js', {}],
    ['GET', '/api/v1/webhooks', {}],
    ['GET', '/api/v1/webhooks', { key: true }],
    ['PUT', '/api/v1/webhooks', { key: true }],
    ['GET', '/api/trpc/access.getSession', {}],
    ['GET', '/api/trpc/integrations.listWebhooks', {}],
    ['POST', '/api/v1/events', { key: true, body: '{' }],
    ['POST', '/api/v1/events', { body: '{}' }],
  ] as [string, string, { key?: boolean; body?: unknown }][])(
    '%s %s %j carries the security headers',
    async (method, path, { key: withKey, body }) => {
      const answer = await call(method, path, { headers: withKey ? key() : {}, ...(body ? { body } : {}) });
      for (const [name, value] of Object.entries(securityHeaders)) {
        if (name === 'content-security-policy' && path === '/docs') continue;
        expect([name, answer.headers.get(name)]).toEqual([name, value]);
      }
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(answer.headers.get('x-powered-by')).toBeNull();
      expect(answer.headers.get('server')).toBeNull();
      expect(answer.headers.get('cache-control') === 'no-store').toBe(path.startsWith('/api/'));
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    },
  );

  it('tells browsers to use TLS only where the public URL is https', async () => {
    const config = { ...test.app.config, publicUrl: 'https://trunkline.test' };
    const secure = await startTestHttp({ ...test.app, config });
    const strict = (answer: Answer) => answer.headers.get('strict-transport-security');
    for (const path of ['/', '/docs', '/api/v1/webhooks', '/missing.js']) {
      expect([path, strict(await secure.call('GET', path))]).toEqual([path, 'max-age=31536000']);
      expect([path, strict(await call('GET', path))]).toEqual([path, null]);
    }
    const refused = await secure.call('POST', '/api/v1/events', { body: '{}' });
    expect([refused.status, strict(refused)]).toEqual([401, 'max-age=31536000']);
    await secure.close();
  });

  it('keeps the acknowledgement of an event small: what guards a page is left out, the rest is there', async () => {
    const answer = await call('POST', '/api/v1/events', {
      headers: key(),
      body: { type: 'job.created', data: {} },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });

  it('allows no inline script, other host, frame or form target', () => {
    const policy = securityHeaders['content-security-policy'] ?? '';
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    for (const rule of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ]) {
      expect(policy).toContain(rule);
    }
  });
});

describe('the session cookie', () => {
  it('is unreadable for scripts, of this site, and renewed at every sign-in', async () => {
    const { email } = organization.people.viewer;
    const signIn = (headers = {}) =>
      call('POST', '/api/trpc/access.signIn', { headers, body: { email, password: testPassword } });
    const [first] = (await signIn()).headers.getSetCookie();
    expect(first).toMatch(/^trunkline_session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/i);
    const cookie = (first ?? '').split(';')[0] ?? '';
    const [next] = (await signIn({ cookie })).headers.getSetCookie();
    expect((next ?? '').split(';')[0]).not.toBe(cookie);
    const old = await call('GET', '/api/trpc/access.listMembers', { headers: { cookie } });
    expect(old.status).toBe(401);
    const out = await call('POST', '/api/trpc/access.signOut', { headers: { cookie: next ?? '' }, body: {} });
    expect(out.headers.getSetCookie()[0]).toMatch(/^trunkline_session=; Max-Age=0; Path=\//);
  });

  it('that somebody planted never becomes the one that is signed in', async () => {
    const { email } = organization.people.viewer;
    const signIn = (cookie: string) =>
      call('POST', '/api/trpc/access.signIn', {
        headers: { cookie },
        body: { email, password: testPassword },
      });
    const theirs = (await http.signIn(organization.people.utility_admin)).cookie;
    for (const planted of [
      'trunkline_session=planted',
      `trunkline_session=planted.${'A'.repeat(43)}=`,
      theirs,
    ]) {
      const answer = await signIn(planted);
      const [set] = answer.headers.getSetCookie();
      const own = (set ?? '').split(';')[0] ?? '';
      expect([answer.status, own === planted]).toEqual([200, false]);
      const after = await call('GET', '/api/trpc/account.getAccount', { headers: { cookie: planted } });
      expect([planted, after.status]).toEqual([planted, 401]);
      const mine = await call('GET', '/api/trpc/account.getAccount', { headers: { cookie: own } });
      expect(mine.text).toContain(email);
    }
  });

  it('is bound to the host and to TLS where the public URL is https', async () => {
    const config = { ...test.app.config, publicUrl: 'https://trunkline.test' };
    const identity = createIdentity({
      pool: test.database.pool,
      secret: 'another secret of at least thirty-two characters',
      publicUrl: config.publicUrl,
      secureCookies: true,
      clock: test.app.clock,
    });
    const secure = await startTestHttp({ ...test.app, config, identity });
    const { email } = organization.people.viewer;
    const answer = await secure.call('POST', '/api/trpc/access.signIn', {
      body: { email, password: testPassword },
    });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-trunkline_session=[^;]+; /);
    for (const attribute of ['Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax'])
      expect(cookie).toContain(attribute);
    expect(cookie).not.toMatch(/Domain/i);
    await secure.close();
  });

  it('is worth nothing when it was changed', async () => {
    const { cookie } = await http.signIn(organization.people.viewer);
    for (const changed of [
      cookie.slice(0, -1),
      `${cookie}x`,
      cookie.replace('=', '=A'),
      'trunkline_session=%',
      'trunkline_session=',
    ]) {
      const answer = await call('GET', '/api/trpc/access.listMembers', { headers: { cookie: changed } });
      expect(answer.status).toBe(401);
    }
  });
});

describe('the address of the client', () => {
  const ipOf = async (server: TestHttp, headers: Record<string, string>) => {
    const body = JSON.stringify({ name: 'x', url: sink.url, events: ['*'] });
    await raw(server, 'POST', '/api/v1/webhooks', { ...json, ...key(), ...headers }, body);
    const { rows } = await test.database.pool.query<{ ip: string }>(
      'SELECT ip FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1',
      [organization.id],
    );
    return rows[0]?.ip;
  };

  it('is the socket’s, whatever the request says', async () => {
    expect(
      await ipOf(http, {
        'x-forwarded-for': '203.0.113.5',
        forwarded: 'for=203.0.113.5',
        'x-real-ip': '203.0.113.5',
      }),
    ).toBe('127.0.0.1');
  });

  it('is what a trusted proxy added last, not what the client claimed before', async () => {
    expect(await ipOf(proxied, { 'x-forwarded-for': '198.51.100.1, 203.0.113.5' })).toBe('203.0.113.5');
    expect(await ipOf(proxied, { 'x-forwarded-for': '2001:db8::7' })).toBe('2001:db8::7');
    expect(await ipOf(proxied, { 'x-forwarded-for': "1.2.3.4, '; DROP" })).toBe('127.0.0.1');
    expect(await ipOf(proxied, {})).toBe('127.0.0.1');
  });

  it('cannot be handed in, to escape the limit of sign-ins', async () => {
    const person = await test.createPerson();
    const attempt = (n: number) =>
      call('POST', '/api/trpc/access.signIn', {
        headers: { 'x-trunkline-client-address': `203.0.113.${n}`, 'x-forwarded-for': `203.0.113.${n}` },
        body: { email: `nobody${n}-${person.email}`, password: 'wrong password' },
      });
    const statuses: number[] = [];
    for (let n = 1; n <= 21; n += 1) statuses.push((await attempt(n)).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses[20]).toBe(429);
    test.time.advance(3_600_000);
  });
});

describe('a hostile request', () => {
  const signUp = { organizationName: 'x', name: 'x', email: 'x@example.com', password: testPassword };

  it.each([
    'evil.example',
    'evil.example:99999',
    'a b',
    'evil.example/path',
    '"><script>',
    '',
    'user@evil.example',
  ])('with Host %j finds nothing of it in the answer', async (host) => {
    for (const path of ['/', '/docs', '/api/v1/webhooks', '/api/trpc/access.getSession', '/missing.js']) {
      const answer = await raw(http, 'GET', path, { host });
      expect([path, answer.status < 500]).toEqual([path, true]);
      expect(answer.text).not.toMatch(/evil\.example|<script>/);
      expect(answer.headers['location']).toBeUndefined();
    }
  });

  it('never reaches the link of an invitation by its Host', async () => {
    const session = await http.signIn(organization.people.system_admin);
    const body = JSON.stringify({ email: 'new@example.com', role: 'viewer' });
    const headers = { ...json, ...session, host: 'evil.example' };
    const answer = await raw(http, 'POST', '/api/trpc/access.inviteMember', headers, body);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('http://trunkline.test/invite/');
    expect(answer.text).not.toContain('evil.example');
  });

  it('with headers beyond 16 KiB ends with 431, and the next one is served', async () => {
    const answer = await raw(http, 'GET', '/healthz', { 'x-long': 'x'.repeat(20_000) });
    expect(answer.status).toBe(431);
    expect((await call('GET', '/healthz')).status).toBe(200);
  });

  it('that is no HTTP ends with 400', async () => {
    const { port } = new URL(http.url);
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET nonsense\r\n\r\n'));
      let seen = '';
      socket.setEncoding('utf8').on('data', (part: string) => (seen += part));
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('cannot set the server up a second time', async () => {
    const answer = await call('POST', '/api/trpc/access.setUp', { body: signUp });
    expect(answer.status).toBe(409);
  });
});

describe('secrets', () => {
  it('are in no log line, audit record, error or list', async () => {
    const planted = 'planted correct horse battery';
    const admin = organization.people.system_admin;
    const person = await test.createPerson();
    const session = await http.signIn(admin);
    const samples = createSamples(test, organization, { marker: 'sample', url: sink.url });
    const post = (path: string, body: unknown, headers: Record<string, string> = session) =>
      call('POST', path, { headers, body });
    const secrets = new Set([planted, testPassword, organization.apiKey]);
    secrets.add(decodeURIComponent(session.cookie.split('=')[1] ?? '').split('.')[0] ?? '');
    const take = (answer: Answer, name: string): string => {
      const shape = answer.json as Record<string, unknown> & { result?: { data: Record<string, unknown> } };
      const secret = (shape.result?.data ?? shape)[name];
      if (typeof secret !== 'string') throw new Error(`no ${name} in ${answer.text}`);
      secrets.add(secret);
      return secret;
    };
    const shown: string[] = [];
    const see = async (work: Promise<Answer>) => void shown.push((await work).text);

    const created = await post('/api/v1/webhooks', { name: 'Planted', url: sink.url, events: ['*'] });
    take(created, 'secret');
    const { id } = created.json as { id: string };
    take(await post(`/api/v1/webhooks/${id}/rotate-secret`, {}), 'secret');
    take(await post('/api/trpc/integrations.revealWebhookSecret', { id }), 'secret');
    take(await post('/api/trpc/apiKeys.revealApiKey', { purpose: 'show' }), 'key');
    const renewed = take(await post('/api/company/api-keys', { graceSeconds: 60 }), 'key');
    const invited = await post('/api/trpc/access.inviteMember', { email: 'p@example.com', role: 'viewer' });
    const token = take(invited, 'url').split('/').at(-1) ?? '';
    secrets.add(token);

    // Errors on every way in, with the secrets in the request.
    await see(post('/api/trpc/access.signIn', { email: person.email, password: planted }, {}));
    await see(post('/api/trpc/access.signIn', { email: planted, password: planted }, {}));
    await see(post('/api/trpc/access.reauthenticate', { password: planted }));
    await see(
      post(
        '/api/trpc/access.setUp',
        { organizationName: 'x', name: 'x', email: 'x@example.com', password: planted },
        {},
      ),
    );
    await see(post('/api/v1/webhooks', `{"secret":"${planted}`));
    await see(post('/api/v1/events', `{"secret":"${planted}`, { authorization: `Bearer ${renewed}` }));
    await see(call('GET', '/api/v1/webhooks', { headers: { authorization: `Bearer ${renewed}x` } }));
    await see(
      call('GET', `/api/trpc/access.getInvitation?input=${encodeURIComponent(JSON.stringify({ token }))}`),
    );
    // A fault of the server with secrets at hand.
    await test.database.pool.query('ALTER TABLE webhook_health RENAME TO webhook_health_away');
    await see(post('/api/v1/webhooks', { name: planted.slice(0, 7), url: sink.url, events: ['*'] }));
    await see(post('/api/trpc/integrations.createWebhook', { name: 'x', url: sink.url, events: ['*'] }));
    await test.database.pool.query('ALTER TABLE webhook_health_away RENAME TO webhook_health');
    await test.database.pool.query('ALTER TABLE sign_in_attempts RENAME TO sign_in_attempts_away');
    await see(post('/api/trpc/access.signIn', { email: admin.email, password: testPassword }, {}));
    await test.database.pool.query('ALTER TABLE sign_in_attempts_away RENAME TO sign_in_attempts');

    // Every list and view.
    await samples.deadLetter(id);
    for (const path of [
      'webhooks',
      `webhooks/${id}`,
      `webhooks/${id}/deliveries`,
      'audit?limit=100',
      'dead-letters',
      'event-types',
    ]) {
      await see(call('GET', `/api/v1/${path}`, { headers: session }));
    }
    for (const path of ['webhooks', `webhooks/${id}`, 'api-keys']) {
      await see(call('GET', `/api/company/${path}`, { headers: session }));
    }
    for (const procedure of [
      'access.getSession',
      'access.listMembers',
      'apiKeys.getApiKey',
      'audit.listAudit',
    ]) {
      await see(call('GET', `/api/trpc/${procedure}?input=%7B%7D`, { headers: session }));
    }
    const { rows } = await test.database.pool.query('SELECT row_to_json(a) FROM audit_log a');
    const places = { answers: shown.join('\n'), audit: JSON.stringify(rows), log: logged };
    expect(logged).toContain('request failed');
    expect(places.audit).toContain('webhook.secret_regenerated');
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets)
        expect([place, secret.slice(0, 4), text.includes(secret)]).toEqual([
          place,
          secret.slice(0, 4),
          false,
        ]);
    }
    expect(secrets.size).toBeGreaterThan(8);
  });

  it('are stored nowhere in the clear', async () => {
    const { pool } = test.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      const all = rows.map(({ text }) => text).join('\n');
      expect([name, all.includes(organization.apiKey), all.includes(testPassword)]).toEqual([
        name,
        false,
        false,
      ]);
      expect([name, /whsec_[A-Za-z0-9+/=]{20}/.test(all)]).toEqual([name, false]);
    }
  });
});

describe('closing', () => {
  it('finishes what is open, refuses what is new with 503, and says so to the load balancer', async () => {
    let arrived = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = await startSink(() => {
      arrived();
      return released;
    });
    const closing = await startTestHttp(test.app);
    const session = await http.signIn(organization.people.system_admin);
    const body = { name: 'Slow', url: slow.url, events: ['*'] };
    const { id } = (await closing.call('POST', '/api/v1/webhooks', { headers: session, body })).json as {
      id: string;
    };
    expect((await closing.call('GET', '/readyz')).json).toEqual({ status: 'ready' });
    const test1 = { headers: session, body: { eventType: 'job.created' } };
    const open = closing.call('POST', `/api/v1/webhooks/${id}/test`, test1);
    await reached;
    const closed = closing.http.close(60_000);
    const readiness = await closing.call('GET', '/readyz');
    expect([readiness.status, readiness.json]).toEqual([503, { status: 'shutting down' }]);
    expect((await closing.call('GET', '/healthz')).status).toBe(200);
    const { authorization } = { authorization: `Bearer ${organization.apiKey}` };
    const event = { type: 'job.created', data: {} };
    for (const refused of [
      await closing.call('GET', '/api/v1/webhooks', { headers: session }),
      await closing.call('POST', '/api/v1/events', { headers: { authorization }, body: event }),
    ]) {
      expect([refused.status, (refused.json as { code: string }).code]).toEqual([503, 'shutting_down']);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('connection')).toBe('close');
    }
    release();
    expect(await open).toMatchObject({ status: 200, json: { success: true } });
    await closed;
    await expect(closing.call('GET', '/healthz')).rejects.toThrow();
    await slow.close();
  });

  it('does not wait past its bound', async () => {
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    const stuck = await startSink(() => {
      arrived();
      return new Promise<void>(() => {});
    });
    const closing = await startTestHttp(test.app);
    const headers = await http.signIn(organization.people.system_admin);
    const body = { name: 'Stuck', url: stuck.url, events: ['*'] };
    const made = await closing.call('POST', '/api/v1/webhooks', { headers, body });
    const { id } = made.json as { id: string };
    const path = `/api/v1/webhooks/${id}/test`;
    const open = closing
      .call('POST', path, { headers, body: { eventType: 'job.created' } })
      .catch(() => 'cut off');
    await reached;
    await closing.http.close(10);
    expect(await open).toBe('cut off');
    await stuck.close();
  });
});
