import type { Fault } from '@trunkline/contract/faults';
import { providerCategories } from '@trunkline/contract/provider-categories';
import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from './all-providers.ts';
import { classify } from './classify.ts';
import type { Auth, CredentialField, OAuth2Auth, Provider } from './provider.ts';

const urls = (provider: Provider) =>
  [
    provider.website,
    provider.docsUrl,
    provider.statusPageUrl,
    ...provider.errors.map((rule) => rule.link ?? null),
  ].filter((url) => url !== null);
const fieldsOf = (provider: Provider): CredentialField[] => provider.auth.flatMap((auth) => [...auth.fields]);

/** Names in braces that a text needs. */
const placeholders = (text: string) => [...text.matchAll(/\{([A-Za-z]+)\}/g)].map((match) => match[1]!);

/** Every text of a provider in which a placeholder may stand. */
function templatesOf(provider: Provider, auth: Auth): string[] {
  const texts = [provider.baseUrl ?? ''];
  if (provider.health.kind === 'http') texts.push(provider.health.path, provider.health.body ?? '');
  if ('headers' in auth) texts.push(...Object.values(auth.headers));
  if ('basic' in auth && auth.basic) texts.push(...auth.basic);
  if (auth.type === 'oauth2') texts.push(...oauthTemplates(auth));
  return texts;
}

function oauthTemplates(auth: OAuth2Auth): string[] {
  const { revocation, account = [], brings = {} } = auth;
  const facts = [...account, ...Object.values(brings)].flatMap((fact) => {
    if (fact.from === 'values') return [fact.text];
    return fact.from === 'call' ? [fact.path, ...Object.values(fact.headers ?? {})] : [];
  });
  const maps = [auth.tokenParams, revocation?.headers, revocation?.form, revocation?.json];
  return [
    auth.authorizationUrl ?? '',
    auth.tokenUrl,
    auth.revokeUrl ?? '',
    revocation?.url ?? '',
    auth.issuer ?? '',
    ...maps.flatMap((map) => Object.values(map ?? {})),
    ...(revocation?.basic ?? []),
    ...facts,
  ];
}

/** What sounds secret is secret; an address or a public key is not. */
const soundsSecret = (key: string) =>
  /secret|password|token|privateKey|apiKey/i.test(key) && !/url$|host$|public/i.test(key);

type Condition = 'healthy' | 'revoked' | 'rateLimited' | 'down';
const acceptable: Record<Condition, readonly (Fault | null)[]> = {
  healthy: [null],
  revoked: ['reauth', 'scope'],
  rateLimited: ['rateLimit', 'quota'],
  down: ['down'],
};

/** What the health check and the error rules say to each simulated answer. */
function conditionsOf(provider: Provider): { condition: Condition; healthy: boolean; fault: Fault | null }[] {
  const { simulate, health } = provider;
  if (simulate === null) return [];
  return (Object.keys(acceptable) as Condition[]).map((condition) => {
    const { status, body } = simulate[condition];
    const healthy =
      health.kind === 'http'
        ? health.expect.includes(status) &&
          (health.mustContain === undefined || body.includes(health.mustContain))
        : condition === 'healthy';
    const fault = healthy ? null : classify(provider, { status, text: body, mayHaveArrived: false }).fault;
    return { condition, healthy, fault };
  });
}

