import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allProviders } from '../../../server/src/providers/all-providers.ts';
import type { CredentialField, OAuth2Auth, Provider } from '../../../server/src/providers/provider.ts';
import { definitionOf } from './definition.ts';
import type { OAuthDefinition } from './definition.ts';
import { startOAuthSite, TestApp } from './testing/oauth-site.ts';
import type { OAuthSite } from './testing/oauth-site.ts';

/* Every OAuth provider of the product's catalog, as the product has it. */

const catalog = allProviders.flatMap((provider) => {
  const definition = definitionOf(provider);
  return definition ? [{ provider, definition }] : [];
});
let site: OAuthSite;
beforeAll(async () => {
  site = await startOAuthSite(catalog.map(({ definition }) => definition));
});
afterAll(() => site.close());

const waysOf = (provider: Provider) =>
  provider.auth.filter((auth): auth is OAuth2Auth => auth.type === 'oauth2');
const fieldsOf = (provider: Provider): CredentialField[] =>
  waysOf(provider).flatMap(({ fields }) => [...fields]);

/** Something that fits each name in the provider's addresses. */
function placeOf(provider: Provider): Record<string, string> {
  return Object.fromEntries(
    fieldsOf(provider).map(({ key, example, options }) => [
      key,
      options?.[0]?.value ?? example ?? key.toLowerCase(),
    ]),
  );
}

const byPerson = catalog.filter(({ definition }) => definition.authorizationUrl !== null);
const byApp = catalog.filter(({ definition }) => definition.clientCredentials !== null);

it('is read whole', () => {
  expect(catalog).toHaveLength(allProviders.filter((provider) => waysOf(provider).length > 0).length);
  expect([catalog.length > 30, byPerson.length > 25, byApp.length > 9]).toEqual([true, true, true]);
});

describe.each(byPerson.map((entry) => [entry.definition.slug, entry] as const))(
  '%s',
  (slug, { provider, definition }) => {
    const way = waysOf(provider).find(({ grant }) => grant === 'authorization_code')!;
    const { extraAuthorizeParams } = way;
    const appOf = () => new TestApp(site, definition, placeOf(provider));
    const more: Record<string, string> = slug === 'shopify' ? { expiring: '1' } : {};

    it('connects somebody with what the catalog says, and renews', async () => {
      const app = appOf();
      const tokens = await app.connect(extraAuthorizeParams, more);
      const facts = site.oauth.tokenOf(slug, tokens['access_token'] ?? '');
      expect(facts).toMatchObject({ active: true, account: { email: 'john@company.com' } });
      expect(facts!.scopes).toEqual(definition.scopes.map(({ scope }) => scope));
      expect(tokens['refresh_token'] !== undefined).toBe(definition.refreshable);
      if (!definition.refreshable) return;
      const renewed = (await (await app.refresh(tokens['refresh_token']!)).json()) as Record<string, string>;
      expect(site.oauth.tokenOf(slug, renewed['access_token'] ?? '')?.active).toBe(true);
      expect(renewed['refresh_token'] !== undefined).toBe(definition.rotates ?? true);
    });

    it('shows its name and every scope in plain words', async () => {
      site.oauth.setDecision(slug, 'ask');
      const page = await (await appOf().open(extraAuthorizeParams)).text();
      expect(page).toContain(`your ${definition.name} account`);
      for (const { means } of definition.scopes) expect(page).toContain(means);
    });

    it('has credentials that the catalog accepts', () => {
      const { clientId, clientSecret } = site.oauth.client(slug);
      const values: Record<string, string> = { clientId, clientSecret };
      const refused = fieldsOf(provider).filter(
        ({ key, pattern }) => values[key] !== undefined && pattern?.test(values[key]) === false,
      );
      expect(refused).toEqual([]);
    });
  },
);

it.each(byApp.map((entry) => [entry.definition.slug, entry] as const))(
  '%s gives a token to the app itself',
  async (slug, { provider, definition }) => {
    const app = new TestApp(site, definition, placeOf(provider));
    const audience = slug === 'auth0' ? placeOf(provider)['audience'] : undefined;
    const response = await app.token({ grant_type: 'client_credentials', audience });
    const { access_token } = (await response.json()) as Record<string, string>;
    expect(site.oauth.tokenOf(slug, access_token ?? '')).toMatchObject({ active: true, account: null });
  },
);

it('writes nothing secret into its log', async () => {
  for (const { definition } of byPerson) {
    const { clientSecret } = site.oauth.client(definition.slug);
    const log = JSON.stringify(site.oauth.log(definition.slug));
    expect(log).not.toContain(clientSecret);
    expect(log).not.toMatch(/ya29\.|xoxb-|gho_|shpat_|sk_test_/);
  }
  expect(site.oauth.log('slack').length).toBeGreaterThan(0);
});

it('knows nothing of other addresses, providers and tokens', async () => {
  const elsewhere = await site.call('slack', 'https://slack.com/api/chat.postMessage');
  expect(elsewhere.status).toBe(404);
  expect((await site.call('nobody', 'https://slack.com/api/oauth.v2.access')).status).toBe(404);
  expect(site.oauth.tokenOf('slack', 'made-up')).toBeNull();
  expect(site.oauth.tokenOf('nobody', 'made-up')).toBeNull();
  expect(() => site.oauth.client('nobody')).toThrow('nobody');
  expect(() => site.oauth.allowRedirect('slack', 'https://app.example/#x')).toThrow('fragment');
});

it('reads no OAuth definition out of a provider that has none', () => {
  expect(definitionOf({ slug: 'keys', name: 'Keys', auth: [{ type: 'api_key' }] })).toBeNull();
  const custom: OAuthDefinition | undefined = catalog[0]?.definition;
  expect(custom?.tokenUrl).toMatch(/^https:/);
});
