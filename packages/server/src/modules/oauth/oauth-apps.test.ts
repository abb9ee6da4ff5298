import * as contract from '@trunkline/contract/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteOAuthApp } from './delete-oauth-app.ts';
import { getOAuthApp } from './get-oauth-app.ts';
import { initiateOAuth } from './initiate-oauth.ts';
import { listOAuthApps } from './list-oauth-apps.ts';
import { saveOAuthApp } from './save-oauth-app.ts';
import { findOAuthApp } from '../../connections/oauth-app.ts';
import { inOrganization } from '../../db/tenant.ts';
import { pendingIntegration } from '../../testing/oauth-integrations.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';

let test: TestApp;
let works: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  Object.assign(test.app.config, {
    oauthApps: new Map([['zoom', { clientId: 'shared-id', clientSecret: 'shared-secret' }]]),
    credentialVariables: new Map([['SLACK_SECRET', { value: 'from the environment', organizationId: null }]]),
  });
  works = await test.createOrganization('Works');
  other = await test.createOrganization('Elsewhere');
});
afterAll(() => test?.close());

const admin = () => test.as('system_admin', works);
const used = (organization: TestOrganization, slug: string) =>
  inOrganization(test.as('viewer', organization), (tx) => findOAuthApp(test.app, tx, slug));

