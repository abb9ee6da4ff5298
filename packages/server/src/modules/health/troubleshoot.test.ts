import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { selfSigned } from '@trunkline/sandbox/certificates';
import { CustomDefinition } from '@trunkline/contract/custom-providers';
import type { TroubleshootStep } from '@trunkline/contract/health';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileServer, startOutside } from '../../commands/demo/outside.ts';
import type { Outside } from '../../commands/demo/outside.ts';
import { authOf } from '../../connections/connection-type.ts';
import type { Ctx } from '../../ctx.ts';
import { parseEgressAllow } from '../../lib/egress/allow-list.ts';
import { Dialer } from '../../lib/egress/tcp.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { customDefinition } from '../../testing/sample-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { createCustomProvider } from '../catalog/create-custom-provider.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { getIntegration } from '../integrations/get-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { prepareTroubleshooting, troubleshootIntegration } from './troubleshoot-integration.ts';

let outside: Outside;
let test: TestApp;
let admin: Ctx;
let elsewhere: Map<string, string>;

beforeAll(async () => {
  outside = await startOutside(0);
  elsewhere = new Map();
  const dialer = new Dialer({
    allow: parseEgressAllow('127.0.0.0/8'),
    lookup: async (host) => (host === 'localhost' ? ['127.0.0.1'] : []),
    ca: outside.mail.ca,
  });
  test = await createTestApp({
    reroute: (slug, url) =>
      elsewhere.get(url.includes('/api/v2/status') ? `${slug} page` : slug) ??
      outside.sandbox.reroute(slug, url),
    dialer,
    clock: Date.now,
  });
  admin = test.as('system_admin', await test.createOrganization());
});
afterAll(async () => {
  await test.close();
  await outside.close();
});
beforeEach(() => elsewhere.clear());
afterEach(async () => {
  for (const slug of ['sendgrid', 'aws-s3', 'hubspot']) outside.sandbox.setCondition(slug, 'healthy');
  await outside.mail.setCondition('healthy');
  await outside.files.setCondition('healthy');
});

const valuesOf = (slug: string) => ({ ...outside.sandbox.account(slug).values });

async function connect(provider: string, given: object = {}): Promise<string> {
  const values = valuesOf(provider);
  const { id } = await createIntegration(admin, { provider, values, check: 'skip', ...given });
  return id;
}

const sendgrid = () => connect('sendgrid', { authType: 'api_key' });
const mail = () => connect('smtp', { values: { ...valuesOf('smtp'), host: 'localhost', port: '587' } });
function files(): Promise<string> {
  const fields = authOf(findProvider('bcbs')!, 'sftp')?.fields ?? [];
  const known = Object.entries(valuesOf('bcbs')).filter(([key]) => fields.some((field) => field.key === key));
  return connect('bcbs', {
    authType: 'sftp',
    values: {
      ...Object.fromEntries(known),
      sftpHost: fileServer.host,
      sftpUser: fileServer.user,
      sftpHostKey: outside.files.fingerprint(),
    },
  });
}

async function found(id: string) {
  const { steps, diagnosis } = await troubleshootIntegration(admin, { id });
  return {
    statuses: Object.fromEntries(steps.map(({ key, status }) => [key, status])),
    steps,
    diagnosis,
  };
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 9;
}