const hostile = /<|javascript:|\bTODO\b|lorem/i;
const readable = /^[A-Z0-9“"‘(].*[.!?)”]$/s;

describe.each(allProviders.map((provider) => [provider.slug, provider] as const))('%s', (slug, provider) => {
  it('says who it is', () => {
    expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(findProvider(slug)).toBe(provider);
    expect(Object.keys(providerCategories)).toContain(provider.category);
    for (const url of urls(provider)) expect(new URL(url).protocol).toBe('https:');
    expect(provider.description).toMatch(readable);
    for (const step of provider.setupSteps) expect(step).toMatch(readable);
    for (const feature of provider.features) expect(feature.length).toBeLessThan(60);
    // Simulated answers are read by programs only, and some are XML.
    expect(JSON.stringify({ ...provider, simulate: undefined })).not.toMatch(hostile);
  });

  it('says where to find every value that it asks for', () => {
    const fields = fieldsOf(provider);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) {
      expect([field.key, field.key]).toEqual([field.key, expect.stringMatching(/^[a-z][A-Za-z0-9]*$/)]);
      expect([field.key, field.help]).toEqual([field.key, expect.stringMatching(readable)]);
      expect(field.label.length).toBeLessThan(60);
    }
    const open = fields.filter((field) => soundsSecret(field.key) && !field.secret).map((field) => field.key);
    expect(open).toEqual([]);
  });

  it('uses only values that somebody enters or that a token brings', () => {
    const missing = provider.auth.flatMap((auth) => {
      const known = new Set([
        ...auth.fields.map((field) => field.key),
        ...provider.settings.map((setting) => setting.key),
        ...(auth.type === 'oauth2' ? Object.keys(auth.brings ?? {}) : []),
        'accessToken',
        // In the templates of a revocation.
        ...(auth.type === 'oauth2' && auth.revocation ? ['token'] : []),
      ]);
      return templatesOf(provider, auth)
        .flatMap(placeholders)
        .filter((name) => !known.has(name));
    });
    expect(missing).toEqual([]);
  });

  it('does OAuth as the standard wants it', () => {
    const own = /^(?:state|redirect_uri|client_id|scope|code_challenge|code_challenge_method)$/;
    for (const auth of provider.auth.filter((each) => each.type === 'oauth2')) {
      expect(auth.tokenUrl).toMatch(/^https:\/\//);
      expect(auth.authorizationUrl === null).toBe(auth.grant === 'client_credentials');
      expect(auth.authorizationUrl ?? 'https://none').toMatch(/^https:\/\//);
      for (const scope of auth.scopes)
        expect([scope.scope, scope.means.length > 5]).toEqual([scope.scope, true]);
      expect(Object.keys(auth.extraAuthorizeParams).filter((name) => own.test(name))).toEqual([]);
      expect(Object.keys(auth.tokenParams ?? {}).filter((name) => own.test(name))).toEqual([]);
      expect(auth.revocation === undefined || auth.revocation.url || auth.revokeUrl).toBeTruthy();
    }
  });

  it('finds out who is connected by addresses of its own', () => {
    for (const auth of provider.auth.filter((each) => each.type === 'oauth2')) {
      const facts = [...(auth.account ?? []), ...Object.values(auth.brings ?? {})];
      const pointers = facts.flatMap((fact) => (fact.from === 'values' ? [] : [fact.pointer]));
      for (const pointer of pointers) expect(pointer).toMatch(/^(\/[^/]+)+$/);
      const paths = facts.flatMap((fact) => (fact.from === 'call' ? [fact.path] : []));
      for (const path of paths) expect(path).toMatch(/^(\/|https:\/\/|\{\w+\}$)/);
      // An id_token counts only where one knows who must have made it.
      expect(auth.issuer !== undefined || facts.every(({ from }) => from !== 'idToken')).toBe(true);
      // What a sign-in brings need not be entered.
      const asked = auth.fields.filter(({ key, optional }) => auth.brings?.[key] && !optional);
      expect(asked).toEqual([]);
    }
  });

  it('can be checked without side effects', () => {
    const { health } = provider;
    expect(health.why).toMatch(readable);
    const http = health.kind === 'http' ? [health] : [];
    for (const check of http) {
      expect(provider.baseUrl).not.toBeNull();
      expect(check.expect.length).toBeGreaterThan(0);
      expect(check.path).toMatch(/^(\/|https:\/\/)/);
      expect(provider.simulate).not.toBeNull();
    }
  });

  it('knows what its errors mean, in words for people', () => {
    for (const rule of provider.errors) {
      expect(rule.status !== undefined || rule.contains !== undefined).toBe(true);
      expect(rule.title).toMatch(/^[A-Z0-9].*[^.]$/);
      expect([rule.title, rule.cause, rule.fix]).toEqual([
        rule.title,
        expect.stringMatching(readable),
        expect.stringMatching(readable),
      ]);
    }
    // Each rule can be reached: none stands behind one that takes all of its cases.
    provider.errors.forEach((rule, index) => {
      for (const status of rule.status ?? [null]) {
        const text = rule.contains ?? '';
        const first = provider.errors.findIndex(
          (each) =>
            (each.status === undefined || (status !== null && each.status.includes(status))) &&
            (each.contains === undefined || text.includes(each.contains)),
        );
        expect([rule.title, first]).toEqual([rule.title, index]);
      }
    });
  });

  it('is classified by its own rules in every simulated condition', () => {
    const simulated = conditionsOf(provider);
    expect(simulated.length > 0 || provider.health.kind !== 'http').toBe(true);
    for (const { condition, healthy, fault } of simulated) {
      expect([condition, healthy]).toEqual([condition, condition === 'healthy']);
      expect([condition, acceptable[condition].includes(fault)]).toEqual([condition, true]);
    }
  });

  it('verifies what it sends with a key that it has asked for', () => {
    const { inbound } = provider;
    const keys = fieldsOf(provider).map((field) => field.key);
    expect(inbound?.key === undefined || keys.includes(inbound.key)).toBe(true);
    expect(inbound?.algorithm.startsWith('hmac') !== true || inbound.signed?.includes('{rawBody}')).toBe(
      true,
    );
    expect(!inbound?.signed?.includes('{timestamp}') || inbound.timestampHeader !== undefined).toBe(true);
  });

  it('is honest about files', () => {
    const byFile = provider.auth.some((auth) => auth.type === 'sftp' || auth.type === 'manual');
    expect(provider.exchange !== null).toBe(byFile);
    expect(byFile && provider.selfServe).toBe(false);
  });
});

describe('the catalog', () => {
  it('has every provider once, under its own name', () => {
    expect(new Set(allProviders.map((provider) => provider.slug)).size).toBe(allProviders.length);
    expect(new Set(allProviders.map((provider) => provider.name)).size).toBe(allProviders.length);
  });
});
