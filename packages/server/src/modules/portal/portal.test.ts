import {
  createPortalToken as createOperation,
  listPortalTokens as listOperation,
  revokePortalToken as revokeOperation,
  updatePortalSettings as settingsOperation,
} from '@trunkline/contract/portal';
import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import type { Ctx } from '../../ctx.ts';
import { portalOrigin } from '../../testing/sample-api.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { createPortalToken } from './create-portal-token.ts';
import { exchangePortalToken } from './exchange-portal-token.ts';
import { findPortalSession } from './find-portal-session.ts';
import { getPortalSettings } from './get-portal-settings.ts';
import { listPortalTokens } from './list-portal-tokens.ts';
import { revokePortalToken } from './revoke-portal-token.ts';
import { revokePortalTokens } from './revoke-portal-tokens.ts';
import { updatePortalSettings } from './update-portal-settings.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

/** An organization whose portal may be shown on {@link portalOrigin}. */
async function open(): Promise<TestOrganization> {
  const organization = await test.createOrganization();
  await updatePortalSettings(test.as('system_admin', organization), { origins: [portalOrigin] });
  return organization;
}

const request = { parts: ['webhooks'] as PortalPart[], role: 'viewer' as const, expiresInSeconds: 900 };

function keyWith(organization: TestOrganization, scopes: ApiKeyScope[]): Ctx {
  const ctx = test.apiKey(organization);
  return { ...ctx, actor: { type: 'api_key', id: organization.apiKeyId, name: 'API key', scopes } };
}

const exchange = (organization: TestOrganization, token: string, origin = portalOrigin) =>
  exchangePortalToken(test.anonymous(), { token, organizationId: organization.id, origin });

interface Recorded {
  action: string;
  actor_type: string;
  actor_id: string | null;
  actor_name: string;
  changes: Record<string, unknown>;
}

async function auditOf({ id }: TestOrganization): Promise<Recorded[]> {
  const { rows } = await test.app.pool.query<Recorded>(
    `SELECT * FROM audit_log WHERE organization_id = $1 AND action LIKE 'portal%' ORDER BY sequence`,
    [id],
  );
  return rows;
}

describe('createPortalToken', () => {
  it('makes a token for the back end of a product, which is stored only as a hash', async () => {
    const organization = await open();
    const made = await createPortalToken(test.apiKey(organization), {
      ...request,
      role: 'utility_admin',
      subject: 'jane@example.com',
    });
    expect(made).toMatchObject({
      parts: ['webhooks'],
      role: 'utility_admin',
      subject: 'jane@example.com',
      url: `${test.app.config.publicUrl}/embed/${organization.id}`,
      exchangeBy: new Date(test.time.now + 120_000).toISOString(),
      expiresAt: new Date(test.time.now + 900_000).toISOString(),
    });
    expect(made.token).toMatch(/^tl_portal_[0-9A-Za-z]{38}$/);
    const { rows } = await test.app.pool.query<{ row: string }>(
      `SELECT t::text AS row FROM portal_tokens t WHERE id = $1
       UNION ALL SELECT a::text FROM audit_log a WHERE organization_id = $2`,
      [made.id, organization.id],
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ row }) => row.includes(made.token.slice(10)))).toEqual([]);
    expect((await auditOf(organization)).at(-1)).toMatchObject({
      action: 'portal_token.created',
      actor_type: 'api_key',
      changes: { role: { before: null, after: 'utility_admin' } },
    });
  });

  it('is for administrators and keys with its scope, in an organization where a page may show it', async () => {
    const organization = await open();
    await expectRefusals(test, organization, createOperation, (ctx) => createPortalToken(ctx, request));
    const closed = await test.createOrganization();
    expect((await refusalOf(createPortalToken(test.apiKey(closed), request))).code).toBe('portal_off');
  });

  it('hands on nothing that the key itself does not have', async () => {
    const organization = await open();
    const attempt = (scopes: ApiKeyScope[], input: object) =>
      createPortalToken(keyWith(organization, scopes), { ...request, ...input });
    const refused = async (scopes: ApiKeyScope[], input: object = {}) => {
      const error = await refusalOf(attempt(scopes, input));
      return `${error.code} ${/the scope "(\w+)"/.exec(error.message)?.[1] ?? ''}`;
    };
    expect(await refused(['read', 'webhooks'])).toBe('insufficient_scope portal');
    expect(await refused(['portal'])).toBe('insufficient_scope read');
    expect(await refused(['portal', 'read'], { role: 'utility_admin' })).toBe('insufficient_scope webhooks');
    expect(await refused(['portal', 'read', 'webhooks'], { role: 'utility_admin' })).toBe(
      'insufficient_scope deliveries',
    );
    expect(
      await refused(['portal', 'read', 'webhooks'], { parts: ['integrations'], role: 'system_admin' }),
    ).toBe('insufficient_scope integrations');
    expect((await attempt(['portal', 'read'], {})).role).toBe('viewer');
    const all: ApiKeyScope[] = ['portal', 'read', 'webhooks', 'deliveries', 'integrations'];
    const made = await attempt(all, { parts: ['integrations', 'webhooks'], role: 'system_admin' });
    expect(made.parts).toEqual(['webhooks', 'integrations']);
  });

  it.each([299, 3601])('lasts from five minutes to an hour, not %i seconds', async (expiresInSeconds) => {
    const organization = await open();
    const call = callOperation(createOperation, test.apiKey(organization), { ...request, expiresInSeconds });
    await expect(call).rejects.toThrow(/expiresInSeconds/);
  });
});