describe('the network alone', () => {
  const network = async (id: string) => {
    const before = await getIntegration(admin, { id });
    const { steps, diagnosis } = await troubleshootIntegration(admin, { id, part: 'network' });
    expect(await getIntegration(admin, { id })).toEqual(before);
    return { steps: steps.map(({ key, status }) => `${key} ${status}`), diagnosis };
  };

  it('is name, port and encryption of an API, and nothing is sent', async () => {
    const id = await sendgrid();
    const calls = outside.sandbox.traffic('sendgrid').length;
    outside.sandbox.setCondition('sendgrid', 'revoked');
    // The simulator has no TLS.
    expect(await network(id)).toMatchObject({
      steps: ['dns ok', 'tcp ok'],
      diagnosis: { ok: true, title: 'This server reaches api.sendgrid.com' },
    });
    expect(outside.sandbox.traffic('sendgrid').length).toBe(calls);
    elsewhere.set('sendgrid', 'https://gone.example.test/');
    const gone = await network(id);
    expect(gone.steps).toEqual(['dns failed', 'tcp skipped', 'tls skipped']);
    expect(gone.diagnosis.title).toBe('The name api.sendgrid.com leads nowhere');
    elsewhere.set('sendgrid', `http://127.0.0.1:${await closedPort()}/`);
    const closed = await network(id);
    expect(closed.steps).toEqual(['dns ok', 'tcp failed']);
    expect(closed.diagnosis.actions[0]).toMatchObject({
      key: 'check_firewall',
      opens: { host: 'api.sendgrid.com', port: 443 },
    });
  });

  it('is the way to a mail server and to a file server as well', async () => {
    for (const id of [await mail(), await files()]) {
      expect(await network(id)).toMatchObject({ steps: ['dns ok', 'tcp ok'], diagnosis: { ok: true } });
    }
  });

  it('is nothing for what is on this server, and nothing of the inside', async () => {
    const id = await connect('local-storage', { values: { folder: 'files' } });
    expect(await network(id)).toMatchObject({ steps: [], diagnosis: { ok: true } });
    const api = await sendgrid();
    elsewhere.set('sendgrid', 'https://10.0.0.1/');
    const { diagnosis } = await network(api);
    expect(diagnosis).toMatchObject({ ok: false, title: 'The address is not allowed' });
  });
});

