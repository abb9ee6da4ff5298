import { CustomDefinition } from '@trunkline/contract/custom-providers';
import { describe, expect, it } from 'vitest';
import { classify } from '../providers/classify.ts';
import type { Provider } from '../providers/provider.ts';
import { destinationsOf, providerFromDefinition } from './custom-provider.ts';

const base = { name: 'Acme', category: 'automation' };
const rest = {
  ...base,
  kind: 'rest',
  baseUrl: 'https://api.acme.example/v1',
  auth: { type: 'bearer' },
  health: { path: '/me' },
};
const oauth2 = {
  ...base,
  kind: 'oauth2',
  authorizationUrl: 'https://login.acme.example/authorize',
  tokenUrl: 'https://login.acme.example/token',
  userinfoUrl: 'https://login.acme.example/userinfo',
  scopes: [{ scope: 'openid', means: 'Know who is connected' }],
  extraAuthorizeParams: { prompt: 'consent' },
};
const smtp = { ...base, kind: 'smtp', category: 'email', host: 'mail.acme.example' };
const s3 = { ...base, kind: 's3', category: 'storage', endpoint: 'https://s3.acme.example', region: 'eu-1' };
const hmac = {
  ...base,
  kind: 'hmac-webhook',
  header: 'X-Signature',
  prefix: 'sha256=',
  signed: '{timestamp}.{rawBody}',
  timestampHeader: 'X-Time',
  replayId: 'event.id',
};
const all = [rest, oauth2, smtp, s3, hmac];

const provide = (input: unknown): Provider =>
  providerFromDefinition('custom-acme', CustomDefinition.parse(input));

/** Where a definition is refused, as paths. */
function faultsOf(input: unknown): string[] {
  const result = CustomDefinition.safeParse(input);
  return result.success ? [] : result.error.issues.map(({ path }) => path.join('.'));
}

describe('a provider made from a definition', () => {
  it.each(all.map((input) => [input.kind, input] as const))('%s stands by itself', (_, input) => {
    const provider = provide(input);
    expect(provider).toMatchObject({ slug: 'custom-acme', name: 'Acme', selfServe: true, simulate: null });
    for (const text of [provider.description, provider.health.why, ...provider.setupSteps]) {
      expect(text).toMatch(/^[A-Z].*\.$/);
    }
    const [auth] = provider.auth;
    const known = new Set([
      ...auth.fields.map(({ key }) => key),
      ...Object.keys(provider.fixedValues ?? {}),
      'accessToken',
    ]);
    const templates = [
      provider.baseUrl ?? '',
      ...('headers' in auth ? Object.values(auth.headers) : []),
      ...('basic' in auth ? (auth.basic ?? []) : []),
      ...('query' in auth ? Object.values(auth.query ?? {}) : []),
    ];
    const named = templates.flatMap((text) => [...text.matchAll(/\{([A-Za-z]+)\}/g)].map((m) => m[1]!));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    for (const field of auth.fields) {
      expect(field.help).toMatch(/\.$/);
      expect(field.secret || !/secret|password|token|apiKey/i.test(field.key)).toBe(true);
    }
    const refused = classify(provider, { status: 401, text: '', mayHaveArrived: false });
    expect(refused.fault).toBe('reauth');
  });

  it('sends a key where the API wants it', () => {
    const authOf = (auth: object) => provide({ ...rest, auth }).auth[0];
    expect(authOf({ type: 'header', header: 'X-Api-Key', prefix: 'Token ' })).toMatchObject({
      type: 'api_key',
      headers: { 'X-Api-Key': 'Token {apiKey}' },
    });
    expect(authOf({ type: 'query', parameter: 'api_key', label: 'Key' })).toMatchObject({
      headers: {},
      query: { api_key: '{apiKey}' },
      fields: [{ key: 'apiKey', label: 'Key', secret: true }],
    });
    expect(authOf({ type: 'bearer' })).toMatchObject({ headers: { authorization: 'Bearer {token}' } });
    expect(authOf({ type: 'basic', userLabel: 'Site' })).toMatchObject({
      type: 'basic',
      basic: ['{username}', '{password}'],
      fields: [{ label: 'Site', secret: false }, { secret: true }],
    });
    expect(
      provide({ ...rest, health: { path: '/me', expect: [204], mustContain: '"ok":{' } }).health,
    ).toMatchObject({
      kind: 'http',
      method: 'GET',
      path: '/me',
      expect: [204],
      mustContain: '"ok":{',
    });
  });

  it('asks an OAuth provider for the account, a chosen address, or a token', () => {
    expect(provide(oauth2).health).toMatchObject({ kind: 'http', path: oauth2.userinfoUrl });
    expect(provide({ ...oauth2, userinfoUrl: null }).health.kind).toBe('token');
    const chosen = { ...oauth2, baseUrl: 'https://api.acme.example', health: { path: '/ping' } };
    expect(provide(chosen).health).toMatchObject({ path: '/ping' });
    expect(provide(oauth2).auth[0]).toMatchObject({
      type: 'oauth2',
      grant: 'authorization_code',
      tokenAuthMethod: 'basic',
      refreshable: true,
      extraAuthorizeParams: { prompt: 'consent' },
      scopes: [{ scope: 'openid', required: true }],
      fields: [
        { key: 'clientId', level: 'app' },
        { key: 'clientSecret', level: 'app', secret: true },
      ],
    });
    const machine = provide({ ...oauth2, grant: 'client_credentials' });
    expect(machine.auth[0]).toMatchObject({ authorizationUrl: null, refreshable: false });
    expect(machine.health.kind).toBe('token');
  });

  it('settles the host of a mail server and the address of a store', () => {
    expect(provide({ ...smtp, port: 465 }).fixedValues).toEqual({ host: 'mail.acme.example', port: '465' });
    expect(provide(smtp).auth[0].fields.map(({ key }) => key)).toEqual([
      'username',
      'password',
      'fromEmail',
      'fromName',
    ]);
    expect(provide(s3)).toMatchObject({
      baseUrl: 'https://s3.acme.example/{bucket}',
      fixedValues: { region: 'eu-1' },
      auth: [{ type: 'signed', scheme: 'aws-sigv4', service: 's3' }],
    });
    expect(provide({ ...s3, bucketStyle: 'host' }).baseUrl).toBe('https://{bucket}.s3.acme.example');
  });

  it('verifies webhooks by the described scheme', () => {
    expect(provide(hmac).inbound).toEqual({
      scheme: 'custom-hmac',
      headers: ['X-Signature', 'X-Time'],
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      prefix: 'sha256=',
      key: 'signingSecret',
      signed: '{timestamp}.{rawBody}',
      timestampHeader: 'X-Time',
      toleranceSeconds: 300,
      replayId: 'event.id',
    });
    const plain = { ...base, kind: 'hmac-webhook', header: 'X-Signature' };
    expect(provide(plain).inbound).toMatchObject({ headers: ['X-Signature'], signed: '{rawBody}' });
    expect(provide(plain).inbound).not.toHaveProperty('toleranceSeconds');
  });
});

