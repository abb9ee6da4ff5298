import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MockInstance } from 'vitest';
import { createToken, maskToken } from '../../lib/api-token.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { createApiKeyFinder } from './find-api-key.ts';
import type { ApiKeyFinder } from './find-api-key.ts';
import { regenerateApiKey } from './regenerate-api-key.ts';

let test: TestApp;
let finder: ApiKeyFinder;
let queries: MockInstance;

beforeAll(async () => {
  test = await createTestApp();
  queries = vi.spyOn(test.app.pool, 'query');
});
afterAll(() => test.close());
beforeEach(() => {
  finder = createApiKeyFinder(test.app);
  queries.mockClear();
});

/** Queries for keys; writing when they were used is not counted. */
function lookups(): number {
  return queries.mock.calls.filter(([sql]) => String(sql).includes('WHERE token_hash')).length;
}

async function lastUsed(id: string): Promise<number | undefined> {
  const { rows } = await test.app.pool.query<{ at: Date | null }>(
    'SELECT last_used_at AS at FROM api_keys WHERE id = $1',
    [id],
  );
  return rows[0]?.at?.getTime();
}

describe('finding a key', () => {
  it('gives its organization and a name for audit records', async () => {
    const organization = await test.createOrganization();
    expect(await finder.find(organization.apiKey)).toEqual({
      id: organization.apiKeyId,
      organizationId: organization.id,
      name: `API key ${maskToken(organization.apiKey)}`,
      scopes: null,
      networks: [],
      limits: null,
      refusal: null,
    });
  });

  it('costs no query for a token with a wrong checksum', async () => {
    const { apiKey } = await test.createOrganization();
    queries.mockClear();
    const mistyped = apiKey.slice(0, -1) + (apiKey.endsWith('A') ? 'B' : 'A');
    for (const text of ['', 'x', mistyped, `${apiKey} `]) expect(await finder.find(text)).toBeNull();
    expect(queries).not.toHaveBeenCalled();
    expect(await finder.find(createToken(randomBytes))).toBeNull();
    expect(lookups()).toBe(1);
  });

  it('asks once for five seconds, also for many requests at the same time', async () => {
    const { apiKey } = await test.createOrganization();
    await Promise.all(Array.from({ length: 20 }, () => finder.find(apiKey)));
    test.time.advance(4_999);
    await finder.find(apiKey);
    expect(lookups()).toBe(1);
    test.time.advance(1);
    await finder.find(apiKey);
    expect(lookups()).toBe(2);
  });

  it('forgets a replaced key when told, and by itself after five seconds', async () => {
    const organization = await test.createOrganization();
    await finder.find(organization.apiKey);
    const { key } = await regenerateApiKey(test.as('system_admin', organization), { graceSeconds: 0 });
    expect(await finder.find(key)).not.toBeNull();
    expect(await finder.find(organization.apiKey)).not.toBeNull();
    finder.forget(organization.id);
    expect(await finder.find(organization.apiKey)).toBeNull();

    const other = createApiKeyFinder(test.app);
    await other.find(key);
    await regenerateApiKey(test.as('system_admin', organization), { graceSeconds: 0 });
    test.time.advance(5_000);
    expect(await other.find(key)).toBeNull();
  });

  it('keeps what it knows of other organizations', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await finder.find(here.apiKey);
    await finder.find(there.apiKey);
    finder.forget(here.id);
    await finder.find(there.apiKey);
    expect(lookups()).toBe(2);
    finder.forget();
    await finder.find(there.apiKey);
    expect(lookups()).toBe(3);
  });

  it('does not remember an answer that was asked for before it was told to forget', async () => {
    const { id, apiKey } = await test.createOrganization();
    queries.mockClear();
    const asked = finder.find(apiKey);
    finder.forget(id);
    await Promise.all([asked, finder.find(apiKey)]);
    expect(lookups()).toBe(2);
    finder.forget(id);
    const last = finder.find(apiKey);
    finder.forget(id);
    await last;
    await finder.find(apiKey);
    expect(lookups()).toBe(4);
  });

  it('never believes a key past the end of its grace period', async () => {
    const organization = await test.createOrganization();
    await regenerateApiKey(test.as('system_admin', organization), { graceSeconds: 2 });
    expect(await finder.find(organization.apiKey)).not.toBeNull();
    test.time.advance(1_999);
    expect(await finder.find(organization.apiKey)).not.toBeNull();
    expect(lookups()).toBe(1);
    test.time.advance(1);
    expect(await finder.find(organization.apiKey)).toBeNull();
  });
});

describe('when a key was last used', () => {
  it('is written at most every ten seconds, and on demand', async () => {
    const { apiKey, apiKeyId } = await test.createOrganization();
    await finder.flushLastUsed();
    const writes = () => queries.mock.calls.filter(([sql]) => String(sql).includes('last_used_at =')).length;
    for (let i = 0; i < 9; i += 1) {
      test.time.advance(1_000);
      await finder.find(apiKey);
    }
    expect([writes(), await lastUsed(apiKeyId)]).toEqual([0, undefined]);
    test.time.advance(1_000);
    await finder.find(apiKey);
    expect(writes()).toBe(1);
    await vi.waitFor(async () => expect(await lastUsed(apiKeyId)).toBe(test.time.now));

    test.time.advance(1_000);
    await finder.find(apiKey);
    await finder.flushLastUsed();
    expect(await lastUsed(apiKeyId)).toBe(test.time.now);
    const latest = test.time.now;
    const late = createApiKeyFinder({
      pool: test.app.pool,
      clock: () => latest - 500,
      config: test.app.config,
    });
    await late.find(apiKey);
    await late.flushLastUsed();
    expect(await lastUsed(apiKeyId)).toBe(latest);
  });

  it('is kept for the next time when it cannot be written', async () => {
    const { apiKey, apiKeyId } = await test.createOrganization();
    await finder.flushLastUsed();
    await finder.find(apiKey);
    queries.mockImplementationOnce(() => Promise.reject(new Error('the database is away')));
    await expect(finder.flushLastUsed()).rejects.toThrow('away');
    await finder.flushLastUsed();
    expect(await lastUsed(apiKeyId)).toBe(test.time.now);
  });
});