describe('an API', () => {
  it('tells every step as it goes by, running first, and keeps what it found as the state', async () => {
    const id = await sendgrid();
    const told: TroubleshootStep[] = [];
    const work = await prepareTroubleshooting(admin, { id });
    const { steps, diagnosis } = await work((step) => told.push(step));
    expect(steps.map(({ key, status }) => [key, status])).toEqual([
      ['values', 'ok'],
      ['dns', 'ok'],
      ['tcp', 'ok'],
      ['call', 'ok'],
      ['authentication', 'ok'],
      ['permission', 'ok'],
      ['rate_limit', 'ok'],
      ['status_page', 'ok'],
    ]);
    const lines = told.filter(({ key }) => key === 'tcp').map(({ status }) => status);
    expect(lines).toEqual(['running', 'ok']);
    expect(told.findIndex(({ key }) => key === 'dns')).toBeLessThan(
      told.findIndex(({ key }) => key === 'tcp'),
    );
    expect(diagnosis).toMatchObject({ ok: true, failedStep: null });
    expect(steps.at(-1)!.detail).toBe('It says: All Systems Operational.');
    expect(await getIntegration(admin, { id })).toMatchObject({ status: 'active', report: { ok: true } });
  });

  it('that is down: the call, with the provider’s own word for it', async () => {
    const id = await sendgrid();
    outside.sandbox.setCondition('sendgrid', 'down');
    const { statuses, diagnosis, steps } = await found(id);
    expect(statuses).toMatchObject({ call: 'failed', authentication: 'skipped', status_page: 'failed' });
    expect(steps.at(-1)!.detail).toBe('It says: Major Service Outage.');
    expect(diagnosis).toMatchObject({ ok: false, failedStep: 'call' });
    expect(diagnosis.actions[0]).toMatchObject({ key: 'status_page', link: 'https://status.sendgrid.com' });
    // Whom to ask, and by which way, is the page's to say: the home page of a provider is no support.
    expect(diagnosis.actions).toContainEqual(
      expect.objectContaining({ key: 'contact_support', link: null, opens: null }),
    );
    expect(await getIntegration(admin, { id })).toMatchObject({ status: 'error' });
  });

  it('whose key was revoked: authentication, with the five actions of the use case', async () => {
    const id = await sendgrid();
    outside.sandbox.setCondition('sendgrid', 'revoked');
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({
      tcp: 'ok',
      call: 'ok',
      authentication: 'failed',
      permission: 'skipped',
      rate_limit: 'skipped',
      status_page: 'ok',
    });
    expect(diagnosis.failedStep).toBe('authentication');
    expect(diagnosis.actions.map(({ key }) => key)).toEqual([
      'verify_key',
      'reconnect',
      'status_page',
      'test_network',
      'check_firewall',
      'view_logs',
    ]);
  });

  it('with too many calls: the rate, not the credentials', async () => {
    const id = await sendgrid();
    outside.sandbox.setCondition('sendgrid', 'rateLimited');
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ call: 'ok', authentication: 'ok', rate_limit: 'failed' });
    expect(diagnosis.actions[0]?.key).toBe('lower_rate');
  });

  it('that is slow: it works, and its page says so', async () => {
    const id = await sendgrid();
    outside.sandbox.setCondition('sendgrid', 'slow');
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ call: 'ok', authentication: 'ok', status_page: 'warning' });
    expect(diagnosis).toMatchObject({ ok: true, title: 'It works, with something to look at' });
  });

  it('behind a closed port, a name that leads nowhere, or a bad certificate', async () => {
    const id = await sendgrid();
    elsewhere.set('sendgrid', `http://127.0.0.1:${await closedPort()}/`);
    let result = await found(id);
    expect(result.statuses).toMatchObject({
      dns: 'ok',
      tcp: 'failed',
      call: 'skipped',
      authentication: 'skipped',
    });
    expect(result.diagnosis.title).toBe('Nothing listens on port 443 of api.sendgrid.com');
    expect(result.diagnosis.actions[0]?.key).toBe('check_firewall');

    elsewhere.set('sendgrid', 'https://gone.example.test/');
    result = await found(id);
    expect(result.statuses).toMatchObject({ dns: 'failed', tcp: 'skipped', tls: 'skipped' });
    expect(result.diagnosis).toMatchObject({
      failedStep: 'dns',
      title: 'The name api.sendgrid.com leads nowhere',
    });

    const server = createServer(selfSigned({ names: ['localhost'] }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    elsewhere.set('sendgrid', `https://localhost:${(address as { port: number }).port}/`);
    result = await found(id);
    expect(result.statuses).toMatchObject({ tcp: 'ok', tls: 'failed', call: 'skipped' });
    expect(result.diagnosis.meaning).toContain('self-signed');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('says honestly what it cannot know of a provider', async () => {
    const id = await connect('aws-s3');
    expect((await found(id)).statuses).toMatchObject({ call: 'ok', status_page: 'ok' });
    elsewhere.set('aws-s3 page', `http://127.0.0.1:${await closedPort()}/`);
    const { steps } = await found(id);
    expect(steps.at(-1)).toMatchObject({ key: 'status_page', status: 'skipped' });
    expect(steps.at(-1)!.detail).toContain('look yourself at https://health.aws.amazon.com');
  });

  it.each([
    ['revoked', 'authentication', 'The access key is not known'],
    ['down', 'call', 'The provider does not answer properly'],
    ['rateLimited', 'rate_limit', 'Too many calls'],
  ] as const)('of a store that is %s', async (condition, failedStep, title) => {
    const id = await connect('aws-s3');
    outside.sandbox.setCondition('aws-s3', condition);
    expect((await found(id)).diagnosis).toMatchObject({ failedStep, title });
  });

  it('whose key of a store has another secret: the signature', async () => {
    const id = await connect('aws-s3', { values: { ...valuesOf('aws-s3'), secretAccessKey: 'another' } });
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ authentication: 'failed', permission: 'skipped' });
    expect(diagnosis.title).toBe('The signature does not match');
  });

  it.each([
    ['<Error><Code>AccessDenied</Code></Error>', 'ok', 'Yes: they were recognized.'],
    ['', 'skipped', 'It cannot be told: the answer is the same when they are not.'],
  ])('says of credentials that a store refuses with “%s” what it knows', async (body, status, detail) => {
    const store = createHttpServer((_request, response) => response.writeHead(403).end(body));
    store.listen(0, '127.0.0.1');
    await once(store, 'listening');
    elsewhere.set('aws-s3', `http://127.0.0.1:${(store.address() as { port: number }).port}/`);
    const { steps, diagnosis } = await found(await connect('aws-s3'));
    expect(steps.find(({ key }) => key === 'authentication')).toMatchObject({ status, detail });
    expect(steps.find(({ key }) => key === 'call')?.status).toBe('ok');
    expect(diagnosis.failedStep).toBe('permission');
    store.closeAllConnections();
    await new Promise((resolve) => store.close(resolve));
  });

  it('never says that credentials were recognized when a 403 does not tell', async () => {
    const refusing = createHttpServer((_request, response) => response.writeHead(403).end('{}'));
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const definition = CustomDefinition.parse(customDefinition('Acme Time'));
    const { slug } = await createCustomProvider(admin, { definition });
    elsewhere.set(slug, `http://127.0.0.1:${(refusing.address() as { port: number }).port}/`);
    const values = { token: 'any' };
    const { id } = await createIntegration(admin, { provider: slug, values, check: 'skip' });
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ call: 'ok', authentication: 'skipped', permission: 'failed' });
    expect(diagnosis.meaning).toBe('The credentials may not do this, or are no longer accepted.');
    refusing.closeAllConnections();
    await new Promise((resolve) => refusing.close(resolve));
  });

  it('that nobody has given consent to: the token', async () => {
    const { id } = await createIntegration(admin, {
      provider: 'hubspot',
      authType: 'oauth2',
      check: 'skip',
      values: {},
    });
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ token: 'failed' });
    expect(diagnosis.actions[0]?.key).toBe('reconnect');
  });

  it('with a limit of its own that is used up', async () => {
    const id = await connect('sendgrid', { authType: 'api_key', limits: { perHour: 1 } });
    await test.database.pool.query(
      `INSERT INTO integration_usage (integration_id, organization_id, hour, calls)
       SELECT id, organization_id, date_trunc('hour', now()), 1 FROM integrations WHERE id = $1`,
      [id],
    );
    const { statuses, diagnosis } = await found(id);
    expect(statuses).toMatchObject({ authentication: 'ok', rate_limit: 'failed' });
    expect(diagnosis.title).toBe('The limit of this integration is used up');
  });
});

