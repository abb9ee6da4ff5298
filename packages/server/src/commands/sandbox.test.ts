import { createHmac } from 'node:crypto';
import type { SandboxAuth, SandboxProvider } from '@trunkline/sandbox/definition';
import type { Condition } from '@trunkline/sandbox/conditions';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import { fill } from '@trunkline/sandbox/template';
import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProvider } from '../providers/all-providers.ts';
import { classify } from '../providers/classify.ts';
import { eventually } from '../testing/eventually.ts';
import { sandboxDefinitions } from './sandbox-definitions.ts';

/*
 * Every provider of the catalog through the same suite: an adapter that knows only the definition calls the simulated
 * provider and understands each answer by the product's own rules.
 */

const definitions = sandboxDefinitions();
const token = 'token-of-the-suite';
const slowMs = 40;
let random = 0;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  const scopes = definitions.flatMap(({ auth }) =>
    auth.flatMap((each) => (each.type === 'oauth2' ? each.scopes.map(({ scope }) => scope) : [])),
  );
  const active = { active: true, scopes, clientId: 'any', place: {} };
  sandbox = await startSandbox({
    providers: definitions,
    slowMs,
    random: () => random,
    countLimits: false,
    oauth: {
      handle: async () => null,
      tokenOf: (_, presented) => (presented === token ? active : null),
      revokeAll: () => undefined,
    },
  });
});
afterAll(() => sandbox.close());

type Values = Record<string, string>;

/** The health check of a provider, made by its definition alone. */
async function callHealth(
  definition: SandboxProvider,
  auth: SandboxAuth,
  values: Values,
  init: RequestInit = {},
): Promise<Response> {
  const { slug, baseUrl, health, settings } = definition;
  const all = { ...settings, ...values };
  const url = fill(health!.path.startsWith('/') ? `${baseUrl}${health!.path}` : health!.path, all);
  const headers = await headersFor(auth, all, health!.method, url);
  return fetch(sandbox.reroute(slug, url), { method: health!.method, headers, ...init });
}

async function headersFor(auth: SandboxAuth, values: Values, method: string, url: string): Promise<Headers> {
  if (auth.type === 'signed' && auth.scheme === 'aws-sigv4') {
    const signer = new AwsV4Signer({
      method,
      url,
      accessKeyId: values['accessKeyId']!,
      secretAccessKey: values['secretAccessKey']!,
      service: auth.service!,
      region: values['region']!,
    });
    return (await signer.sign()).headers;
  }
  if (auth.type === 'signed') {
    const seconds = String(Math.floor(Date.now() / 1000));
    const { pathname, search } = new URL(url);
    return new Headers({
      'x-app-token': values['appToken']!,
      'x-app-access-ts': seconds,
      'x-app-access-sig': createHmac('sha256', values['secretKey']!)
        .update(`${seconds}${method}${pathname}${search}`)
        .digest('hex'),
    });
  }
  if (auth.type === 'other') return new Headers();
  const headers = Object.entries(auth.headers).map(([name, template]): [string, string] => [
    name,
    fill(template, values),
  ]);
  const basic = 'basic' in auth ? auth.basic?.map((part) => fill(part, values)).join(':') : undefined;
  if (basic !== undefined) headers.push(['authorization', `Basic ${Buffer.from(basic).toString('base64')}`]);
  return new Headers(headers);
}

/** What the product makes of an answer. */
async function faultOf(slug: string, response: Response): Promise<string> {
  const failure = { status: response.status, text: await response.text(), mayHaveArrived: false };
  return classify(findProvider(slug)!, failure).fault;
}

const overHttp = definitions.filter(({ health }) => health !== null);
const ways = overHttp.flatMap((definition) =>
  definition.auth
    .filter((auth) => auth.type !== 'other')
    .map((auth, index) => [`${definition.slug} ${auth.type} ${index}`, definition, auth] as const),
);

it('plays the whole catalog', () => {
  expect(definitions).toHaveLength(64);
  expect(overHttp.length).toBeGreaterThan(45);
});

describe.each(ways)('%s', (_, definition, auth) => {
  const { slug, simulate } = definition;
  const valid = (): Values => ({ accessToken: token, ...sandbox.account(slug).values });
  const inCondition = async (condition: Condition, init?: RequestInit) => {
    sandbox.setCondition(slug, condition);
    return callHealth(definition, auth, valid(), init).finally(() => sandbox.setCondition(slug, 'healthy'));
  };

  it('has an account that its own forms accept', () => {
    const { values } = sandbox.account(slug);
    const fields = auth.fields.filter((field) => !field.optional || values[field.key] !== undefined);
    for (const { key, pattern, options } of fields) {
      expect([key, values[key]]).toEqual([key, expect.stringMatching(pattern ?? /./)]);
      expect([key, options.length === 0 || options.includes(values[key]!)]).toEqual([key, true]);
    }
  });

  it('answers the health check with the right credentials', async () => {
    const response = await callHealth(definition, auth, valid());
    expect(response.status).toBe(simulate!.healthy.status);
    expect(sandbox.traffic(slug)[0]).toMatchObject({ status: response.status, outcome: 'answered' });
  });

  it('refuses each wrong credential, in its own words', async () => {
    const secrets = auth.fields.filter(({ secret }) => secret).map(({ key }) => key);
    const names = auth.type === 'oauth2' ? [...secrets, 'accessToken'] : secrets;
    const rightHeaders = JSON.stringify([...(await headersFor(auth, valid(), 'GET', 'https://x.example/'))]);
    let refused = 0;
    for (const name of names) {
      const wrong = { ...valid(), [name]: `${valid()[name]}x` };
      const headers = JSON.stringify([...(await headersFor(auth, wrong, 'GET', 'https://x.example/'))]);
      if (headers === rightHeaders && !definition.baseUrl?.includes(`{${name}}`)) continue;
      const response = await callHealth(definition, auth, wrong);
      expect(['reauth', 'scope']).toContain(await faultOf(slug, response));
      refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
    const without = await callHealth(definition, auth, valid(), { headers: {} });
    expect(definition.baseUrl?.includes('Token}') || without.status === simulate!.revoked.status).toBe(true);
  });

  it('can be slow, revoked, limited and down', async () => {
    const slow = await inCondition('slow');
    expect(slow.status).toBe(simulate!.healthy.status);
    expect(sandbox.traffic(slug)[0]!.durationMs).toBeGreaterThanOrEqual(slowMs);
    expect(['reauth', 'scope']).toContain(await faultOf(slug, await inCondition('revoked')));
    expect(['rateLimit', 'quota']).toContain(await faultOf(slug, await inCondition('rateLimited')));
    expect(await faultOf(slug, await inCondition('down'))).toBe('down');
    random = 0;
    expect(await faultOf(slug, await inCondition('flaky'))).toBe('down');
    random = 0.9;
    expect((await inCondition('flaky')).status).toBe(simulate!.healthy.status);
  });

  it('can keep silent', async () => {
    await expect(inCondition('answerLost')).rejects.toThrow('fetch failed');
    expect(sandbox.traffic(slug)[0]).toMatchObject({ outcome: 'dropped', status: null });
    const abort = new AbortController();
    const hanging = inCondition('timeout', { signal: abort.signal }).catch((error: Error) => error.name);
    await eventually(() => expect(sandbox.traffic(slug)[0]!.outcome).toBe('hangs'));
    abort.abort();
    expect(await hanging).toBe('AbortError');
  });
});
