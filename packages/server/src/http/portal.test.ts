import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '@trunkline/contract/operation';
import type { OperationName } from '@trunkline/contract/operations';
import { allows, roles } from '@trunkline/contract/permissions';
import type { Permission, Role } from '@trunkline/contract/permissions';
import { portalParts, portalPermissions } from '@trunkline/contract/portal-parts';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../bindings.ts';
import { operationSamples } from '../testing/operation-samples.ts';
import { portalOrigin } from '../testing/sample-api.ts';
import { createSamples, digestOf, tenantTables } from '../testing/sample-data.ts';
import type { Samples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startSink, startTestHttp } from '../testing/test-http.ts';
import type { Answer, Sink, TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
let folder: string;
let sink: Sink;
let organization: TestOrganization;
let other: TestOrganization;
let samples: Samples;
let foreign: Samples;
let administrator: { cookie: string };

beforeAll(async () => {
  test = await createTestApp();
  folder = await mkdtemp(join(tmpdir(), 'trunkline-web-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>The page</title>');
  http = await startTestHttp(test.app, { pingEveryMs: 60_000, checkEveryMs: 60_000 }, `${folder}/`);
  sink = await startSink();
  organization = await test.createOrganization();
  other = await test.createOrganization();
  samples = createSamples(test, organization, { marker: 'framed', url: sink.url });
  foreign = createSamples(test, other, { marker: 'foreign', url: sink.url });
  administrator = await http.signIn(organization.people.system_admin);
  const saved = await http.call('PUT', '/api/v1/portal/settings', {
    headers: administrator,
    body: { origins: [portalOrigin] },
  });
  expect(saved.status).toBe(200);
});
afterAll(async () => {
  await http?.close();
  await sink?.close();
  await test?.close();
  if (folder) await rm(folder, { recursive: true });
});

const key = () => ({ authorization: `Bearer ${organization.apiKey}` });

interface Entered {
  id: string;
  headers: { authorization: string };
}

/** A session as a frame gets it: a token over REST, exchanged over tRPC. */
async function enter(parts: readonly PortalPart[], role: Role, subject = 'jane'): Promise<Entered> {
  const made = await http.call('POST', '/api/v1/portal/tokens', {
    headers: key(),
    body: { parts, role, subject },
  });
  expect([made.status, made.text]).toEqual([201, expect.stringContaining('tl_portal_')]);
  const { id, token } = made.json as { id: string; token: string };
  const exchanged = await http.call('POST', '/api/trpc/portal.exchangePortalToken', {
    body: { token, organizationId: organization.id, origin: portalOrigin },
  });
  expect([exchanged.status, exchanged.text]).toEqual([200, expect.stringContaining('tl_session_')]);
  const { session } = (exchanged.json as { result: { data: { session: string } } }).result.data;
  return { id, headers: { authorization: `Bearer ${session}` } };
}

function codeOf({ status, json }: Answer): unknown {
  const body = json as { code?: unknown; error?: { data?: { problem?: { code?: unknown } } } };
  return status < 400 ? 'ok' : (body.error?.data?.problem?.code ?? body.code);
}

async function call(operation: Operation, input: unknown, headers: Record<string, string>): Promise<Answer> {
  const path = `/api/trpc/${operation.procedure}`;
  if (operation.kind === 'mutation') return http.call('POST', path, { headers, body: input });
  return http.call('GET', `${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers });
}

const byName = (name: OperationName): Operation => allOperations.find((one) => one.name === name)!;

describe('no operation gives more than the grant', () => {
  const grants = roles.flatMap((role) => [
    ...portalParts.map((part) => ({ role, parts: [part] as PortalPart[] })),
    { role, parts: [...portalParts] as PortalPart[] },
  ]);
  const opened = new Map<string, Entered>();
  const closed = allOperations.filter(({ permission }) => permission !== 'public');

  it.each(grants.map((grant) => [`${grant.role} of ${grant.parts.join(' and ')}`, grant] as const))(
    '%s',
    async (name, { role, parts }) => {
      const session = await enter(parts, role);
      opened.set(name, session);
      const tables = await tenantTables(test);
      const caller = { email: organization.people.viewer.email, isMember: true };
      const granted: string[] = portalPermissions(parts, role);
      const refused = closed.filter(
        ({ permission, fresh, people }) => !granted.includes(permission) || fresh === true || people === true,
      );
      expect(refused.length).toBeGreaterThan(closed.length / 2);
      const inputs = new Map<Operation, unknown>();
      for (const operation of refused) {
        inputs.set(operation, await operationSamples[operation.name as OperationName].input(samples, caller));
      }
      const before = await digestOf(test, tables, organization.id);
      for (const operation of refused) {
        const answer = await call(operation, inputs.get(operation), session.headers);
        expect([operation.name, codeOf(answer)]).toEqual([operation.name, 'forbidden']);
      }
      expect(await digestOf(test, tables, organization.id)).toBe(before);
      for (const operation of closed.filter((one) => !refused.includes(one))) {
        const sample = operationSamples[operation.name as OperationName];
        const answer = await call(operation, await sample.input(samples, caller), session.headers);
        expect(['forbidden', 'unauthenticated', 'internal']).not.toContain(codeOf(answer));
        if (sample.foreign !== 'not_found') continue;
        const theirs = await sample.input(foreign, caller);
        const there = await call(operation, theirs, session.headers);
        expect([operation.name, codeOf(there)]).toEqual([operation.name, 'not_found']);
      }
    },
  );

  it('and no part names a permission that shows secrets or is about people, keys and settings', () => {
    const all = portalPermissions(portalParts, 'system_admin');
    const never: Permission[] = ['webhook.secret', 'integration.secret', 'api_key.read', 'member.read'];
    expect(all.filter((permission) => never.includes(permission))).toEqual([]);
    expect(
      all.filter((permission) => /^(api_key|member|audit|sign_in|portal|log)\./.test(permission)),
    ).toEqual([]);
    const viewer = portalPermissions(portalParts, 'viewer');
    expect(viewer.every((permission) => allows('viewer', permission))).toBe(true);
    expect(viewer.filter((permission) => !permission.endsWith('.read'))).toEqual([]);
  });
});

describe('a portal session', () => {
  it('is no key of the API, whatever it may do', async () => {
    const { headers } = await enter(['webhooks', 'integrations'], 'system_admin');
    for (const path of ['/api/v1/webhooks', '/api/company/integrations', '/api/v1/logs/export?format=csv']) {
      const answer = await http.call('GET', path, { headers });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'forbidden']);
    }
    const events = await http.call('POST', '/api/v1/events', { headers, body: { type: 'a', data: {} } });
    // By the short way for events it is no key at all.
    expect([401, 403]).toContain(events.status);
    const proxied = await http.call('GET', '/api/v1/proxy/x', { headers });
    expect(codeOf(proxied)).toBe('forbidden');
  });

  it('decides alone: a cookie beside it adds nothing, and one that is over is not made good by it', async () => {
    const session = await enter(['webhooks'], 'viewer');
    const both = { ...session.headers, ...administrator };
    const answer = await call(byName('createWebhook'), { name: 'A', url: sink.url, events: ['*'] }, both);
    expect(codeOf(answer)).toBe('forbidden');
    await http.call('POST', `/api/v1/portal/tokens/${session.id}/revoke`, { headers: key() });
    expect(codeOf(await call(byName('listWebhooks'), {}, both))).toBe('unauthenticated');
  });

  it('says what it is for', async () => {
    const { headers } = await enter(['webhooks'], 'utility_admin');
    const answer = await call(byName('getSession'), {}, headers);
    expect((answer.json as { result: { data: object } }).result.data).toMatchObject({
      user: null,
      role: null,
      organization: { id: organization.id },
      organizations: [],
      portal: { parts: ['webhooks'], expiresAt: new Date(test.time.now + 900_000).toISOString() },
      permissions: portalPermissions(['webhooks'], 'utility_admin'),
    });
  });

  it('leaves records in the name of its subject and with the id of its token', async () => {
    const session = await enter(['webhooks'], 'utility_admin', 'Priya <b>');
    const made = await call(
      byName('createWebhook'),
      { name: 'By portal', url: sink.url, events: ['*'] },
      session.headers,
    );
    expect(codeOf(made)).toBe('ok');
    const audit = await http.call('GET', `/api/v1/audit?actorId=${session.id}`, { headers: key() });
    const { data } = audit.json as { data: { action: string; actor: object }[] };
    expect(data.map(({ action }) => action)).toEqual(['webhook.created', 'portal_token.exchanged']);
    expect(data[0]?.actor).toEqual({ type: 'portal', id: session.id, name: 'Priya <b> via portal' });
    const verified = await http.call('GET', '/api/v1/audit/verify', { headers: key() });
    expect(verified.json).toMatchObject({ ok: true });
  });
});

describe('the live stream of a portal', () => {
  it('tells of its parts only, and ends when the token is revoked', async () => {
    const session = await enter(['webhooks'], 'viewer');
    const aborted = new AbortController();
    const response = await fetch(`${http.url}/api/live`, {
      headers: session.headers,
      signal: aborted.signal,
    });
    expect(response.status).toBe(200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${part}`);
        text += value;
      }
    };
    await until(': connected');
    const integration = await samples.integration();
    await http.call('PATCH', `/api/v1/integrations/${integration}`, { headers: key(), body: { name: 'N' } });
    const body = { name: 'Told of', url: sink.url, events: ['*'] };
    await http.call('POST', '/api/v1/webhooks', { headers: key(), body });
    await until('"webhooks"');
    expect(text).not.toContain('"integrations"');
    expect(text).not.toContain('"audit"');
    await http.call('POST', `/api/v1/portal/tokens/${session.id}/revoke`, { headers: key() });
    let ended = false;
    while (!ended) ended = (await reader.read()).done;
    expect(ended).toBe(true);
    const again = await http.call('GET', '/api/live', { headers: session.headers });
    expect(codeOf(again)).toBe('unauthenticated');
  });
});

describe('the frame', () => {
  const policyOf = async (path: string) => {
    const { headers, status } = await http.call('GET', path);
    const policy = headers.get('content-security-policy') ?? '';
    return [status, /frame-ancestors ([^;]*)/.exec(policy)?.[1], headers.get('x-frame-options')];
  };

  it('may be shown by the origins of its organization, and by nobody else', async () => {
    expect(await policyOf(`/embed/${organization.id}`)).toEqual([200, portalOrigin, null]);
    for (const path of [
      `/embed/${other.id}`,
      `/embed/${test.app.newId()}`,
      '/embed/nobody',
      '/embed',
      `/embed/${organization.id}/webhooks`,
      '/',
      '/webhooks',
      '/portal',
    ]) {
      expect([path, ...(await policyOf(path))]).toEqual([path, 200, "'none'", 'DENY']);
    }
    const { headers } = await http.call('GET', `/embed/${organization.id}`);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
