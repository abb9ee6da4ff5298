import { listAudit as listOperation, verifyAudit as verifyOperation } from '@trunkline/contract/audit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { tamperWith } from '../../testing/tamper.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { revealApiKey } from '../api-keys/reveal-api-key.ts';
import { saveEventType } from '../events/save-event-type.ts';
import { listAudit } from './list-audit.ts';
import { recordAudit } from './record-audit.ts';
import { verifyAudit } from './verify-audit.ts';

let test: TestApp;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

type Filter = Omit<Parameters<typeof listAudit>[1], 'limit'>;

function list(organization: TestOrganization, filter: Filter = {}, limit = 50) {
  return listAudit(test.as('viewer', organization), listOperation.input.parse({ limit, ...filter }));
}

function verify(organization: TestOrganization) {
  return verifyAudit(test.as('viewer', organization), {});
}

/** An organization with `count` records, the first three of its creation. */
async function withRecords(count: number): Promise<TestOrganization> {
  const organization = await test.createOrganization();
  const ctx = test.as('utility_admin', organization);
  for (let i = 3; i < count; i += 1) {
    await inOrganization(ctx, (tx) =>
      recordAudit(ctx, tx, {
        action: i % 2 === 0 ? 'webhook.updated' : 'webhook.created',
        target: { type: 'webhook', id: `webhook-${i}`, name: `Nº ${i} 😀` },
        changes: {
          retry: { before: null, after: { seconds: 0.1 + i, list: [1e21, 'é', null], z: 1, a: 2 } },
        },
      }),
    );
  }
  return organization;
}

describe('listAudit', () => {
  it('gives what happened, newest first, in pages', async () => {
    const organization = await withRecords(8);
    const all = await list(organization);
    expect(all.data.map(({ sequence }) => sequence)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(all.nextCursor).toBeNull();
    expect(all.data[0]).toMatchObject({
      action: 'webhook.created',
      occurredAt: new Date(test.time.now).toISOString(),
      actor: { type: 'user', id: organization.people.utility_admin.id },
      target: { type: 'webhook', id: 'webhook-7', name: 'Nº 7 😀' },
      context: { userAgent: 'test browser' },
      changes: { retry: { before: null } },
    });
    expect(listOperation.output.parse(all)).toEqual(all);
    const pages: number[][] = [];
    let cursor: string | undefined;
    do {
      const page = await list(organization, { cursor }, 3);
      pages.push(page.data.map(({ sequence }) => sequence));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && pages.length < 10);
    expect(pages).toEqual([
      [8, 7, 6],
      [5, 4, 3],
      [2, 1],
    ]);
  });

  it('filters by action or its first word, actor, target and time', async () => {
    const organization = await withRecords(7);
    const sequences = async (filter: Filter) =>
      (await list(organization, filter)).data.map(({ sequence }) => sequence);
    expect(await sequences({ action: 'webhook' })).toEqual([7, 6, 5, 4]);
    expect(await sequences({ action: 'webhook.updated' })).toEqual([7, 5]);
    expect(await sequences({ action: 'web' })).toEqual([]);
    expect(await sequences({ actorId: organization.people.utility_admin.id })).toEqual([7, 6, 5, 4]);
    expect(await sequences({ targetId: 'webhook-4', action: 'webhook' })).toEqual([5]);
    expect(await sequences({ targetType: 'webhook' })).toEqual([7, 6, 5, 4]);
    expect(await sequences({ search: 'nº 5 😀' })).toEqual([6]);
    expect(await sequences({ search: 'SIGNED_' })).toEqual([]);
    expect(await sequences({ search: '5.1' })).toEqual([6]);
    expect(await sequences({ search: '%' })).toEqual([]);
    test.time.advance(60_000);
    const since = new Date(test.time.now).toISOString();
    const ctx = test.as('utility_admin', organization);
    await revealApiKey(ctx, { purpose: 'show' });
    expect(await sequences({ since })).toEqual([8]);
    expect(await sequences({ until: since })).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await sequences({ since: since.replace('Z', '+01:00') })).toHaveLength(8);
  });

  it.each(['garbage', '!', 'WyJ4Il0', 'WzEsMl0'])('refuses the cursor %s', async (cursor) => {
    const organization = await test.createOrganization();
    const refusal = await refusalOf(list(organization, { cursor }));
    expect(refusal).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/cursor' }] });
  });

  it('shows nothing of another organization, and nothing to strangers', async () => {
    const [here, there] = [await withRecords(5), await test.createOrganization()];
    const foreign = here.people.utility_admin.id;
    expect((await list(there, { actorId: foreign })).data).toEqual([]);
    expect((await list(there, { targetId: 'webhook-4' })).data).toEqual([]);
    expect((await list(there)).data).toHaveLength(3);
    await expectRefusals(test, here, listOperation, (ctx) => listAudit(ctx, { limit: 50 }));
    await expectRefusals(test, here, verifyOperation, (ctx) => verifyAudit(ctx, {}));
  });
});

