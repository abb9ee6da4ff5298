import {
  createIntegration as createOperation,
  deleteIntegration as deleteOperation,
  revealCredential as revealOperation,
} from '@trunkline/contract/integrations';
import type { IntegrationSort, SortOrder } from '@trunkline/contract/integrations';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '../../commands/sandbox-definitions.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { activateCredentials } from './activate-credentials.ts';
import { createIntegration } from './create-integration.ts';
import { deleteIntegration, disconnecting } from './delete-integration.ts';
import { discardCredentials } from './discard-credentials.ts';
import { getDisconnectImpact } from './get-disconnect-impact.ts';
import { getIntegration } from './get-integration.ts';
import { listIntegrations } from './list-integrations.ts';
import { replaceCredentials } from './replace-credentials.ts';
import { revealCredential } from './reveal-credential.ts';
import { testConnection } from './test-connection.ts';
import { testIntegration } from './test-integration.ts';
import { updateIntegration } from './update-integration.ts';

let sandbox: Sandbox;
let test: TestApp;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  test = await createTestApp({ reroute: sandbox.reroute });
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});
afterEach(() => {
  for (const slug of ['sendgrid', 'twilio']) sandbox.setCondition(slug, 'healthy');
});

const page = { limit: 50 };
const valuesOf = (slug: string): Record<string, string> => ({ ...sandbox.account(slug).values });

function sendgrid(organization: TestOrganization, name = 'Company email') {
  return createIntegration(test.as('utility_admin', organization), {
    provider: 'sendgrid',
    name,
    values: valuesOf('sendgrid'),
    check: 'require',
  });
}

async function rowsOf(organization: TestOrganization, table: string): Promise<unknown[]> {
  const { rows } = await test.app.pool.query<object>(`SELECT * FROM ${table} WHERE organization_id = $1`, [
    organization.id,
  ]);
  return rows;
}

async function actionsOf(organization: TestOrganization): Promise<string[]> {
  const { rows } = await test.app.pool.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE organization_id = $1 ORDER BY sequence',
    [organization.id],
  );
  return rows.map(({ action }) => action);
}