describe('exchangePortalToken', () => {
  it('gives a session of the token’s grant, and records who came from where', async () => {
    const organization = await open();
    const made = await createPortalToken(test.apiKey(organization), { ...request, subject: 'jane' });
    const { session, ...rest } = await exchange(organization, made.token);
    expect(rest).toEqual({ expiresAt: made.expiresAt, secondsLeft: 900, parts: ['webhooks'] });
    expect(await findPortalSession(test.app, session)).toEqual({
      organizationId: organization.id,
      actor: {
        type: 'portal',
        id: made.id,
        name: 'jane via portal',
        role: 'viewer',
        parts: ['webhooks'],
        expiresAt: Date.parse(made.expiresAt),
      },
    });
    expect((await auditOf(organization)).at(-1)).toMatchObject({
      action: 'portal_token.exchanged',
      actor_type: 'portal',
      actor_id: made.id,
      actor_name: 'jane via portal',
      changes: { origin: { before: null, after: portalOrigin } },
    });
    const { rows } = await test.app.pool.query<{ row: string }>(
      'SELECT t::text AS row FROM portal_tokens t WHERE id = $1',
      [made.id],
    );
    expect(rows[0]?.row).not.toContain(session.slice(11));
  });

  it('takes a token once; one that comes again ends the session that it gave', async () => {
    const organization = await open();
    const made = await createPortalToken(test.apiKey(organization), request);
    const { session } = await exchange(organization, made.token);
    expect((await refusalOf(exchange(organization, made.token))).message).toContain('used before');
    expect(await findPortalSession(test.app, session)).toBeNull();
    expect((await auditOf(organization)).at(-1)).toMatchObject({
      action: 'portal_token.reused',
      actor_type: 'system',
    });
    expect((await refusalOf(exchange(organization, made.token))).message).toContain('revoked');
  });

  it('gives one of two who come at the same time a session, and ends it', async () => {
    const organization = await open();
    const made = await createPortalToken(test.apiKey(organization), request);
    const tries = await Promise.allSettled([
      exchange(organization, made.token),
      exchange(organization, made.token),
    ]);
    const given = tries.filter((one) => one.status === 'fulfilled');
    expect(given).toHaveLength(1);
    expect(await findPortalSession(test.app, given[0]!.value.session)).toBeNull();
  });

  it('takes no token after two minutes, nor on another page, nor in the frame of another organization', async () => {
    const [organization, other] = [await open(), await open()];
    const make = async () => (await createPortalToken(test.apiKey(organization), request)).token;
    const elsewhere = await make();
    expect(
      (await refusalOf(exchange(organization, elsewhere, 'https://app.example.com.evil.test'))).code,
    ).toBe('portal_origin_refused');
    expect((await refusalOf(exchange(other, elsewhere))).code).toBe('portal_token_refused');
    expect((await exchange(organization, elsewhere)).parts).toEqual(['webhooks']);
    const late = await make();
    test.time.advance(120_000);
    expect((await refusalOf(exchange(organization, late))).message).toContain('not used in time');
    expect((await refusalOf(exchange(organization, `tl_portal_${'0'.repeat(38)}`))).code).toBe(
      'portal_token_refused',
    );
  });
});

