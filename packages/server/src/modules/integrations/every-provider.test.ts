import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '../../commands/sandbox-definitions.ts';
import { checkConnection } from '../../connections/check.ts';
import { connectionTypeOf } from '../../connections/connection-type.ts';
import { splitValues } from '../../connections/credentials.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Auth, Provider } from '../../providers/provider.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { accountFields, requireGoodValues } from './rules.ts';
import { typedConnection } from './typed-connection.ts';

/*
 * Every provider that is called with keys, against its simulator, which really checks them: the product's own request
 * must be accepted, and every condition must be seen for what it is.
 */

let sandbox: Sandbox;
let test: TestApp;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  test = await createTestApp({ reroute: sandbox.reroute, clock: Date.now });
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});

const ways = allProviders.flatMap((provider) =>
  provider.auth
    .filter((auth) => ['api_key', 'basic', 'signed'].includes(auth.type) && provider.health.kind === 'http')
    .map((auth) => [`${provider.slug} by ${connectionTypeOf(auth)}`, provider, auth] as const),
);

it('leaves out none of the providers with keys', () => {
  expect(ways.length).toBeGreaterThanOrEqual(25);
});

describe.each(ways)('%s', (_name, provider, auth) => {
  afterEach(() => sandbox.setCondition(provider.slug, 'healthy'));

  async function check(change: Record<string, string> = {}) {
    const organization = { id: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01' };
    const fields = accountFields(auth);
    const known = Object.entries(sandbox.account(provider.slug).values).filter(([key]) =>
      fields.some((field) => field.key === key),
    );
    const values = { ...Object.fromEntries(known), ...change };
    requireGoodValues(fields, values, true);
    const ctx = test.anonymous();
    const way: { provider: Provider; auth: Auth } = { provider, auth };
    return checkConnection(test.app, typedConnection(ctx, organization.id, way, splitValues(fields, values)));
  }

  it('is accepted with its credentials, and refused with others', async () => {
    expect(await check()).toMatchObject({ ok: true, problem: null });
    const [secret] = accountFields(auth).filter((field) => field.secret && !field.optional);
    if (!secret) throw new Error('a way with keys has a secret');
    const right = sandbox.account(provider.slug).values[secret.key]!;
    const other = right.endsWith('7') ? '8' : '7';
    const wrong = right.slice(0, -1) + (/[a-z]$/i.test(right) ? (right.endsWith('a') ? 'b' : 'a') : other);
    const refused = await check({ [secret.key]: wrong });
    expect(refused.ok).toBe(false);
    expect(['reauth', 'scope']).toContain(refused.problem?.fault);
    expect(JSON.stringify(refused)).not.toContain(wrong);
  });

  it.each([
    ['rateLimited', ['rateLimit', 'quota']],
    ['down', ['down']],
  ] as const)('is seen for what it is when it is %s', async (condition, faults) => {
    sandbox.setCondition(provider.slug, condition);
    const report = await check();
    expect(report.ok).toBe(false);
    expect(faults).toContain(report.problem?.fault);
  });
});