describe('createIntegration', () => {
  it('tests the credentials at the provider, saves them sealed, and is active at once', async () => {
    const organization = await test.createOrganization();
    await test.announced();
    const created = await sendgrid(organization);
    const values = valuesOf('sendgrid');
    expect(created).toMatchObject({
      name: 'Company email',
      provider: { slug: 'sendgrid', category: { key: 'email' }, custom: false },
      authType: 'api_key',
      status: 'active',
      problem: null,
      connectedBy: { name: organization.people.utility_admin.name },
      values: { fromEmail: values['fromEmail'] },
      usage: { hour: 0, day: 0 },
      next: null,
      rotationDue: false,
    });
    expect(created.report?.steps.map(({ key, status }) => [key, status])).toEqual([
      ['values', 'ok'],
      ['dns', 'ok'],
      ['tcp', 'ok'],
      ['call', 'ok'],
    ]);
    expect(sandbox.traffic('sendgrid')[0]).toMatchObject({ method: 'GET', status: 200 });
    expect((await test.announced()).map(({ topic }) => topic)).toContain('integrations');
    expect(await actionsOf(organization)).toContain('integration.created');
  });

  it('keeps every secret out of the database’s clear text, the audit log and the answer', async () => {
    const organization = await test.createOrganization();
    const created = await sendgrid(organization);
    const secret = valuesOf('sendgrid')['apiKey']!;
    const stored = [];
    for (const table of ['integrations', 'integration_credentials', 'integration_health', 'audit_log']) {
      stored.push(...(await rowsOf(organization, table)));
    }
    expect(stored.length).toBeGreaterThan(3);
    expect(JSON.stringify(stored)).not.toContain(secret);
    expect(JSON.stringify(created)).not.toContain(secret);
    expect(created.secrets.find(({ key }) => key === 'apiKey')?.preview).toMatch(/^•{8}/);
  });

  it('saves nothing when the provider refuses the credentials, and says at which step', async () => {
    const organization = await test.createOrganization();
    const wrong = { ...valuesOf('sendgrid'), apiKey: 'SG.planted.hush-wrong-key' };
    const refusal = await refusalOf(
      createIntegration(test.as('utility_admin', organization), {
        provider: 'sendgrid',
        values: wrong,
        check: 'require',
      }),
    );
    expect(refusal.code).toBe('connection_failed');
    expect(refusal.message).toMatch(/^The API key is not accepted\./);
    expect(refusal.errors).toEqual([
      { pointer: '/steps/authentication', detail: expect.stringContaining('401') },
    ]);
    expect(JSON.stringify(refusal)).not.toContain('hush');
    expect(await rowsOf(organization, 'integrations')).toEqual([]);
    expect(await rowsOf(organization, 'integration_credentials')).toEqual([]);
  });

  it('saves them unseen when asked to, and they are checked afterwards', async () => {
    const organization = await test.createOrganization();
    sandbox.setCondition('sendgrid', 'down');
    const ctx = test.as('system_admin', organization);
    const created = await createIntegration(ctx, {
      provider: 'sendgrid',
      values: valuesOf('sendgrid'),
      check: 'skip',
    });
    expect(created).toMatchObject({ status: 'active', lastCheckAt: null });
    const { rows } = await test.app.pool.query<{ due: boolean }>(
      'SELECT isfinite(check_due_at) AS due FROM integration_health WHERE integration_id = $1',
      [created.id],
    );
    expect(rows).toEqual([{ due: true }]);
  });

  it('begins as pending where a person has to consent', async () => {
    const organization = await test.createOrganization();
    const created = await createIntegration(test.as('utility_admin', organization), {
      provider: 'slack',
      values: {},
      check: 'require',
    });
    expect(created).toMatchObject({
      authType: 'oauth2',
      status: 'pending',
      connectedAt: null,
      connectedBy: null,
    });
  });

  it.each([
    ['a missing value', { fromEmail: 'a@b.example' }, '/values/apiKey', /^API key is missing\.$/],
    [
      'a wrong form',
      { apiKey: 'nonsense', fromEmail: 'a@b.example' },
      '/values/apiKey',
      /does not look like/,
    ],
    [
      'a field that is not there',
      { apiKey: 'SG.a.b', fromEmail: 'a@b.example', more: 'x' },
      '/values/more',
      /no such/,
    ],
  ])('refuses %s before anything is called', async (_what, values, pointer, detail) => {
    const organization = await test.createOrganization();
    const calls = sandbox.traffic('sendgrid').length;
    const refusal = await refusalOf(
      createIntegration(test.as('utility_admin', organization), {
        provider: 'sendgrid',
        values,
        check: 'require',
      }),
    );
    expect(refusal.errors).toEqual([{ pointer, detail: expect.stringMatching(detail) as string }]);
    expect(sandbox.traffic('sendgrid').length).toBe(calls);
  });

  it('refuses an unknown provider and a way that the provider does not have', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    const create = (provider: string, authType?: 'smtp') =>
      refusalOf(
        createIntegration(ctx, { provider, values: {}, check: 'skip', ...(authType && { authType }) }),
      );
    expect((await create('nobody')).code).toBe('not_found');
    expect(await create('sendgrid', 'smtp')).toMatchObject({ code: 'invalid_input' });
    await expectRefusals(test, organization, createOperation, (caller) =>
      createIntegration(caller, { provider: 'slack', values: {}, check: 'skip' }),
    );
  });

  it('reads a value from a variable of the server only when the operator has released it for this organization', async () => {
    const [mine, other] = [await test.createOrganization(), await test.createOrganization()];
    const config = {
      ...test.app.config,
      credentialVariables: new Map([
        ['MAIL_KEY', { value: valuesOf('sendgrid')['apiKey']!, organizationId: mine.id }],
      ]),
    };
    const create = (organization: TestOrganization, apiKey: string) => {
      const ctx = test.as('utility_admin', organization);
      return createIntegration(
        { ...ctx, app: { ...ctx.app, config } },
        { provider: 'sendgrid', values: { ...valuesOf('sendgrid'), apiKey }, check: 'require' },
      );
    };
    expect(await create(mine, 'env:MAIL_KEY')).toMatchObject({ status: 'active' });
    const refusals = [
      await refusalOf(create(other, 'env:MAIL_KEY')),
      await refusalOf(create(mine, 'env:PATH')),
    ];
    for (const refusal of refusals) {
      expect(refusal.code).toBe('invalid_input');
      expect(refusal.message).toMatch(/^The variable (MAIL_KEY|PATH) is not released for this organization/);
    }
  });
});

