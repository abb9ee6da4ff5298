import { afterAll, beforeAll, expect, it } from 'vitest';
import { inOrganization } from '../../db/tenant.ts';
import { tamperWith } from '../../testing/tamper.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { AuditKeeper } from '../../workers/audit-keeper.ts';
import { listAlerts } from '../alerts/list-alerts.ts';
import { sweepAlerts } from '../alerts/sweep-alerts.ts';
import { checkChain } from './check-chain.ts';
import { getAuditSettings } from './get-audit-settings.ts';
import { recordAudit } from './record-audit.ts';

const dayMs = 86_400_000;
const quarterMs = 15 * 60_000;
let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function write(organization: TestOrganization, count: number): Promise<void> {
  const ctx = test.as('utility_admin', organization);
  await inOrganization(ctx, async (tx) => {
    for (let i = 0; i < count; i += 1) {
      await recordAudit(ctx, tx, {
        action: 'webhook.updated',
        target: { type: 'webhook', id: `webhook-${i}`, name: null },
      });
    }
  });
}

async function withRecords(count: number): Promise<TestOrganization> {
  const organization = await test.createOrganization();
  await write(organization, count - 3);
  return organization;
}

const found = async (organization: TestOrganization) =>
  (await getAuditSettings(test.as('viewer', organization), {})).check;

const rename = (organization: TestOrganization, sequence: number, name: string) =>
  tamperWith(test, [
    'UPDATE audit_log SET target_type = $3 WHERE organization_id = $1 AND sequence = $2',
    [organization.id, sequence, name],
  ]);

async function alerts(organization: TestOrganization) {
  await sweepAlerts(test.app);
  const list = await listAlerts(test.as('system_admin', organization), { limit: 10, snoozed: 'include' });
  return list.data.map(({ rule, severity, state, cause, subject, actions }) => ({
    rule,
    severity,
    state,
    cause,
    subject: subject.type,
    href: actions[0]?.href,
  }));
}

it('a round of the keeper says when the log was checked, and up to where', async () => {
  const organization = await withRecords(30);
  expect(await found(organization)).toBeNull();
  const at = new Date(test.time.now).toISOString();
  await new AuditKeeper(test.app).run();
  expect(await found(organization)).toEqual({
    at,
    ok: true,
    through: 30,
    wholeAt: at,
    failingSince: null,
    brokenAt: null,
    reason: null,
  });
  expect(await alerts(organization)).toEqual([]);
});

it('a changed record opens a critical alert, which is over when the record fits again', async () => {
  const organization = await withRecords(20);
  await checkChain(test.app, organization.id);
  await write(organization, 5);
  await rename(organization, 23, 'member');
  const since = new Date(test.time.now).toISOString();
  await checkChain(test.app, organization.id);
  test.time.advance(quarterMs);
  await checkChain(test.app, organization.id);
  expect(await found(organization)).toMatchObject({
    ok: false,
    brokenAt: 23,
    through: 20,
    failingSince: since,
  });
  const alert = {
    rule: 'audit_log_broken',
    severity: 'critical',
    cause: 'Record 23 does not fit its hash: it was changed or stood in another place.',
    subject: 'audit_log',
    href: '/audit',
  };
  expect(await alerts(organization)).toEqual([{ ...alert, state: 'open' }]);
  await rename(organization, 23, 'webhook');
  await checkChain(test.app, organization.id);
  expect(await found(organization)).toMatchObject({ ok: true, brokenAt: null, through: 25 });
  expect(await alerts(organization)).toEqual([{ ...alert, state: 'resolved' }]);
});

it('records of long ago are looked at in parts, from the start again every day', async () => {
  const organization = await withRecords(350);
  const other = await withRecords(3);
  const round = async () => {
    test.time.advance(quarterMs);
    await checkChain(test.app, organization.id, 150);
    await checkChain(test.app, other.id, 150);
    return (await found(organization))?.ok;
  };
  // 150, 300, 350: the whole was seen.
  expect([await round(), (await found(organization))?.wholeAt]).toEqual([true, null]);
  await round();
  await round();
  expect((await found(organization))?.wholeAt).toBe(new Date(test.time.now).toISOString());
  await rename(organization, 220, 'member');
  // Nobody looks there until the day is over.
  expect([await round(), await round(), await round()]).toEqual([true, true, true]);
  test.time.advance(dayMs);
  expect([await round(), await round()]).toEqual([true, false]);
  expect(await found(organization)).toMatchObject({ brokenAt: 220, through: 350 });
  expect(await found(other)).toMatchObject({ ok: true });
  // It does not go past the place.
  expect(await round()).toBe(false);
  await rename(organization, 220, 'webhook');
  expect([await round(), await round()]).toEqual([true, true]);
});

it('an end that was cut off behind what was checked is noticed', async () => {
  const organization = await withRecords(250);
  await checkChain(test.app, organization.id);
  await tamperWith(
    test,
    ['DELETE FROM audit_log WHERE organization_id = $1 AND sequence > 90', [organization.id]],
    [
      `UPDATE audit_heads h SET sequence = l.sequence, hash = l.hash FROM audit_log l
       WHERE h.organization_id = $1 AND l.organization_id = $1 AND l.sequence = 90`,
      [organization.id],
    ],
  );
  await checkChain(test.app, organization.id);
  expect(await found(organization)).toMatchObject({
    ok: false,
    brokenAt: 91,
    reason: 'The log ends with record 90, but 200 were written.',
  });
});

it('a process without the key that signed says nothing, rather than to cry wolf', async () => {
  const organization = await withRecords(5);
  const signer = { ...test.app.signer, knows: () => false, isSigned: () => false };
  await checkChain({ ...test.app, signer }, organization.id);
  expect(await found(organization)).toBeNull();
});