it('offers the backup where there is one that is connected', async () => {
  const [id, backup] = [await sendgrid(), await mail()];
  const offered = async () => (await found(id)).diagnosis.actions.map(({ key }) => key);
  outside.sandbox.setCondition('sendgrid', 'down');
  expect(await offered()).not.toContain('switch_backup');
  const { pool } = test.database;
  await pool.query(
    'INSERT INTO failover_configs (integration_id, organization_id) SELECT id, organization_id FROM integrations WHERE id = $1',
    [id],
  );
  await pool.query(
    `INSERT INTO failover_backups (integration_id, backup_id, organization_id, position)
     SELECT $1, id, organization_id, 0 FROM integrations WHERE id = $2`,
    [id, backup],
  );
  expect((await offered()).at(-1)).toBe('switch_backup');
  await updateIntegration(admin, { id: backup, enabled: false });
  expect(await offered()).not.toContain('switch_backup');
});

describe('a mail server', () => {
  it.each([
    ['healthy', null, 'ok'],
    ['wrongPassword', 'authentication', 'verify_key'],
    ['selfSignedCertificate', 'tls', 'renew_certificate'],
    ['expiredCertificate', 'tls', 'renew_certificate'],
    ['down', 'tcp', 'check_firewall'],
  ] as const)('that is %s', async (condition, failedStep, action) => {
    const id = await mail();
    await outside.mail.setCondition(condition);
    const { diagnosis, statuses } = await found(id);
    expect(diagnosis.failedStep).toBe(failedStep);
    expect(failedStep === null ? statuses['authentication'] : diagnosis.actions[0]?.key).toBe(action);
    expect(statuses['status_page']).toBe('skipped');
  });
});

describe('a file server', () => {
  it.each([
    ['healthy', null],
    ['wrongPassword', 'authentication'],
    ['changedHostKey', 'greeting'],
    ['down', 'tcp'],
  ] as const)('that is %s', async (condition, failedStep) => {
    const id = await files();
    await outside.files.setCondition(condition);
    const { diagnosis } = await found(id);
    expect(diagnosis.failedStep).toBe(failedStep);
  });
});

it('is for those who may change integrations, of their own organization', async () => {
  const id = await sendgrid();
  const other = await test.createOrganization();
  await expect(troubleshootIntegration(test.as('system_admin', other), { id })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(troubleshootIntegration(test.as('viewer', other), { id })).rejects.toMatchObject({
    code: 'forbidden',
  });
});