describe('testConnection', () => {
  it('checks typed values without saving them; secrets that were not typed come from the integration', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('utility_admin', organization);
    const fromEmail = 'other@example.com';
    const typed = { provider: 'sendgrid', values: { fromEmail } };
    expect(await testConnection(ctx, { ...typed, integrationId: id })).toMatchObject({ ok: true });
    expect(await testConnection(ctx, typed)).toMatchObject({
      ok: false,
      problem: { title: 'Values are missing' },
    });
    expect(
      await testConnection(ctx, { ...typed, integrationId: id, values: { fromEmail, apiKey: 'SG.x.y' } }),
    ).toMatchObject({ ok: false, problem: { fault: 'reauth' } });
    expect((await getIntegration(ctx, { id })).values['fromEmail']).toBe(valuesOf('sendgrid')['fromEmail']);
  });

  it('takes no secrets from an integration of another provider or organization', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    const { id } = await sendgrid(there);
    const ctx = test.as('utility_admin', here);
    const stolen = { provider: 'sendgrid', values: {}, integrationId: id };
    expect((await refusalOf(testConnection(ctx, stolen))).code).toBe('not_found');
    const owner = test.as('utility_admin', there);
    expect((await refusalOf(testConnection(owner, { ...stolen, provider: 'mailgun' }))).code).toBe(
      'invalid_input',
    );
  });
});

describe('a stored secret', () => {
  it('is not sent to another address than before unless it is typed again', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    const values = valuesOf('woocommerce');
    const { id } = await createIntegration(ctx, { provider: 'woocommerce', values, check: 'skip' });
    const elsewhere = { storeUrl: 'https://shop.attacker.example' };
    const calls = sandbox.traffic('woocommerce').length;
    const refusals = [
      await refusalOf(testConnection(ctx, { provider: 'woocommerce', values: elsewhere, integrationId: id })),
      await refusalOf(replaceCredentials(ctx, { id, values: elsewhere, check: 'require' })),
    ];
    for (const { code, errors } of refusals) {
      expect([code, errors?.[0]?.pointer]).toEqual(['invalid_input', '/values/consumerKey']);
    }
    expect(sandbox.traffic('woocommerce').length).toBe(calls);
    const same = { storeUrl: values['storeUrl']! };
    expect(
      await testConnection(ctx, { provider: 'woocommerce', values: same, integrationId: id }),
    ).toMatchObject({ ok: true });
  });
});

describe('testIntegration', () => {
  it('turns an integration to error when its provider is down, and back, and tells each change once', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('utility_admin', organization);
    sandbox.setCondition('sendgrid', 'down');
    test.time.advance(60_000);
    const failedAt = test.time.now;
    const report = await testIntegration(ctx, { id });
    expect(report).toMatchObject({ ok: false, problem: { fault: 'down' } });
    expect(report.steps.at(-1)).toMatchObject({
      key: 'call',
      status: 'failed',
      detail: expect.stringContaining('503'),
    });
    test.time.advance(60_000);
    await testIntegration(ctx, { id });
    expect(await getIntegration(ctx, { id })).toMatchObject({
      status: 'error',
      statusSince: new Date(failedAt).toISOString(),
      problem: { fault: 'down' },
      lastSyncAt: expect.any(String) as string,
    });
    sandbox.setCondition('sendgrid', 'healthy');
    await testIntegration(ctx, { id });
    expect(await getIntegration(ctx, { id })).toMatchObject({ status: 'active', problem: null });
  });

  it('is degraded, not in error, when the provider limits calls', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('system_admin', organization);
    sandbox.setCondition('sendgrid', 'rateLimited');
    await testIntegration(ctx, { id });
    expect(await getIntegration(ctx, { id })).toMatchObject({
      status: 'degraded',
      problem: { fault: 'rateLimit' },
    });
  });

  it('leaves no key in the report when the provider repeats what it was sent', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const secret = valuesOf('sendgrid')['apiKey']!;
    const parrot = createServer((request, response) => {
      response.writeHead(401).end(`no such key: ${request.headers.authorization}`);
    });
    await new Promise<void>((listening) => parrot.listen(0, '127.0.0.1', listening));
    const { port } = parrot.address() as AddressInfo;
    const app = { ...test.app, reroute: () => `http://127.0.0.1:${port}/` };
    const report = await testIntegration({ ...test.as('system_admin', organization), app }, { id });
    parrot.close();
    expect(report.steps.at(-1)?.detail).toMatch(/no such key: Bearer .+/);
    expect(JSON.stringify(await rowsOf(organization, 'integration_health'))).not.toContain(secret);
  });
});

