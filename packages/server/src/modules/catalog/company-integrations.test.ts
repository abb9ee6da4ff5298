import { listCompanyIntegrations as operation } from '@trunkline/contract/company-integrations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { allProviders, findProvider } from '../../providers/all-providers.ts';
import { expectRefusals } from '../../testing/refusal.ts';
import { createIntegrationSamples } from '../../testing/sample-integrations.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { presentCompanyProvider } from './company-rules.ts';
import { listCompanyIntegrations } from './list-company-integrations.ts';
import { listProviders } from './list-providers.ts';
import { updateCatalogCuration } from './update-catalog-curation.ts';

let test: TestApp;
let here: TestOrganization;
let viewer: Ctx;

beforeAll(async () => {
  test = await createTestApp();
  here = await test.createOrganization();
  viewer = test.as('viewer', here);
});
afterAll(() => test.close());

const list = async (ctx = viewer) => operation.output.parse(await listCompanyIntegrations(ctx, {}));
const change = (sql: string, ...values: unknown[]) => test.database.pool.query(sql, values);

describe('listCompanyIntegrations', () => {
  it('gives what is connected and what is left, without a secret', async () => {
    const samples = createIntegrationSamples(test, here.id, 'mark');
    const [sendgrid, slack] = [await samples.integration(), await samples.oauthIntegration()];
    await change(`UPDATE oauth_tokens SET expires_at = '2030-01-01' WHERE integration_id = $1`, slack);
    const answer = await list();
    expect(answer.connected.map(({ id }) => id)).toEqual([sendgrid, slack]);
    expect(answer.connected[1]).toMatchObject({
      companyId: here.id,
      integrationId: 'slack',
      integration: { slug: 'slack', category: 'communication', authType: 'oauth2', isAvailable: true },
      status: 'active',
      config: { channel: '#mark' },
      credentials: { expiresAt: '2030-01-01T00:00:00.000Z' },
      connectedBy: 'Person mark',
      errorMessage: null,
    });
    expect(JSON.stringify(answer)).not.toMatch(/SG\.mark|xoxb|mark@example/);
    expect(answer.available).toHaveLength(allProviders.length - 2);
    expect(answer.available.map(({ slug }) => slug)).not.toContain('slack');
    expect(answer.counts).toEqual((await listProviders(viewer, {})).counts);
    expect((await list(test.apiKey(await test.createOrganization()))).connected).toEqual([]);
  });

  it('says what each is in', async () => {
    const statuses = async () =>
      (await list()).connected.map(({ status, errorMessage }) => [status, errorMessage]);
    const [first] = (await list()).connected;
    const problem = { fault: 'down', title: 'No answer', cause: 'It is down.', fix: 'Wait.', link: null };
    await change('UPDATE integration_health SET problem = $2 WHERE integration_id = $1', first!.id, problem);
    expect((await statuses())[0]).toEqual(['error', 'No answer. It is down.']);
    const slow = { ...problem, fault: 'rateLimit' };
    await change('UPDATE integration_health SET problem = $2 WHERE integration_id = $1', first!.id, slow);
    expect((await statuses())[0]?.[0]).toBe('active');
    await change('UPDATE integrations SET connected_at = NULL WHERE id = $1', first!.id);
    expect((await statuses())[0]?.[0]).toBe('pending');
    await change('UPDATE integrations SET enabled = false WHERE id = $1', first!.id);
    expect((await statuses())[0]?.[0]).toBe('disabled');
    await change('UPDATE integrations SET deleted_at = now() WHERE id = $1', first!.id);
    expect(await statuses()).toHaveLength(1);
  });

  it('leaves out what is hidden, but not what is in use', async () => {
    await updateCatalogCuration(test.as('system_admin', here), { hidden: ['slack', 'zendesk'] });
    const { connected, available } = await list();
    expect(connected.map(({ integration }) => [integration.slug, integration.isAvailable])).toEqual([
      ['slack', false],
    ]);
    expect(available.map(({ slug }) => slug)).not.toContain('zendesk');
    await expectRefusals(test, here, operation, (ctx) => listCompanyIntegrations(ctx, {}));
  });
});

describe('presentCompanyProvider', () => {
  it('speaks S17’s words where it has some', () => {
    const words = (slug: string) => {
      const { category, authType } = presentCompanyProvider(findProvider(slug)!, false);
      return [category, authType];
    };
    expect(words('salesforce')).toEqual(['crm', 'oauth2']);
    // CRM 6.3 counts it there, and so does the catalog.
    expect(words('hubspot')).toEqual(['marketing', 'oauth2']);
    expect(words('shopify')).toEqual(['ecommerce', 'oauth2']);
    expect(words('twilio')[0]).toBe('communication');
    expect(words('amazon-ses')).toEqual(['communication', 'api_key']);
    expect(words('email-forwarding')[1]).toBe('webhook');
    expect(words('vanguard')).toEqual(['retirement', 'sftp']);
  });
});
