import { getInsights } from '@trunkline/contract/insights';
import type { OutputOf } from '@trunkline/contract/operation';
import { getUsage } from '@trunkline/contract/usage';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callOperation } from '../../../bindings.ts';
import { verifyAudit } from '../../../modules/audit/verify-audit.ts';
import { createTestApp } from '../../../testing/test-app.ts';
import type { TestApp } from '../../../testing/test-app.ts';
import { demoOrganizations } from '../organizations.ts';
import { writeCallHistory } from './calls.ts';
import { writeHistory } from './write-history.ts';

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

it('gives an organization weeks of usage and of people, and an audit log that holds', async () => {
  const { app } = test;
  const organization = await test.createOrganization();
  const [story] = demoOrganizations;
  if (!story) throw new Error('the demo has no organization');
  const administrator = organization.people.system_admin;
  await writeHistory(app, organization.id, { ...story, email: administrator.email }, 'a long pass phrase');
  await writeCallHistory(app, organization.id);
  const ctx = test.as('system_admin', organization);

  const day = (await callOperation(getUsage, ctx, { range: '24h' })) as OutputOf<typeof getUsage>;
  const month = (await callOperation(getUsage, ctx, { range: '30d' })) as OutputOf<typeof getUsage>;
  for (const { totals, endpoints, keys } of [day, month]) {
    expect(totals.succeededPercent).toBeGreaterThan(75);
    expect(totals.clientErrors).toBeGreaterThan(0);
    expect(totals.serverErrors).toBeGreaterThan(0);
    expect(totals.throttled).toBeGreaterThan(0);
    expect(endpoints.length).toBeGreaterThan(4);
    expect(keys).toHaveLength(3);
  }
  expect(month.totals.requests).toBeGreaterThan(5 * day.totals.requests);

  for (const group of ['experience', 'security'] as const) {
    const { answers } = (await callOperation(getInsights, ctx, { group })) as OutputOf<typeof getInsights>;
    const empty = answers.filter(({ rows }) => rows.length === 0).map(({ name }) => name);
    // The rotation is older than a month, and the webhooks are not a part of this history.
    expect(empty.filter((name) => !['keyRotation', 'webhookPractice'].includes(name))).toEqual([]);
  }
  expect(await verifyAudit(ctx, {})).toMatchObject({ ok: true });
}, 60_000);