describe('verifyAudit', () => {
  it('accepts a chain that simultaneous writers made, over many pages', async () => {
    const organization = await test.createOrganization();
    const ctx = test.as('utility_admin', organization);
    await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        saveEventType(ctx, {
          name: `own.type_${i}`,
          group: 'Custom',
          description: 'One',
          schema: { type: 'object' },
          example: {},
        }),
      ),
    );
    await inOrganization(ctx, async (tx) => {
      for (let i = 0; i < 500; i += 1) {
        await recordAudit(ctx, tx, {
          action: 'webhook.tested',
          target: { type: 'webhook', id: null, name: null },
        });
      }
    });
    expect(await verify(organization)).toEqual({
      ok: true,
      checked: 527,
      brokenAt: null,
      reason: null,
      removed: 0,
      checkpoints: 6,
      signedSince: null,
    });
    await tamperWith(test, [
      `UPDATE audit_log SET actor_name = 'x' WHERE organization_id = $1 AND sequence = 520`,
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({ ok: false, checked: 519, brokenAt: 520 });
  });

  it('is not held up by a transaction that was rolled back', async () => {
    const organization = await withRecords(4);
    const ctx = test.as('utility_admin', organization);
    await inOrganization(ctx, async (tx) => {
      await recordAudit(ctx, tx, {
        action: 'webhook.tested',
        target: { type: 'webhook', id: null, name: null },
      });
      throw new Error('rolled back');
    }).catch(() => undefined);
    await revealApiKey(ctx, { purpose: 'show' });
    expect(await verify(organization)).toMatchObject({ ok: true, checked: 5 });
  });

  it.each([
    ['action', `'webhook.deleted'`],
    ['actor_type', `'system'`],
    ['actor_id', 'NULL'],
    ['actor_name', `'Somebody else'`],
    ['target_type', `'member'`],
    ['target_id', `'another'`],
    ['target_name', 'NULL'],
    ['ip', `'192.0.2.1'`],
    ['user_agent', `''`],
    ['request_id', 'NULL'],
    ['id', 'gen_random_uuid()'],
    ['occurred_at', `occurred_at + interval '1 microsecond'`],
    ['changes', `changes || '{"more": 1}'`],
    ['hash', `sha256('x')`],
    ['hash', `''`],
  ])('finds a changed %s', async (column, value) => {
    const organization = await withRecords(6);
    await tamperWith(test, [
      `UPDATE audit_log SET ${column} = ${value} WHERE organization_id = $1 AND sequence = 5`,
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      checked: 4,
      brokenAt: 5,
      reason: 'Record 5 does not fit its hash: it was changed or stood in another place.',
    });
  });

  it('finds a record that was removed, also when the others close ranks', async () => {
    const organization = await withRecords(7);
    await tamperWith(test, [
      'DELETE FROM audit_log WHERE organization_id = $1 AND sequence = 4',
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      brokenAt: 4,
      reason: 'Record 4 is missing; the next one there is 5.',
    });
    for (const sequence of [5, 6, 7]) {
      await tamperWith(test, [
        'UPDATE audit_log SET sequence = sequence - 1 WHERE organization_id = $1 AND sequence = $2',
        [organization.id, sequence],
      ]);
    }
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 4 });
  });

  it('finds records that changed places', async () => {
    const organization = await withRecords(6);
    const move = (from: number, to: number): [string, unknown[]] => [
      'UPDATE audit_log SET sequence = $3 WHERE organization_id = $1 AND sequence = $2',
      [organization.id, from, to],
    ];
    await tamperWith(test, move(4, 100), move(5, 4), move(100, 5));
    expect(await verify(organization)).toMatchObject({ ok: false, checked: 3, brokenAt: 4 });
  });

  it('finds an end that was cut off, an emptied log and a record past the end', async () => {
    const organization = await withRecords(6);
    await tamperWith(test, [
      'DELETE FROM audit_log WHERE organization_id = $1 AND sequence > 4',
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({
      ok: false,
      checked: 4,
      brokenAt: 5,
      reason: 'The log ends with record 4, but 6 were written.',
    });
    // Turning back the number of the head alone does not hide it.
    await tamperWith(test, [
      'UPDATE audit_heads SET sequence = 4 WHERE organization_id = $1',
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 4 });
    await tamperWith(test, [
      'UPDATE audit_heads SET sequence = 3 WHERE organization_id = $1',
      [organization.id],
    ]);
    expect(await verify(organization)).toMatchObject({ ok: false, brokenAt: 4 });
    await tamperWith(test, ['DELETE FROM audit_log WHERE organization_id = $1', [organization.id]]);
    expect(await verify(organization)).toMatchObject({ ok: false, checked: 0, brokenAt: 1 });
    await tamperWith(test, ['DELETE FROM audit_heads WHERE organization_id = $1', [organization.id]]);
    expect(await verify(organization)).toMatchObject({ ok: false, checked: 0, brokenAt: 1 });
  });

  it('is not disturbed by another organization, whose chain is its own', async () => {
    const [here, there] = [await withRecords(5), await withRecords(5)];
    await tamperWith(test, ['DELETE FROM audit_log WHERE organization_id = $1', [there.id]]);
    expect(await verify(here)).toMatchObject({ ok: true, checked: 5 });
    expect(await verify(there)).toMatchObject({ ok: false });
  });
});

describe('the log', () => {
  it('takes new records only, from its owner and from a tenant', async () => {
    const organization = await test.createOrganization();
    const change = `UPDATE audit_log SET actor_name = 'x' WHERE organization_id = $1`;
    const removal = 'DELETE FROM audit_log WHERE organization_id = $1';
    for (const sql of [change, removal]) {
      await expect(test.app.pool.query(sql, [organization.id])).rejects.toThrow('new records only');
      const asTenant = tenantTransaction(test.app.pool, organization.id, (tx) =>
        tx.query(sql, [organization.id]),
      );
      await expect(asTenant).rejects.toMatchObject({ code: '42501' });
    }
  });
});
