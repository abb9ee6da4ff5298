import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendEvents } from '../modules/events/send-events.ts';
import { answer, createDeliveryTest } from '../testing/delivery-app.ts';
import type { DeliveryTest, Node } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import type { TestOrganization } from '../testing/test-app.ts';
import { closeCircuit, healthOf, openCircuit, takeProbes } from './circuit.ts';
import type { Outcome } from './types.ts';

let test: DeliveryTest;
let organization: TestOrganization;
let one: Node;
let two: Node;

beforeAll(async () => {
  test = await createDeliveryTest();
  organization = await test.createOrganization();
  two = await test.startNode({ quiet: true });
  one = await test.startNode({ quiet: true });
});
afterAll(() => test.close());
beforeEach(async () => {
  test.receiver.respond = answer(200);
  test.receiver.requests.length = 0;
  await test.database.pool.query('DELETE FROM delivery_queue');
  await test.database.pool.query('UPDATE webhooks SET deleted_at = now(), version = version + 1');
  await test.announced();
});

const post = (count: number) =>
  sendEvents(
    { ...test.apiKey(organization), app: one.app },
    Array.from({ length: count }, () => ({ type: 'job.created', data: {} })),
  );

async function circuit(webhookId: string) {
  const { rows } = await test.database.pool.query<{
    open: boolean;
    opened: boolean;
    probes: number;
    waitSeconds: number | null;
  }>(
    `SELECT w.circuit_open AS open, h.circuit_opened_at IS NOT NULL AS opened, h.circuit_probes AS probes,
       round(extract(epoch FROM h.circuit_probe_at - now()))::int AS "waitSeconds"
     FROM webhooks w JOIN webhook_health h ON h.webhook_id = w.id WHERE w.id = $1`,
    [webhookId],
  );
  return rows[0]!;
}

/** What the verb does. */
async function probeNow(webhookId: string): Promise<void> {
  await test.database.pool.query('UPDATE webhook_health SET circuit_probe_at = now() WHERE webhook_id = $1', [
    webhookId,
  ]);
  for (const { engine } of [one, two]) engine.wake();
}

async function held(webhookId: string): Promise<boolean[]> {
  const { rows } = await test.database.pool.query<{ held: boolean }>(
    `SELECT due_at = 'infinity' AND owner IS NULL AS held FROM delivery_queue WHERE webhook_id = $1`,
    [webhookId],
  );
  return rows.map((row) => row.held);
}

describe('the circuit of an endpoint', () => {
  it('opens after failures in a row, holds everything, and closes with a probe that succeeds', async () => {
    const { id } = await test.webhook(organization, {
      retry: { maxRetries: 10, initialDelaySeconds: 1 },
    });
    test.receiver.respond = answer(503);
    await post(12);
    // Its failures have to last some seconds.
    await eventually(async () => {
      expect(await circuit(id)).toMatchObject({ open: true, opened: true, probes: 0 });
    }, 20_000);
    expect(test.receiver.requests.length).toBeGreaterThanOrEqual(20);
    expect((await circuit(id)).waitSeconds).toBeGreaterThan(5);
    expect(await test.announced()).toContainEqual({
      organizationId: organization.id,
      topic: 'webhooks',
      ids: [id],
    });

    await post(3);
    await eventually(async () => {
      await test.makeDue();
      expect(await held(id)).toEqual(Array.from({ length: 15 }, () => true));
    });
    const before = test.receiver.requests.length;

    // A probe that fails is an attempt of its delivery; both nodes were asked, one request was sent.
    await probeNow(id);
    await eventually(async () => {
      expect(await circuit(id)).toMatchObject({ open: true, probes: 1 });
      expect((await circuit(id)).waitSeconds).toBeGreaterThan(15);
    });
    expect(test.receiver.requests).toHaveLength(before + 1);
    expect((await held(id)).filter((waits) => !waits)).toHaveLength(1);

    test.receiver.respond = answer(200);
    await probeNow(id);
    await eventually(async () => {
      await test.makeDue();
      expect(await held(id)).toEqual([]);
    });
    expect(await circuit(id)).toEqual({ open: false, opened: false, probes: 0, waitSeconds: null });
    expect((await test.statuses(id))['success']).toBe(15);
    expect(test.receiver.requests).toHaveLength(before + 1 + 15);
  });

  it('closes when nothing waits for it', async () => {
    const { id } = await test.webhook(organization);
    expect(await openCircuit(one.pool, id, test.receiver.url())).toBe(true);
    expect(await openCircuit(two.pool, id, test.receiver.url())).toBe(false);
    await probeNow(id);
    await eventually(async () => expect(await circuit(id)).toMatchObject({ open: false, opened: false }));
    expect(await closeCircuit(one.pool, id)).toBe(false);
  });

  it('stays closed when the failures were of an address that it has no more', async () => {
    const { id } = await test.webhook(organization);
    expect(await openCircuit(one.pool, id, 'https://old.example/hook')).toBe(false);
    expect(await circuit(id)).toMatchObject({ open: false, opened: false });
  });

  it('is probed by one node only, and not while the webhook is paused', async () => {
    const { id } = await test.webhook(organization);
    await test.database.pool.query('UPDATE webhooks SET paused = true WHERE id = $1', [id]);
    await openCircuit(one.pool, id, test.receiver.url());
    await test.database.pool.query(
      `UPDATE webhook_health SET circuit_probe_at = now() - interval '1 minute' WHERE webhook_id = $1`,
      [id],
    );
    expect(await takeProbes(test.database.pool, 10, 60)).toEqual([]);
    const client = await test.database.pool.connect();
    try {
      // Not committed, so that the engines of this test do not see it.
      await client.query('BEGIN');
      await client.query('UPDATE webhooks SET paused = false WHERE id = $1', [id]);
      const asPool = client as unknown as Parameters<typeof takeProbes>[0];
      expect(await takeProbes(asPool, 10, 60)).toMatchObject([{ webhookId: id }]);
      expect(await takeProbes(asPool, 10, 60)).toEqual([]);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });

  it('is probed when the clock of the database was set back since', async () => {
    const { id } = await test.webhook(organization);
    await openCircuit(one.pool, id, test.receiver.url());
    await test.database.pool.query(
      `UPDATE webhook_health SET circuit_probe_at = now() + interval '1 hour' WHERE webhook_id = $1`,
      [id],
    );
    await eventually(async () => expect(await circuit(id)).toMatchObject({ open: false, opened: false }));
  });

  it('counts what says that the endpoint is not well, and nothing else', () => {
    const outcome = (responseStatus: number, errorCode: Outcome['errorCode'] = null) =>
      healthOf({ success: responseStatus === 204, responseStatus, errorCode } as Outcome);
    expect([204, 404, 410, 422].map((status) => outcome(status))).toEqual(['well', 'well', 'well', 'well']);
    expect([429, 500, 503].map((status) => outcome(status))).toEqual(['unwell', 'unwell', 'unwell']);
    expect((['timeout', 'connect', 'dns', 'tls', 'reset'] as const).map((code) => outcome(0, code))).toEqual(
      Array.from({ length: 5 }, () => 'unwell'),
    );
    expect((['blocked', 'crashed'] as const).map((code) => outcome(0, code))).toEqual(['nothing', 'nothing']);
  });
});