describe('updateIntegration', () => {
  it('switches off and on at once, and keeps what is not named', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('utility_admin', organization);
    const off = await updateIntegration(ctx, { id, enabled: false, limits: { perHour: 100 } });
    expect(off).toMatchObject({
      status: 'disabled',
      nextCheckAt: null,
      name: 'Company email',
      limits: { perHour: 100, perDay: null, onLimit: 'queue' },
    });
    expect(await updateIntegration(ctx, { id, enabled: true })).toMatchObject({
      status: 'active',
      nextCheckAt: expect.stringMatching(/Z$/),
    });
    expect((await actionsOf(organization)).slice(-2)).toEqual([
      'integration.disabled',
      'integration.enabled',
    ]);
  });

  it('takes only settings that the provider has, of the right kind', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    const { id } = await createIntegration(ctx, { provider: 'slack', values: {}, check: 'skip' });
    const saved = await updateIntegration(ctx, { id, settings: { channel: '#alerts' } });
    expect(saved.settings).toEqual({ channel: '#alerts' });
    const wrong: Record<string, string | boolean>[] = [{ nothing: 'x' }, { channel: true }];
    for (const settings of wrong) {
      expect((await refusalOf(updateIntegration(ctx, { id, settings }))).code).toBe('invalid_input');
    }
  });
});

describe('replaceCredentials', () => {
  it('keeps the old credentials until new ones have passed their test', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('utility_admin', organization);
    const failed = await replaceCredentials(ctx, {
      id,
      values: { ...valuesOf('sendgrid'), apiKey: 'SG.not.yet' },
      check: 'require',
    });
    expect(failed).toMatchObject({
      activated: false,
      report: { problem: { fault: 'reauth' } },
      integration: { status: 'active', next: { report: { ok: false } } },
    });
    expect(await testIntegration(ctx, { id })).toMatchObject({ ok: true });
    expect(await activateCredentials(ctx, { id })).toMatchObject({ activated: false });
    const good = await replaceCredentials(ctx, { id, values: valuesOf('sendgrid'), check: 'require' });
    expect(good).toMatchObject({ activated: true, integration: { next: null, status: 'active' } });
    expect((await refusalOf(activateCredentials(ctx, { id }))).code).toBe('conflict');
    expect(await rowsOf(organization, 'integration_credentials')).toHaveLength(1);
  });

  it('discards what waits', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('utility_admin', organization);
    await replaceCredentials(ctx, {
      id,
      values: { ...valuesOf('sendgrid'), apiKey: 'SG.a.b' },
      check: 'require',
    });
    await discardCredentials(ctx, { id });
    expect(await getIntegration(ctx, { id })).toMatchObject({ next: null, status: 'active' });
  });

  it('reminds after 90 days and stops when they were replaced', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    test.time.advance(90 * 86_400_000);
    const ctx = test.as('utility_admin', organization);
    expect((await getIntegration(ctx, { id })).rotationDue).toBe(true);
    await replaceCredentials(ctx, { id, values: valuesOf('sendgrid'), check: 'require' });
    expect((await getIntegration(ctx, { id })).rotationDue).toBe(false);
  });
});

