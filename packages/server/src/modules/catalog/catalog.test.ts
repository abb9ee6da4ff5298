import { getProvider as getOperation, listProviders as listOperation } from '@trunkline/contract/catalog';
import { providerCategories } from '@trunkline/contract/provider-categories';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import { allProviders } from '../../providers/all-providers.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { getProvider } from './get-provider.ts';
import { listProviders } from './list-providers.ts';

/** Every provider that the documents name (CAT-1). */
const named =
  `sendgrid amazon-ses smtp gmail google-calendar microsoft-365 aws-s3 local-storage checkr sterling indeed
  linkedin linkedin-recruiter dice glassdoor bamboohr workday lucca adp paychex silae papaya-global gusto bcbs
  delta-dental vsp fidelity vanguard e-verify twilio twilio-verify zoom google-meet microsoft-teams slack
  ringcentral calendly zapier okta auth0 stripe stripe-connect avalara sumsub onfido docusign hellosign greenhouse
  lever hubspot salesforce zendesk google-analytics whatsapp telegram shopify woocommerce mailchimp
  email-forwarding discord github mailgun postmark vonage`.split(/\s+/);

let test: TestApp;
let here: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  here = await test.createOrganization();
});
afterAll(() => test.close());

const list = (input: Parameters<typeof listProviders>[1]) => listProviders(test.as('viewer', here), input);

describe('the catalog', () => {
  it('has every provider that the documents name', () => {
    expect(named).toHaveLength(64);
    const slugs = new Set(allProviders.map(({ slug }) => slug));
    expect(named.filter((slug) => !slugs.has(slug))).toEqual([]);
  });
});

describe('listProviders', () => {
  it('gives all on one page by name, with exact counts, to every role and the API key', async () => {
    const answer = await list({});
    expect(answer.data.map(({ slug }) => slug)).toEqual(allProviders.map(({ slug }) => slug));
    expect([answer.total, answer.nextCursor]).toEqual([allProviders.length, null]);
    for (const { key, count } of answer.categories) {
      expect([key, count]).toEqual([key, answer.data.filter(({ category }) => category.key === key).length]);
    }
    expect(answer.categories.reduce((sum, { count }) => sum + count, 0)).toBe(answer.total);
    expect(await listProviders(test.apiKey(here), {})).toEqual(answer);
    expect(listOperation.output.parse(answer)).toEqual(answer);
    await expectRefusals(test, here, listOperation, (ctx) => listProviders(ctx, {}));
  });

  it('tells a provider in short', async () => {
    const { data } = await list({ search: 'slack' });
    expect(data[0]).toEqual({
      slug: 'slack',
      name: 'Slack',
      category: { key: 'chat', label: 'Chat', group: { key: 'communication', label: 'Communication' } },
      description: 'Posts messages to channels and takes replies and commands from them.',
      features: ['Notifications in a channel', 'Find people by their email'],
      authTypes: ['oauth2'],
      selfServe: true,
      byFiles: false,
      sendsWebhooks: true,
      custom: false,
      connected: 0,
      pending: 0,
      hidden: false,
      recommendation: null,
    });
    const [vanguard] = (await list({ search: 'vanguard' })).data;
    expect(vanguard).toMatchObject({ authTypes: ['sftp', 'manual'], selfServe: false, byFiles: true });
  });

  it('counts what the search finds, whatever category or group is chosen', async () => {
    const searched = await list({ search: 'payroll' });
    const [chosen, grouped] = [
      await list({ search: 'payroll', category: 'payroll' }),
      await list({ search: 'payroll', group: 'hr' }),
    ];
    expect(chosen.data.length).toBeGreaterThan(1);
    expect(chosen.data.length).toBeLessThan(searched.data.length);
    for (const { category } of chosen.data) expect(category.key).toBe('payroll');
    for (const { category } of grouped.data) expect(category.group.key).toBe('hr');
    expect(grouped.data).toHaveLength(
      searched.data.filter(({ category }) => category.group.key === 'hr').length,
    );
    for (const filtered of [chosen, grouped]) {
      expect([filtered.total, filtered.categories]).toEqual([searched.total, searched.categories]);
    }
    expect(searched.categories.find(({ key }) => key === 'payroll')?.count).toBe(chosen.data.length);
    expect(searched.categories.find(({ key }) => key === 'chat')?.count).toBe(0);
  });

  it('refuses a category that does not exist', async () => {
    const ctx = test.as('viewer', here);
    await expect(callOperation(listOperation, ctx, { category: 'toString' })).rejects.toThrow(/category/);
    await expect(callOperation(listOperation, ctx, { search: 'x'.repeat(101) })).rejects.toThrow(/search/);
  });
});

