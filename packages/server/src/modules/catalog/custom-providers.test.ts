import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CustomDefinition,
  createCustomProvider as createOperation,
  deleteCustomProvider as deleteOperation,
  getCustomProvider as getOperation,
  listCustomProviders as listOperation,
  updateCustomProvider as updateOperation,
} from '@trunkline/contract/custom-providers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { requireVisible } from '../../connections/require-visible.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { allProviders } from '../../providers/all-providers.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createIntegrationSamples, customDefinition } from '../../testing/sample-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { listAudit } from '../audit/list-audit.ts';
import { createCustomProvider } from './create-custom-provider.ts';
import { deleteCustomProvider } from './delete-custom-provider.ts';
import { getCustomProvider } from './get-custom-provider.ts';
import { getProvider } from './get-provider.ts';
import { listCustomProviders } from './list-custom-providers.ts';
import { listProviders } from './list-providers.ts';
import { updateCatalogCuration } from './update-catalog-curation.ts';
import { updateCustomProvider } from './update-custom-provider.ts';

let test: TestApp;
let here: TestOrganization;
let elsewhere: TestOrganization;
let admin: Ctx;

beforeAll(async () => {
  test = await createTestApp();
  elsewhere = await test.createOrganization();
});
beforeEach(async () => {
  here = await test.createOrganization();
  admin = test.as('system_admin', here);
});
afterAll(() => test.close());

const rest = (change: object = {}): CustomDefinition =>
  CustomDefinition.parse({ ...customDefinition('Acme Time'), ...change });
const oauth2 = (change: object = {}): CustomDefinition =>
  CustomDefinition.parse({
    kind: 'oauth2',
    name: 'Acme Login',
    category: 'sso',
    authorizationUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    ...change,
  });
const create = (definition = rest(), ctx = admin) => createCustomProvider(ctx, { definition });
const update = (slug: string, definition: CustomDefinition, ctx = admin) =>
  updateCustomProvider(ctx, { slug, definition });

async function use(slug: string): Promise<string> {
  const id = await createIntegrationSamples(test, here.id, 'm').integration();
  await test.database.pool.query('UPDATE integrations SET provider = $2 WHERE id = $1', [id, slug]);
  return id;
}

/** A server that gives one discovery document; `document` may look at the server's own address. */
async function withDiscovery<T>(
  document: (origin: string) => unknown,
  work: (origin: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, answer) => {
    const found = request.url === '/.well-known/openid-configuration';
    answer.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(found ? document(origin) : {}));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await work(origin);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => {
      server.close(done);
    });
  }
}