describe('a definition', () => {
  it.each([
    [{ ...rest, baseUrl: 'https://{token}.evil.example' }, 'baseUrl'],
    [{ ...rest, name: 'A\nB' }, 'name'],
    [{ ...rest, docsUrl: 'javascript:alert(1)' }, 'docsUrl'],
    [{ ...rest, category: 'constructor' }, 'category'],
    [{ ...rest, health: { path: '//evil.example/' } }, 'health.path'],
    [{ ...rest, health: { path: 'https://evil.example/' } }, 'health.path'],
    [{ ...rest, health: { path: '/{token}' } }, 'health.path'],
    [{ ...rest, health: { path: '/a b' } }, 'health.path'],
    [{ ...rest, auth: { type: 'header', header: 'Host' } }, 'auth.header'],
    [{ ...rest, auth: { type: 'header', header: 'X-Key\r\nX' } }, 'auth.header'],
    [{ ...rest, auth: { type: 'header', header: 'X-Key', prefix: '\r\nX: ' } }, 'auth.prefix'],
    [{ ...rest, auth: { type: 'query', parameter: 'a&b' } }, 'auth.parameter'],
    [{ ...oauth2, tokenUrl: null }, 'tokenUrl'],
    [{ ...oauth2, authorizationUrl: null }, 'authorizationUrl'],
    [{ ...oauth2, health: { path: '/me' } }, 'baseUrl'],
    [{ ...oauth2, extraAuthorizeParams: { redirect_uri: 'x' } }, 'extraAuthorizeParams.redirect_uri'],
    [{ ...oauth2, scopes: [{ scope: 'a b', means: 'Two' }] }, 'scopes.0.scope'],
    [{ ...smtp, host: 'mail.example/x' }, 'host'],
    [{ ...smtp, port: 22 }, 'port'],
    [{ ...hmac, signed: '{timestamp}' }, 'signed'],
    [{ ...hmac, signed: '{secret}{timestamp}{rawBody}' }, 'signed'],
    [{ ...hmac, timestampHeader: null }, 'timestampHeader'],
  ])('%j is refused', (input, path) => expect(faultsOf(input)).toEqual([path]));

  it('of client credentials needs no address for consent', () => {
    expect(faultsOf({ ...oauth2, grant: 'client_credentials', authorizationUrl: null })).toEqual([]);
    expect(faultsOf({ ...base, kind: 'oauth2', discoveryUrl: 'https://login.acme.example' })).toEqual([]);
  });
});

describe('destinationsOf', () => {
  const same = (a: object, b: object) => {
    const [one, two] = [a, b].map((each) => destinationsOf(CustomDefinition.parse(each)));
    return JSON.stringify(one) === JSON.stringify(two);
  };

  it.each([
    [rest, { baseUrl: 'https://api.acme.example.evil.example/v1' }],
    [rest, { baseUrl: 'https://api.acme.example:8443/v1' }],
    [rest, { auth: { type: 'query', parameter: 'key' } }],
    [oauth2, { tokenUrl: 'https://evil.example/token' }],
    [oauth2, { userinfoUrl: 'https://evil.example/userinfo' }],
    [oauth2, { revokeUrl: 'https://evil.example/revoke' }],
    [oauth2, { baseUrl: 'https://evil.example' }],
    [oauth2, { grant: 'client_credentials' }],
    [smtp, { host: 'evil.example' }],
    [smtp, { port: 25 }],
    [s3, { endpoint: 'https://evil.example' }],
  ])('%j and %j are apart', (definition, change) => {
    expect(same(definition, { ...definition, ...change })).toBe(false);
  });

  it('looks at where credentials go only', () => {
    const change = { name: 'Other', baseUrl: 'https://api.acme.example/v2', health: { path: '/other' } };
    expect(same(rest, { ...rest, ...change })).toBe(true);
    expect(same(hmac, { ...hmac, header: 'X-Other' })).toBe(true);
  });
});