describe('getProvider', () => {
  it('tells what somebody needs to connect it', async () => {
    const slack = await getProvider(test.as('viewer', here), { slug: 'slack' });
    expect(slack).toMatchObject({
      slug: 'slack',
      docsUrl: 'https://docs.slack.dev',
      connections: [
        {
          type: 'oauth2',
          label: 'OAuth 2.0',
          oauth2: { grant: 'authorization_code', pkce: false },
        },
      ],
      health: {
        kind: 'http',
        summary: 'Calls POST /auth.test; the answer 200 with "ok":true in it means that it works.',
      },
      limits: { perSecond: 1, perHour: null },
      inbound: { scheme: 'slack-v0', key: 'signingSecret', toleranceSeconds: 300 },
      exchange: null,
      evidence: 'checked',
    });
    const [connection] = slack.connections;
    expect(connection?.permissions[0]).toEqual({
      text: 'Post as the app in channels that it was added to',
      required: true,
    });
    expect(connection?.permissions).toHaveLength(connection?.oauth2?.scopes.length ?? 0);
    expect(connection?.fields.find(({ key }) => key === 'signingSecret')).toEqual({
      key: 'signingSecret',
      label: 'Signing secret',
      secret: true,
      help: 'On the same page; it proves that events really come from Slack.',
      example: '32 hexadecimal characters',
      level: 'app',
      optional: true,
      multiline: false,
      pattern: { source: '^[0-9a-f]{32}$', flags: '' },
      options: null,
    });
  });

  it('is honest about a partner without an API', async () => {
    const partner = await getProvider(test.apiKey(here), { slug: 'delta-dental' });
    expect(partner).toMatchObject({ byFiles: true, selfServe: false, health: { kind: 'sftp' } });
    expect(partner.exchange?.files.length).toBeGreaterThan(0);
    expect(partner.connections.map(({ oauth2 }) => oauth2)).toEqual(partner.connections.map(() => null));
  });

  it.each(allProviders.map((provider) => [provider.slug, provider] as const))(
    'gives %s as plain data, without what stays inside',
    async (slug, provider) => {
      const detail = await callOperation(getOperation, test.as('viewer', here), { slug });
      // A pattern or a function would be lost or changed on the way.
      expect(JSON.parse(JSON.stringify(detail))).toEqual(detail);
      const shown = getOperation.output.parse(detail);
      expect(shown.connections).toHaveLength(provider.auth.length);
      for (const { permissions, fields } of shown.connections) {
        expect(permissions.length).toBeGreaterThan(0);
        for (const { pattern, example, options } of fields) {
          const whole = pattern && new RegExp(pattern.source, pattern.flags);
          expect(whole === null || !whole.global).toBe(true);
          expect(options === null || options.length > 0).toBe(true);
          expect((example ?? '').length).toBeLessThan(120);
        }
      }
      expect(shown.errors).toHaveLength(provider.errors.length);
      expect(Object.keys(providerCategories)).toContain(shown.category.key);
      for (const inside of ['simulate', 'baseUrl', 'auth']) expect(Object.keys(shown)).not.toContain(inside);
    },
  );

  it('answers not_found for a slug that is none', async () => {
    const ctx = test.as('system_admin', here);
    for (const slug of ['nothing', 'SLACK', '__proto__', 'constructor', '../slack']) {
      expect([slug, (await refusalOf(getProvider(ctx, { slug }))).code]).toEqual([slug, 'not_found']);
    }
    await expectRefusals(test, here, getOperation, (who) => getProvider(who, { slug: 'slack' }));
  });
});