describe('createCustomProvider', () => {
  it('puts the provider into the catalog of its organization', async () => {
    await test.announced();
    const made = await create(rest({ baseUrl: 'http://127.0.0.1:9/v1/', description: 'Counts hours.' }));
    expect(made).toMatchObject({
      slug: 'custom-acme-time',
      definition: { baseUrl: 'http://127.0.0.1:9/v1', name: 'Acme Time' },
      integrations: 0,
    });
    expect((await test.announced()).map(({ topic }) => topic)).toContain('catalog');
    const viewer = test.as('viewer', here);
    const { data, total, counts } = await listProviders(viewer, {});
    expect([total, counts.available]).toEqual([allProviders.length + 1, allProviders.length + 1]);
    expect(data.map(({ name }) => name)).toEqual(
      data.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, 'en')),
    );
    expect((await listProviders(viewer, { search: 'counts hours' })).data).toMatchObject([
      { slug: made.slug, custom: true, authTypes: ['api_key'], connected: 0 },
    ]);
    expect(await getProvider(viewer, { slug: made.slug })).toMatchObject({
      custom: true,
      connections: [{ fields: [{ key: 'token', secret: true, label: 'Access token' }] }],
    });
    expect((await inOrganization(admin, (tx) => providerOf(tx, made.slug))).name).toBe('Acme Time');
    expect(await listCustomProviders(admin, {})).toEqual({ data: [made], nextCursor: null });
    const { data: records } = await listAudit(admin, { action: 'custom_provider', limit: 5 });
    expect(records).toMatchObject([
      {
        action: 'custom_provider.created',
        target: { type: 'custom_provider', id: made.slug, name: 'Acme Time' },
        changes: { baseUrl: { before: null, after: 'http://127.0.0.1:9/v1' } },
      },
    ]);
  });

  it('refuses addresses as for webhooks, and says which', async () => {
    const pointerOf = async (definition: CustomDefinition) => {
      const error = await refusalOf(create(definition));
      return [error.code, error.errors?.[0]?.pointer];
    };
    for (const baseUrl of [
      'http://api.example.com',
      'https://10.1.2.3/',
      'https://[::1]/',
      'https://169.254.169.254/latest',
      'https://user:pw@93.184.216.34/',
      'nonsense',
      'https://93.184.216.34/?key=1',
    ]) {
      expect([baseUrl, await pointerOf(rest({ baseUrl }))]).toEqual([
        baseUrl,
        ['invalid_input', '/definition/baseUrl'],
      ]);
    }
    for (const key of [
      'authorizationUrl',
      'tokenUrl',
      'revokeUrl',
      'userinfoUrl',
      'baseUrl',
      'discoveryUrl',
    ]) {
      const definition = oauth2({ [key]: 'https://192.168.0.1/x' });
      expect(await pointerOf(definition)).toEqual(['invalid_input', `/definition/${key}`]);
    }
    const common = { name: 'Acme', category: 'email' };
    const smtp = CustomDefinition.parse({ kind: 'smtp', ...common, host: '10.0.0.5' });
    expect(await pointerOf(smtp)).toEqual(['invalid_input', '/definition/host']);
    const s3 = { kind: 's3', ...common, endpoint: 'http://127.0.0.1:9/bucket' };
    expect(await pointerOf(CustomDefinition.parse(s3))).toEqual(['invalid_input', '/definition/endpoint']);
    expect((await listCustomProviders(admin, {})).data).toEqual([]);
  });

  it('refuses a name that another provider has', async () => {
    await create();
    for (const name of ['ACME time', 'slack']) {
      const error = await refusalOf(create(rest({ name })));
      expect([name, error.code, error.errors?.[0]?.pointer]).toEqual([name, 'conflict', '/definition/name']);
    }
    // Another name may lead to the same slug.
    expect((await create(rest({ name: 'Acme-Time' }))).slug).toBe('custom-acme-time-2');
    expect((await create(rest(), test.as('system_admin', elsewhere))).slug).toBe('custom-acme-time');
  });

  it('gives two at once two slugs', async () => {
    const made = await Promise.all(
      ['A b', 'A-b', 'A+b'].map(async (name) => (await create(rest({ name }))).slug),
    );
    expect(made.sort()).toEqual(['custom-a-b', 'custom-a-b-2', 'custom-a-b-3']);
  });

  it('takes what is missing from the discovery document', async () => {
    await withDiscovery(
      (origin) => ({
        issuer: origin,
        authorization_endpoint: `${origin}/auth`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/me`,
        code_challenge_methods_supported: ['plain', 'S256'],
        token_endpoint_auth_methods_supported: ['client_secret_post'],
      }),
      async (origin) => {
        const { definition } = await create(
          oauth2({ discoveryUrl: `${origin}/`, authorizationUrl: null, tokenUrl: 'http://127.0.0.1:9/own' }),
        );
        expect(definition).toMatchObject({
          authorizationUrl: `${origin}/auth`,
          tokenUrl: 'http://127.0.0.1:9/own',
          revokeUrl: null,
          userinfoUrl: `${origin}/me`,
          pkce: true,
          clientAuth: 'post',
        });
      },
    );
  });

  it.each([
    [
      'another issuer',
      (origin: string) => ({ issuer: 'https://evil.example', token_endpoint: `${origin}/t` }),
    ],
    ['a private address', (origin: string) => ({ issuer: origin, token_endpoint: 'https://10.0.0.1/t' })],
    ['a template', (origin: string) => ({ issuer: origin, token_endpoint: `${origin}/t?{clientSecret}` })],
    ['no address', (origin: string) => ({ issuer: origin, token_endpoint: 7 })],
    ['a list', () => []],
    ['nothing', () => null],
  ])('refuses a discovery document with %s', async (_, document) => {
    await withDiscovery(document, async (origin) => {
      const definition = oauth2({ discoveryUrl: origin, tokenUrl: null });
      const error = await refusalOf(create(definition));
      expect([error.code, error.errors?.[0]?.pointer]).toEqual(['invalid_input', '/definition/discoveryUrl']);
    });
  });

  it('says so when there is no discovery document, or one without an address for tokens', async () => {
    const nobody = await refusalOf(create(oauth2({ discoveryUrl: 'http://127.0.0.1:9', tokenUrl: null })));
    expect(nobody.message).toMatch(/cannot be used/);
    await withDiscovery(
      (origin) => ({ issuer: origin }),
      async (origin) => {
        const missing = await refusalOf(create(oauth2({ discoveryUrl: origin, tokenUrl: null })));
        expect(missing.errors?.[0]?.pointer).toBe('/definition/tokenUrl');
        const elsewhereInIt = await refusalOf(
          create(oauth2({ discoveryUrl: `${origin}/no`, tokenUrl: null })),
        );
        expect(elsewhereInIt.message).toMatch(/answers 404/);
      },
    );
  });
});

describe('updateCustomProvider', () => {
  it('changes what it says, and keeps its slug', async () => {
    const { slug } = await create();
    test.time.advance(1_000);
    const changed = await update(slug, rest({ name: 'Acme Hours', baseUrl: 'http://127.0.0.1:8/v2' }));
    expect(changed).toMatchObject({ slug, definition: { name: 'Acme Hours' } });
    expect(changed.updatedAt > changed.createdAt).toBe(true);
    expect(await getCustomProvider(admin, { slug })).toEqual(changed);
    expect(await update(slug, CustomDefinition.parse(changed.definition))).toEqual(changed);
    const { data } = await listAudit(admin, { action: 'custom_provider.updated', limit: 5 });
    expect(data.map(({ changes }) => Object.keys(changes).sort())).toEqual([['baseUrl', 'name']]);
    await create(rest({ name: 'Second' }));
    expect((await refusalOf(update(slug, rest({ name: 'second' })))).code).toBe('conflict');
  });

  it('never leads stored credentials elsewhere', async () => {
    const { slug } = await create();
    const id = await use(slug);
    expect((await refusalOf(update(slug, rest({ baseUrl: 'http://127.0.0.1:8/v1' })))).code).toBe('conflict');
    expect((await refusalOf(update(slug, oauth2({ name: 'Acme Time' })))).code).toBe('conflict');
    expect(await update(slug, rest({ health: { path: '/other' } }))).toMatchObject({ integrations: 1 });
    await test.database.pool.query('UPDATE integrations SET deleted_at = now() WHERE id = $1', [id]);
    expect((await update(slug, rest({ baseUrl: 'http://127.0.0.1:8/v1' }))).integrations).toBe(0);
  });

  it('nor the secret of an OAuth app that no integration uses yet', async () => {
    const { slug } = await create(oauth2());
    await createIntegrationSamples(test, here.id, 'm').oauthApp();
    await test.database.pool.query('UPDATE oauth_apps SET provider = $2 WHERE organization_id = $1', [
      here.id,
      slug,
    ]);
    expect((await refusalOf(update(slug, oauth2({ tokenUrl: 'http://127.0.0.1:8/token' })))).code).toBe(
      'conflict',
    );
    await deleteCustomProvider(admin, { slug });
    const { rows } = await test.database.pool.query('SELECT id FROM oauth_apps WHERE organization_id = $1', [
      here.id,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('deleteCustomProvider', () => {
  it('waits until no integration uses it, and leaves nothing', async () => {
    const { slug } = await create();
    await updateCatalogCuration(admin, { hidden: [slug] });
    const id = await use(slug);
    expect((await refusalOf(deleteCustomProvider(admin, { slug }))).code).toBe('conflict');
    await test.database.pool.query('UPDATE integrations SET deleted_at = now() WHERE id = $1', [id]);
    await test.announced();
    expect(await deleteCustomProvider(admin, { slug })).toEqual({ ok: true });
    expect((await test.announced()).map(({ topic }) => topic)).toContain('catalog');
    for (const work of [
      () => getCustomProvider(admin, { slug }),
      () => getProvider(admin, { slug }),
      () => inOrganization(admin, (tx) => providerOf(tx, slug)),
      () => deleteCustomProvider(admin, { slug }),
      () => update(slug, rest()),
    ]) {
      expect((await refusalOf(work())).code).toBe('not_found');
    }
    expect(await updateCatalogCuration(admin, { hidden: [] })).toEqual({ hidden: [] });
    expect((await create()).slug).toBe(slug);
  });

  it('waits for an integration that is being made', async () => {
    const { slug } = await create();
    let removal: Promise<unknown> = Promise.resolve();
    await inOrganization(admin, async (tx) => {
      await requireVisible(tx, slug);
      removal = refusalOf(deleteCustomProvider(admin, { slug }));
      await eventually(async () => {
        const { rows } = await test.database.pool.query<{ query: string }>(
          `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(rows.map(({ query }) => query).join()).toContain('custom_providers');
      });
      await tx.query(
        `INSERT INTO integrations (id, organization_id, provider, name, auth_type, created_at, updated_at)
         VALUES ($1, current_organization(), $2, 'New', 'api_key', now(), now())`,
        [test.app.newId(), slug],
      );
    });
    expect(await removal).toMatchObject({ code: 'conflict' });
  });
});