describe('revealCredential', () => {
  it('gives one secret to a system administrator with a fresh proof, and leaves a record without it', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const secret = valuesOf('sendgrid')['apiKey'];
    const ctx = test.as('system_admin', organization);
    expect(await revealCredential(ctx, { id, key: 'apiKey' })).toEqual({ value: secret });
    expect((await actionsOf(organization)).at(-1)).toBe('integration.secret_revealed');
    expect(JSON.stringify(await rowsOf(organization, 'audit_log'))).not.toContain(secret);
    for (const key of ['fromEmail', 'nothing', '__proto__']) {
      expect((await refusalOf(revealCredential(ctx, { id, key }))).code).toBe('not_found');
    }
    await expectRefusals(test, organization, revealOperation, (caller) =>
      revealCredential(caller, { id, key: 'apiKey' }),
    );
  });
});

describe('deleteIntegration', () => {
  it('erases the credentials, keeps the history, and is gone from lists', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const ctx = test.as('system_admin', organization);
    const { impact } = await getDisconnectImpact(ctx, { id });
    expect(impact[0]).toEqual({ severity: 'warning', text: 'Emails are not sent.' });
    const { detail } = await deleteIntegration(ctx, { id });
    expect(detail).toBe('The key stays valid at Twilio SendGrid: delete it there afterwards.');
    expect(await rowsOf(organization, 'integration_credentials')).toEqual([]);
    expect(await rowsOf(organization, 'integrations')).toHaveLength(1);
    expect((await refusalOf(getIntegration(ctx, { id }))).code).toBe('not_found');
    expect((await listIntegrations(ctx, page)).counts.total).toBe(0);
    const other = await sendgrid(organization);
    await expectRefusals(test, organization, disconnecting, (caller) =>
      deleteIntegration(caller, { id: other.id }),
    );
    expect((await getIntegration(ctx, { id: other.id })).status).toBe('active');
  });

  it('lets whoever may connect remove what was only begun, and nothing else', async () => {
    const organization = await test.createOrganization();
    const editor = test.as('utility_admin', organization);
    const begin = () => createIntegration(editor, { provider: 'slack', values: {}, check: 'skip' });
    const begun = await begin();
    const ctx = test.as('utility_admin', organization);
    if (ctx.actor.type === 'user') ctx.actor.freshAt = 0;
    expect(await deleteIntegration(ctx, { id: begun.id })).toEqual({
      revoked: null,
      detail: 'It was never connected: nothing is left to do.',
    });
    expect((await refusalOf(getIntegration(ctx, { id: begun.id }))).code).toBe('not_found');
    const { rows } = await test.app.pool.query<{ action: string }>(
      'SELECT action FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1',
      [organization.id],
    );
    expect(rows[0]?.action).toBe('integration.removed');
    const next = await begin();
    await expectRefusals(test, organization, deleteOperation, (caller) =>
      deleteIntegration(caller, { id: next.id }),
    );
  });

  it('takes one whose access was revoked for one that was connected', async () => {
    const organization = await test.createOrganization();
    const editor = test.as('utility_admin', organization);
    const { id } = await sendgrid(organization);
    await test.app.pool.query('UPDATE integrations SET connected_at = NULL WHERE id = $1', [id]);
    expect((await refusalOf(deleteIntegration(editor, { id }))).code).toBe('forbidden');
    await test.app.pool.query('UPDATE integration_health SET last_ok_at = NULL WHERE integration_id = $1', [
      id,
    ]);
    expect((await refusalOf(deleteIntegration(editor, { id }))).code).toBe('forbidden');
  });
});

