import { roles } from '@trunkline/contract/permissions';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tenantTransaction } from '../db/tenant.ts';
import { createTestApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

it('gives contexts of every role with real sessions behind the signed-in ones', async () => {
  const organization = await test.createOrganization('Works');
  for (const role of roles) {
    expect(test.as(role, organization)).toMatchObject({ actor: { role }, organizationId: organization.id });
    const ctx = await test.signedIn(organization.people[role]);
    expect(ctx).toMatchObject({ actor: { role }, organizationId: organization.id });
    expect(await test.app.identity.authenticate(ctx.request.headers)).toMatchObject({ role });
  }
  expect(organization.apiKey).toMatch(/^tl_live_/);
});

it('shows what committed transactions announced', async () => {
  const { id } = await test.createOrganization();
  await test.announced();
  await tenantTransaction(test.app.pool, id, async (tx) => tx.announce('webhooks', ['a']));
  await tenantTransaction(test.app.pool, id, async (tx) => {
    tx.announce('retry');
    throw new Error('rolled back');
  }).catch(() => undefined);
  expect(await test.announced()).toEqual([{ organizationId: id, topic: 'webhooks', ids: ['a'] }]);
  expect(await test.announced()).toEqual([]);
});