describe('the app at a provider', () => {
  it('is for those who may', async () => {
    const input = { provider: 'slack', values: { clientId: '1.2', clientSecret: 'hush' } };
    await expectRefusals(test, works, contract.saveOAuthApp, (ctx) => saveOAuthApp(ctx, input));
    await expectRefusals(test, works, contract.deleteOAuthApp, (ctx) => deleteOAuthApp(ctx, input));
    await expectRefusals(test, works, contract.getOAuthApp, (ctx) => getOAuthApp(ctx, input));
    await expectRefusals(test, works, contract.listOAuthApps, (ctx) => listOAuthApps(ctx, {}));
  });

  it('is listed with the address to register, also where none is configured', async () => {
    const { data } = await listOAuthApps(test.as('viewer', works), {});
    expect(data.length).toBeGreaterThan(20);
    expect(data.find(({ provider }) => provider === 'zoom')).toEqual({
      provider: 'zoom',
      providerName: 'Zoom',
      source: 'instance',
      values: {},
      secretsSet: [],
      redirectUri: 'http://trunkline.test/api/integrations/oauth/callback',
      updatedAt: null,
      integrations: 0,
    });
    expect(data.find(({ provider }) => provider === 'slack')).toMatchObject({ source: null });
    // Okta's client is entered with each integration.
    expect(data.some(({ provider }) => provider === 'okta')).toBe(false);
    expect(JSON.stringify(data)).not.toContain('shared-');
  });

  it('is stored sealed, shown without its secrets, and audited', async () => {
    const saved = await saveOAuthApp(admin(), {
      provider: 'slack',
      values: {
        clientId: ' 1.2 ',
        clientSecret: 'hush-hush',
        signingSecret: '0123456789abcdef0123456789abcdef',
      },
    });
    expect(saved).toMatchObject({
      source: 'organization',
      values: { clientId: '1.2' },
      secretsSet: ['clientSecret', 'signingSecret'],
    });
    expect(await used(works, 'slack')).toMatchObject({
      source: 'organization',
      values: { clientId: '1.2', clientSecret: 'hush-hush' },
    });
    expect(await used(other, 'slack')).toBeNull();

    // A secret that is not named stays, or becomes a reference.
    await saveOAuthApp(admin(), { provider: 'slack', values: { clientId: '3.4' } });
    expect((await used(works, 'slack'))?.values).toMatchObject({
      clientId: '3.4',
      clientSecret: 'hush-hush',
    });
    const referred = await saveOAuthApp(admin(), {
      provider: 'slack',
      values: { clientId: '3.4', clientSecret: 'env:SLACK_SECRET' },
    });
    expect(referred.secretsSet).toEqual(['clientSecret', 'signingSecret']);
    expect(JSON.stringify(referred)).not.toContain('SLACK_SECRET');
    expect((await used(works, 'slack'))?.values['clientSecret']).toBe('from the environment');

    const { rows } = await test.database.pool.query<{ action: string; changes: object }>(
      `SELECT action, changes FROM audit_log WHERE organization_id = $1 AND action LIKE 'oauth_app.%' ORDER BY sequence`,
      [works.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(Array(3).fill('oauth_app.saved'));
    expect(rows[0]!.changes).toMatchObject({ clientSecret: { after: '«changed»' } });
    expect(JSON.stringify(rows)).not.toMatch(/hush-hush|0123456789abcdef/);
  });

  it('goes away, and the instance’s takes over', async () => {
    await saveOAuthApp(admin(), {
      provider: 'zoom',
      values: { clientId: 'own', clientSecret: 'own-secret' },
    });
    expect(await used(works, 'zoom')).toMatchObject({ source: 'organization', values: { clientId: 'own' } });
    expect(await deleteOAuthApp(admin(), { provider: 'zoom' })).toEqual({ ok: true });
    expect(await used(works, 'zoom')).toEqual({
      source: 'instance',
      values: { clientId: 'shared-id', clientSecret: 'shared-secret' },
    });
    expect((await refusalOf(deleteOAuthApp(admin(), { provider: 'zoom' }))).code).toBe('not_found');
  });

  it.each([
    [{ clientId: 'x' }, '/values/clientSecret'],
    [{ clientId: '', clientSecret: 'y' }, '/values/clientId'],
    [{ clientId: 'x', clientSecret: 'y', region: 'eu' }, '/values/region'],
  ])('refuses %j and says where', async (values, pointer) => {
    const refusal = await refusalOf(saveOAuthApp(admin(), { provider: 'hubspot', values }));
    expect([refusal.code, refusal.errors?.[0]?.pointer]).toEqual(['invalid_input', pointer]);
  });

  it('refuses a value of the wrong form, and a provider without apps or unknown', async () => {
    const wrong = saveOAuthApp(admin(), {
      provider: 'microsoft-365',
      values: { clientId: 'not a uuid', clientSecret: 'y', tenantId: 'common' },
    });
    expect((await refusalOf(wrong)).errors?.[0]?.pointer).toBe('/values/clientId');
    expect((await refusalOf(getOAuthApp(admin(), { provider: 'sendgrid' }))).code).toBe('conflict');
    expect((await refusalOf(getOAuthApp(admin(), { provider: 'nobody' }))).code).toBe('not_found');
  });

  it('is missing when somebody wants to connect', async () => {
    const integrationId = await pendingIntegration(test.app, works.id, 'hubspot');
    const refusal = await refusalOf(initiateOAuth(admin(), { integrationId, callback: 'shared' }));
    expect([refusal.code, refusal.message]).toEqual([
      'oauth_app_missing',
      'Enter the “Client ID”, “Client secret” of your HubSpot app first.',
    ]);
    const shop = await pendingIntegration(test.app, works.id, 'shopify');
    await saveOAuthApp(admin(), { provider: 'shopify', values: { clientId: 'x', clientSecret: 'y' } });
    const incomplete = await refusalOf(initiateOAuth(admin(), { integrationId: shop, callback: 'shared' }));
    expect([incomplete.code, incomplete.message]).toEqual([
      'invalid_input',
      'Enter the “Shop subdomain” of this integration first.',
    ]);
  });

  it('is not asked for by an integration that connects in another way', async () => {
    const integrationId = await pendingIntegration(test.app, works.id, 'sendgrid', { authType: 'api_key' });
    expect((await refusalOf(initiateOAuth(admin(), { integrationId, callback: 'shared' }))).code).toBe(
      'conflict',
    );
    const machine = await pendingIntegration(test.app, works.id, 'auth0', { authType: 'client_credentials' });
    expect(
      (await refusalOf(initiateOAuth(admin(), { integrationId: machine, callback: 'shared' }))).code,
    ).toBe('conflict');
  });
});