describe('listIntegrations', () => {
  it('says where one writes to or gets mail, once that is set', async () => {
    const organization = await test.createOrganization();
    const { id } = await sendgrid(organization);
    const placeOf = async () =>
      (await listIntegrations(test.as('viewer', organization), { limit: 50 })).data.find(
        (each) => each.id === id,
      )?.place;
    expect(await placeOf()).toBeNull();
    const { pool } = test.database;
    await pool.query(
      `UPDATE integration_credentials SET plain = plain || '{"inboundAddress": "support@acme.example"}' WHERE integration_id = $1`,
      [id],
    );
    expect(await placeOf()).toBe('support@acme.example');
    await pool.query(`UPDATE integrations SET settings = '{"channel": "#support-alerts"}' WHERE id = $1`, [
      id,
    ]);
    expect(await placeOf()).toBe('#support-alerts');
    await pool.query(`UPDATE integrations SET settings = '{"channel": ""}' WHERE id = $1`, [id]);
    expect(await placeOf()).toBe('support@acme.example');
  });

  it('counts exactly, puts problems first, filters, searches and pages', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    const failing = await sendgrid(organization, 'Zebra mail');
    const off = await sendgrid(organization, 'Archive mail');
    await sendgrid(organization, 'Main mail');
    await createIntegration(ctx, { provider: 'slack', name: 'Team chat', values: {}, check: 'skip' });
    sandbox.setCondition('sendgrid', 'down');
    await testIntegration(ctx, { id: failing.id });
    await updateIntegration(ctx, { id: off.id, enabled: false });
    const all = await listIntegrations(ctx, page);
    expect(all.data.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'Zebra mail: error',
      'Team chat: pending',
      'Main mail: active',
      'Archive mail: disabled',
    ]);
    expect(all.counts).toEqual({ total: 4, active: 1, degraded: 0, errors: 1, pending: 1, disabled: 1 });
    const names = async (input: object) =>
      (await listIntegrations(ctx, { ...page, ...input })).data.map(({ name }) => name);
    expect(await names({ status: 'disabled' })).toEqual(['Archive mail']);
    expect(await names({ provider: 'slack' })).toEqual(['Team chat']);
    expect(await names({ search: 'SENDGRID' })).toEqual(['Zebra mail', 'Main mail', 'Archive mail']);
    expect(await names({ search: 'chat' })).toEqual(['Team chat']);
    const walked: string[] = [];
    let cursor: string | undefined;
    do {
      const part = await listIntegrations(ctx, { limit: 1, ...(cursor !== undefined && { cursor }) });
      walked.push(...part.data.map(({ name }) => name));
      cursor = part.nextCursor ?? undefined;
    } while (cursor !== undefined && walked.length < 10);
    expect(walked).toEqual(['Zebra mail', 'Team chat', 'Main mail', 'Archive mail']);
    expect((await refusalOf(listIntegrations(ctx, { ...page, cursor: 'nonsense' }))).code).toBe(
      'invalid_input',
    );
  });

  it('goes by what is asked for, page by page, with what has no value last', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    const first = await sendgrid(organization, 'B mail');
    await sendgrid(organization, 'C mail');
    await createIntegration(ctx, { provider: 'slack', name: 'A chat', values: {}, check: 'skip' });
    test.time.advance(60_000);
    await testIntegration(ctx, { id: first.id });
    const walk = async (sort: IntegrationSort, order: SortOrder) => {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const part = await listIntegrations(ctx, { limit: 1, sort, order, ...(cursor && { cursor }) });
        names.push(...part.data.map(({ name }) => name.charAt(0)));
        cursor = part.nextCursor ?? undefined;
      } while (cursor !== undefined && names.length < 10);
      return names.join('');
    };
    expect(await walk('name', 'ascending')).toBe('ABC');
    expect(await walk('name', 'descending')).toBe('CBA');
    // Pending before active; within a status always by name.
    expect(await walk('status', 'descending')).toBe('BCA');
    expect(await walk('category', 'ascending')).toBe('ABC');
    expect(await walk('category', 'descending')).toBe('BCA');
    expect(await walk('lastSync', 'ascending')).toBe('CBA');
    expect(await walk('lastSync', 'descending')).toBe('BCA');
    expect(await walk('lastCheck', 'descending')).toBe('BCA');
    const { nextCursor } = await listIntegrations(ctx, { limit: 1, sort: 'name' });
    for (const other of [
      {},
      { sort: 'lastSync' as const },
      { sort: 'name' as const, order: 'descending' as const },
    ]) {
      const refusal = await refusalOf(listIntegrations(ctx, { limit: 1, ...other, cursor: nextCursor! }));
      expect(refusal.code).toBe('invalid_input');
    }
  });
});