describe('a session', () => {
  it('ends when its time is over', async () => {
    const organization = await open();
    const made = await createPortalToken(test.apiKey(organization), { ...request, expiresInSeconds: 300 });
    const { session } = await exchange(organization, made.token);
    test.time.advance(299_999);
    expect(await findPortalSession(test.app, session)).not.toBeNull();
    test.time.advance(1);
    expect(await findPortalSession(test.app, session)).toBeNull();
    expect((await refusalOf(exchange(organization, made.token))).message).toContain('expired');
  });

  it('ends with its token, with all of its subject, and with the origin that it was opened on', async () => {
    const organization = await open();
    const administrator = test.as('system_admin', organization);
    const enter = async (subject: string) => {
      const made = await createPortalToken(test.apiKey(organization), { ...request, subject });
      return { id: made.id, ...(await exchange(organization, made.token)) };
    };
    const works = async ({ session }: { session: string }) =>
      (await findPortalSession(test.app, session)) !== null;
    const [a, b, c, d] = [await enter('a'), await enter('b'), await enter('b'), await enter('d')];
    expect(await revokePortalToken(administrator, { id: a.id })).toMatchObject({
      status: 'revoked',
      revokedBy: organization.people.system_admin.name,
    });
    const count = (await auditOf(organization)).length;
    expect((await revokePortalToken(administrator, { id: a.id })).status).toBe('revoked');
    expect(await auditOf(organization)).toHaveLength(count);
    expect(await revokePortalTokens(test.apiKey(organization), { subject: 'b' })).toEqual({ revoked: 2 });
    expect([await works(a), await works(b), await works(c), await works(d)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    await updatePortalSettings(administrator, { origins: [portalOrigin, 'https://other.example.com'] });
    expect(await works(d)).toBe(true);
    await updatePortalSettings(administrator, { origins: ['https://other.example.com'] });
    expect(await works(d)).toBe(false);
    expect((await auditOf(organization)).slice(-4).map(({ action }) => action)).toEqual([
      'portal_token.revoked',
      'portal_token.revoked',
      'portal.settings_updated',
      'portal.settings_updated',
    ]);
    await expectRefusals(test, organization, revokeOperation, (ctx) => revokePortalToken(ctx, { id: d.id }));
  });

  it('of one organization is nothing to another', async () => {
    const [organization, other] = [await open(), await open()];
    const made = await createPortalToken(test.apiKey(organization), { ...request, subject: 'b' });
    expect((await refusalOf(revokePortalToken(test.apiKey(other), { id: made.id }))).code).toBe('not_found');
    expect(await revokePortalTokens(test.apiKey(other), {})).toEqual({ revoked: 0 });
    expect((await listPortalTokens(test.apiKey(other), { limit: 50 })).data).toEqual([]);
    expect((await exchange(organization, made.token)).parts).toEqual(['webhooks']);
  });
});

describe('listPortalTokens', () => {
  it('shows what became of each, newest first, in pages', async () => {
    const organization = await open();
    const make = async (subject: string) =>
      createPortalToken(test.apiKey(organization), { ...request, subject, expiresInSeconds: 300 });
    const [expired, lapsed] = [await make('expired'), await make('lapsed')];
    await exchange(organization, expired.token);
    test.time.advance(300_000);
    const [inUse, waiting, revoked] = [await make('open'), await make('waiting'), await make('revoked')];
    await exchange(organization, inUse.token);
    await revokePortalToken(test.apiKey(organization), { id: revoked.id });
    const ctx = test.as('utility_admin', organization);
    const { data } = await listPortalTokens(ctx, { limit: 50 });
    expect(data.map(({ status, id }) => [status, id])).toEqual([
      ['revoked', revoked.id],
      ['waiting', waiting.id],
      ['open', inUse.id],
      ['lapsed', lapsed.id],
      ['expired', expired.id],
    ]);
    expect(data[2]).toMatchObject({ subject: 'open', origin: portalOrigin, createdBy: 'API key' });
    const now = await listPortalTokens(ctx, { limit: 1, open: true });
    expect(now.data.map(({ id }) => id)).toEqual([waiting.id]);
    const then = await listPortalTokens(ctx, { limit: 1, open: true, cursor: now.nextCursor ?? '' });
    expect([then.data[0]?.id, then.nextCursor]).toEqual([inUse.id, null]);
    expect((await listPortalTokens(ctx, { limit: 9, subject: 'lapsed' })).data[0]?.id).toBe(lapsed.id);
    await expectRefusals(test, organization, listOperation, (one) => listPortalTokens(one, { limit: 50 }));
  });
});

describe('updatePortalSettings', () => {
  it('keeps origins as browsers write them', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('system_admin', organization);
    const saved = await updatePortalSettings(ctx, {
      origins: ['HTTPS://App.Example.com:443/', 'https://app.example.com', 'http://127.0.0.1:4000'],
    });
    expect(saved.origins).toEqual(['https://app.example.com', 'http://127.0.0.1:4000']);
    expect(await getPortalSettings(test.as('utility_admin', organization), {})).toEqual(saved);
  });

  it.each([
    'app.example.com',
    'https://app.example.com/admin',
    'https://*.example.com',
    "https://a.example.com; script-src 'unsafe-inline'",
    'https://user@app.example.com',
    'http://app.example.com',
    'javascript:alert(1)',
    'null',
  ])('refuses %s', async (origin) => {
    const organization = await open();
    const error = await refusalOf(
      updatePortalSettings(test.as('system_admin', organization), { origins: [portalOrigin, origin] }),
    );
    expect([error.code, error.errors?.[0]?.pointer]).toEqual(['invalid_input', '/origins/1']);
    expect((await getPortalSettings(test.apiKey(organization), {})).origins).toEqual([portalOrigin]);
  });

  it('is for the organization’s own key and for administrators who have just proved who they are', async () => {
    const organization = await open();
    await expectRefusals(test, organization, settingsOperation, (ctx) =>
      updatePortalSettings(ctx, { origins: [] }),
    );
    const scoped = keyWith(organization, ['portal', 'read', 'settings']);
    expect((await refusalOf(updatePortalSettings(scoped, { origins: [] }))).code).toBe('insufficient_scope');
    expect((await updatePortalSettings(test.apiKey(organization), { origins: [] })).origins).toEqual([]);
  });
});