describe('custom providers of another organization', () => {
  it('are neither found nor used', async () => {
    const { slug } = await create(rest({ name: 'Only here' }));
    const stranger = test.as('system_admin', elsewhere);
    for (const work of [
      () => getCustomProvider(stranger, { slug }),
      () => getProvider(stranger, { slug }),
      () => update(slug, rest(), stranger),
      () => deleteCustomProvider(stranger, { slug }),
      () => inOrganization(stranger, (tx) => requireVisible(tx, slug)),
    ]) {
      expect((await refusalOf(work())).code).toBe('not_found');
    }
    expect((await refusalOf(updateCatalogCuration(stranger, { hidden: [slug] }))).code).toBe('invalid_input');
  });
});

describe('those who may not', () => {
  it('get nothing of the definitions', async () => {
    const { slug } = await create();
    await expectRefusals(test, here, listOperation, (ctx) => listCustomProviders(ctx, {}));
    await expectRefusals(test, here, getOperation, (ctx) => getCustomProvider(ctx, { slug }));
    await expectRefusals(test, here, createOperation, (ctx) => create(rest(), ctx));
    await expectRefusals(test, here, updateOperation, (ctx) => update(slug, rest(), ctx));
    await expectRefusals(test, here, deleteOperation, (ctx) => deleteCustomProvider(ctx, { slug }));
  });

  it('nor those who send nonsense', async () => {
    for (const definition of [null, [], 'x', {}, { kind: 'toString' }, { ...rest(), auth: null }]) {
      await expect(callOperation(createOperation, admin, { definition })).rejects.toThrow();
    }
    expect((await listCustomProviders(admin, {})).data).toEqual([]);
  });
});
