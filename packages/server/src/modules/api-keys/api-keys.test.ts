import {
  getApiKey as getOperation,
  regenerateApiKey as regenerateOperation,
  revealApiKey as revealOperation,
} from '@trunkline/contract/api-keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken, maskToken } from '../../lib/api-token.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp } from '../../testing/test-app.ts';
import { getApiKey } from './get-api-key.ts';
import { regenerateApiKey } from './regenerate-api-key.ts';
import { revealApiKey } from './reveal-api-key.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function auditOf(organizationId: string): Promise<{ action: string; changes: unknown }[]> {
  const { rows } = await test.app.pool.query<{ action: string; changes: unknown }>(
    'SELECT * FROM audit_log WHERE organization_id = $1 ORDER BY sequence',
    [organizationId],
  );
  return rows;
}

describe('getApiKey', () => {
  it('shows the key masked, to everybody of the organization and to itself', async () => {
    const organization = await test.createOrganization();
    for (const ctx of [test.as('viewer', organization), test.apiKey(organization)]) {
      const key = await getApiKey(ctx, {});
      expect(key).toEqual({
        id: organization.apiKeyId,
        keyPreview: maskToken(organization.apiKey),
        createdAt: new Date(test.time.now).toISOString(),
        createdBy: organization.people.system_admin.name,
        lastUsedAt: null,
        networks: [],
        expiring: [],
      });
    }
    await expectRefusals(test, organization, getOperation, (ctx) => getApiKey(ctx, {}));
  });

  it('is another one in another organization, and none where there is none', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    expect((await getApiKey(test.as('viewer', here), {})).id).not.toBe(there.apiKeyId);
    await test.app.pool.query('DELETE FROM api_keys WHERE organization_id = $1', [here.id]);
    expect((await refusalOf(getApiKey(test.as('viewer', here), {}))).code).toBe('not_found');
    expect((await refusalOf(revealApiKey(test.as('system_admin', here), { purpose: 'show' }))).code).toBe(
      'not_found',
    );
  });
});

describe('revealApiKey', () => {
  it('gives the whole key and leaves a record that does not hold it', async () => {
    const organization = await test.createOrganization();
    await test.announced();
    const ctx = test.as('utility_admin', organization);
    expect(await revealApiKey(ctx, { purpose: 'show' })).toEqual({ key: organization.apiKey });
    expect(await revealApiKey(ctx, { purpose: 'copy' })).toEqual({ key: organization.apiKey });
    const audit = await auditOf(organization.id);
    expect(audit.slice(-2).map(({ action }) => action)).toEqual(['api_key.revealed', 'api_key.copied']);
    expect(JSON.stringify(audit)).not.toContain(organization.apiKey);
    expect((await test.announced()).map(({ topic }) => topic)).toEqual(['audit', 'audit']);
  });

  it('is for administrators who have just proved who they are', async () => {
    const organization = await test.createOrganization();
    const before = await auditOf(organization.id);
    await expectRefusals(test, organization, revealOperation, (ctx) =>
      revealApiKey(ctx, { purpose: 'show' }),
    );
    expect(await auditOf(organization.id)).toEqual(before);
  });

  it('gives no key whose box was moved from another organization', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await test.app.pool.query(
      `UPDATE api_keys SET token_box = (SELECT token_box FROM api_keys WHERE organization_id = $2) WHERE organization_id = $1`,
      [here.id, there.id],
    );
    await expect(revealApiKey(test.as('system_admin', here), { purpose: 'show' })).rejects.toMatchObject({
      code: 'tampered',
    });
  });
});

describe('regenerateApiKey', () => {
  it('ends the old key at once without a grace period', async () => {
    const organization = await test.createOrganization();
    await test.announced();
    const ctx = test.as('system_admin', organization);
    const { key, ...shown } = await regenerateApiKey(ctx, { graceSeconds: 0 });
    expect(key).not.toBe(organization.apiKey);
    expect(shown).toMatchObject({
      keyPreview: maskToken(key),
      expiring: [],
      createdBy: organization.people.system_admin.name,
    });
    expect(await getApiKey(ctx, {})).toEqual(shown);
    expect(await revealApiKey(ctx, { purpose: 'show' })).toEqual({ key });
    const { rows } = await test.app.pool.query(
      'SELECT token_hash, expires_at FROM api_keys WHERE organization_id = $1',
      [organization.id],
    );
    expect(rows).toEqual([{ token_hash: hashToken(key), expires_at: null }]);
    const audit = JSON.stringify(await auditOf(organization.id));
    expect(audit).toContain('api_key.regenerated');
    for (const secret of [key, organization.apiKey]) expect(audit).not.toContain(secret);
    expect(await test.announced()).toContainEqual({ organizationId: organization.id, topic: 'api_key' });
  });

  it('keeps the old key for its grace period, and older ones no longer than that', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('system_admin', organization);
    const second = await regenerateApiKey(ctx, { graceSeconds: 3600 });
    expect(second.expiring).toEqual([
      {
        id: organization.apiKeyId,
        keyPreview: maskToken(organization.apiKey),
        expiresAt: new Date(test.time.now + 3_600_000).toISOString(),
        lastUsedAt: null,
        callers: [],
        moreCallers: 0,
      },
    ]);
    const third = await regenerateApiKey(ctx, { graceSeconds: 60 });
    const soon = new Date(test.time.now + 60_000).toISOString();
    expect(third.expiring.map(({ id, expiresAt }) => [id, expiresAt])).toEqual([
      [second.id, soon],
      [organization.apiKeyId, soon],
    ]);
    test.time.advance(60_000);
    const fresh = test.as('system_admin', organization);
    expect((await getApiKey(fresh, {})).expiring).toEqual([]);
    const fourth = await regenerateApiKey(fresh, { graceSeconds: 60 });
    expect(fourth.expiring.map(({ id }) => id)).toEqual([third.id]);
    const { rows } = await test.app.pool.query('SELECT count(*) FROM api_keys WHERE organization_id = $1', [
      organization.id,
    ]);
    expect(rows).toEqual([{ count: 2 }]);
  });

  it('leaves one active key when several are made at the same time', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('system_admin', organization);
    const made = await Promise.all([1, 2, 3, 4].map(() => regenerateApiKey(ctx, { graceSeconds: 0 })));
    const { rows } = await test.app.pool.query<{ id: string }>(
      'SELECT id FROM api_keys WHERE organization_id = $1',
      [organization.id],
    );
    expect(rows).toHaveLength(1);
    expect(made.map(({ id }) => id)).toContain(rows[0]?.id);
  });

  it('is for system administrators who have just proved who they are, and stays in the organization', async () => {
    const [here, there] = [await test.createOrganization(), await test.createOrganization()];
    await expectRefusals(test, here, regenerateOperation, (ctx) =>
      regenerateApiKey(ctx, { graceSeconds: 0 }),
    );
    expect((await getApiKey(test.as('viewer', here), {})).id).toBe(here.apiKeyId);
    await regenerateApiKey(test.as('system_admin', here), { graceSeconds: 0 });
    expect((await getApiKey(test.as('viewer', there), {})).id).toBe(there.apiKeyId);
  });
});
