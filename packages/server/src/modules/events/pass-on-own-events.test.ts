import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../../db/tenant.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import type { OwnEvent } from '../../outbox/record-own-event.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { passOnOwnEvents } from './pass-on-own-events.ts';

let test: TestApp;
let a: TestOrganization;
let b: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  a = await test.createOrganization();
  b = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(() => test.database.pool.query('DELETE FROM own_events'));

function record(organization: TestOrganization, type: string): Promise<void> {
  return tenantTransaction(test.app.pool, organization.id, (tx) =>
    recordOwnEvent(test.app, tx, type, { about: type }),
  );
}

/** Types of the events that the organization's webhooks get, in their order, since the last look. */
let seen = 0;
async function sent(): Promise<{ type: string; organizationId: string }[]> {
  const { rows } = await test.database.pool.query<{ type: string; organizationId: string }>(
    'SELECT type, organization_id AS "organizationId" FROM events ORDER BY id OFFSET $1',
    [seen],
  );
  seen += rows.length;
  return rows;
}

async function left(): Promise<number> {
  const { rows } = await test.database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM own_events');
  return rows[0]!.n;
}

describe('own events', () => {
  it('exist only when the transaction of their fact commits', async () => {
    await expect(
      tenantTransaction(test.app.pool, a.id, async (tx) => {
        await recordOwnEvent(test.app, tx, 'one.undone', {});
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await left()).toBe(0);
  });

  it('go to the webhooks and to what reacts, in their order, each in its organization; then they are gone', async () => {
    await record(a, 'one.first');
    await record(b, 'one.second');
    const reacted: OwnEvent[] = [];
    const taken = await passOnOwnEvents(test.app, 10, [
      async (_app, tx, event) => {
        expect(tx.organizationId).toBe(event.organizationId);
        reacted.push(event);
      },
    ]);
    expect(taken).toBe(2);
    const expected = [
      { type: 'one.first', organizationId: a.id },
      { type: 'one.second', organizationId: b.id },
    ];
    expect(await sent()).toEqual(expected);
    expect(reacted).toMatchObject(expected);
    expect(await left()).toBe(0);
    expect(await passOnOwnEvents(test.app, 10, [])).toBe(0);
  });

  it('whose reaction fails is tried again later, holds up no other and is sent to webhooks once', async () => {
    await record(a, 'two.bad');
    await record(a, 'two.good');
    const reacted: string[] = [];
    const react = async (_app: unknown, _tx: unknown, { type }: OwnEvent) => {
      if (type === 'two.bad' && reacted.length < 1) throw new Error('not now');
      reacted.push(type);
    };
    expect(await passOnOwnEvents(test.app, 10, [react])).toBe(2);
    expect(reacted).toEqual(['two.good']);
    expect(await passOnOwnEvents(test.app, 10, [react])).toBe(0);
    test.time.advance(2_001);
    expect(await passOnOwnEvents(test.app, 10, [react])).toBe(1);
    expect(reacted).toEqual(['two.good', 'two.bad']);
    expect((await sent()).map(({ type }) => type)).toEqual(['two.bad', 'two.good']);
    expect(await left()).toBe(0);
  });

  it('that a node took and did not finish are taken by another one, after the lease', async () => {
    await record(a, 'three.held');
    const reactions: string[] = [];
    await passOnOwnEvents(test.app, 10, [
      async () => {
        // Meanwhile nobody else takes it, and when it takes too long somebody else does.
        expect(await passOnOwnEvents(test.app, 10, [])).toBe(0);
        reactions.push('slow');
      },
    ]);
    expect(reactions).toEqual(['slow']);
    expect(await left()).toBe(0);

    await record(a, 'three.lost');
    const died = { ...test.app, engine: { accept: () => Promise.reject(new Error('the process died')) } };
    await expect(passOnOwnEvents(died as unknown as typeof test.app, 10, [])).rejects.toThrow('died');
    expect(await passOnOwnEvents(test.app, 10, [])).toBe(0);
    test.time.advance(30_001);
    expect(await passOnOwnEvents(test.app, 10, [])).toBe(1);
    expect((await sent()).map(({ type }) => type)).toEqual(['three.held', 'three.lost']);
  });

  it('are taken by one of many nodes at a time', async () => {
    for (let n = 0; n < 40; n += 1) await record(n % 2 ? a : b, `four.${n}`);
    const reacted: string[] = [];
    const react = async (_app: unknown, _tx: unknown, { type }: OwnEvent) => void reacted.push(type);
    const taken = await Promise.all(Array.from({ length: 6 }, () => passOnOwnEvents(test.app, 10, [react])));
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(40);
    expect(new Set(reacted).size).toBe(40);
    expect(reacted).toHaveLength(40);
  });
});
