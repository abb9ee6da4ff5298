import { getTracking as getOperation, updateTracking as updateOperation } from '@trunkline/contract/tracking';
import { recordInteractions as recordOperation } from '@trunkline/contract/interactions';
import type { BrowserEvent } from '@trunkline/contract/tracking-plan';
import { trackingDays } from '@trunkline/contract/tracking';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callOperation } from '../../bindings.ts';
import type { Ctx } from '../../ctx.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { Maintenance } from '../../workers/maintenance.ts';
import { removeMember } from '../access/remove-member.ts';
import { revealApiKey } from '../api-keys/reveal-api-key.ts';
import { createWebhook } from '../webhooks/create-webhook.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';

let test: TestApp;
let organization: TestOrganization;
let ctx: Ctx;

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  ctx = test.as('system_admin', organization);
});

const viewed: BrowserEvent = { event: 'page_viewed', properties: { page: 'webhooks' } };

async function record(as: Ctx, events: BrowserEvent[]): Promise<number> {
  const { recorded } = (await callOperation(recordOperation, as, { device: 'narrow', events })) as {
    recorded: number;
  };
  return recorded;
}

const stored = async () =>
  (
    await test.database.pool.query<Record<string, unknown>>(
      `SELECT event, user_id AS "userId", role, device, properties FROM tracked_events
       WHERE organization_id = $1 ORDER BY id`,
      [organization.id],
    )
  ).rows;

describe('recordInteractions', () => {
  it('stores who, in what role, on how wide a window, and nothing else of the request', async () => {
    const viewer = test.as('viewer', organization);
    expect(await record(viewer, [viewed, viewed])).toBe(2);
    const row = {
      event: 'page_viewed',
      userId: organization.people.viewer.id,
      role: 'viewer',
      device: 'narrow',
      properties: { page: 'webhooks' },
    };
    expect(await stored()).toEqual([row, row]);
  });

  it('refuses programs, events of the server and words outside of the plan', async () => {
    expect((await refusalOf(record(test.apiKey(organization), [viewed]))).code).toBe('forbidden');
    const shown = {
      event: 'api_key_viewed',
      properties: { key_masked_length: 2 },
    } as unknown as BrowserEvent;
    await expect(record(ctx, [shown])).rejects.toThrow('Invalid discriminator value');
    expect(await stored()).toEqual([]);
  });

  it("keeps the name of an organization's own provider out", async () => {
    const integration_status = 'connected' as const;
    await record(ctx, [
      { event: 'integration_card_clicked', properties: { integration_name: 'slack', integration_status } },
      {
        event: 'integration_card_clicked',
        properties: { integration_name: 'custom-merger-plans', integration_status },
      },
    ]);
    expect((await stored()).map(({ properties }) => properties)).toEqual([
      { integration_name: 'slack', integration_status },
      { integration_name: 'custom', integration_status },
    ]);
  });

  it.each(['dnt', 'sec-gpc'])('records nothing for a browser that sends %s', async (header) => {
    const asked = { ...ctx, request: { ...ctx.request, headers: new Headers({ [header]: '1' }) } };
    expect(await record(asked, [viewed])).toBe(0);
    await revealApiKey(asked, { purpose: 'show' });
    expect(await stored()).toEqual([]);
  });

  it('keeps at most 240 events of a person and minute', async () => {
    const batch = Array.from({ length: 40 }, () => viewed);
    for (let index = 0; index < 6; index += 1) expect(await record(ctx, batch)).toBe(40);
    expect(await record(ctx, batch)).toBe(0);
    expect(await record(test.as('viewer', organization), [viewed])).toBe(1);
    test.time.advance(61_000);
    expect(await record(ctx, batch)).toBe(40);
  });
});

describe('what the server knows by itself', () => {
  it('is recorded with the properties of the plan', async () => {
    await revealApiKey(ctx, { purpose: 'show' });
    await revealApiKey(ctx, { purpose: 'copy' });
    const { id } = await createWebhook(ctx, {
      name: 'Secret project',
      url: 'http://127.0.0.1:9/hook?token=hush',
      events: ['job.created', 'internal.merger'],
      status: 'active',
    });
    await updateWebhook(test.apiKey(organization), { id, status: 'paused' });
    await updateWebhook(ctx, { id, name: 'Renamed' });
    expect(await stored()).toMatchObject([
      { event: 'api_key_viewed', role: 'system_admin', device: null },
      {
        event: 'webhook_added',
        properties: {
          url_domain: '127.0.0.1',
          events_selected: ['job.created', 'own'],
          validation_time: expect.any(Number) as unknown,
        },
      },
      {
        event: 'webhook_toggled',
        userId: null,
        role: 'api_key',
        properties: { webhook_id: id, new_status: 'paused' },
      },
    ]);
    const { rows } = await test.database.pool.query<{ all: string }>(
      'SELECT string_agg(t::text, $2) AS all FROM tracked_events t WHERE organization_id = $1',
      [organization.id, '\n'],
    );
    expect(rows[0]!.all).not.toMatch(/hush|merger|Secret project|sX_/);
  });
});

describe('the switch', () => {
  it('ends all recording at once, is audited, and erases what is there when asked', async () => {
    await record(ctx, [viewed]);
    const off = await callOperation(updateOperation, ctx, { enabled: false });
    expect(off).toEqual({ enabled: false, installation: true, recording: false, erased: 0 });
    expect(await record(ctx, [viewed])).toBe(0);
    await revealApiKey(ctx, { purpose: 'show' });
    expect(await stored()).toHaveLength(1);
    expect(await callOperation(updateOperation, ctx, { enabled: true, erase: true })).toMatchObject({
      recording: true,
      erased: 1,
    });
    expect(await record(ctx, [viewed])).toBe(1);
    expect(await stored()).toHaveLength(1);
    const { rows } = await test.database.pool.query<{ changes: unknown }>(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'tracking.updated' ORDER BY sequence`,
      [organization.id],
    );
    expect(rows.map(({ changes }) => changes)).toEqual([
      { enabled: { before: true, after: false } },
      { enabled: { before: false, after: true }, recordedEvents: { before: 1, after: 0 } },
    ]);
  });

  it('is the system administrator’s', async () => {
    for (const role of ['utility_admin', 'viewer'] as const) {
      const call = callOperation(updateOperation, test.as(role, organization), { enabled: false });
      expect((await refusalOf(call)).code).toBe('forbidden');
    }
  });

  it('of the operator wins', async () => {
    const app = { ...ctx.app, config: { ...ctx.app.config, tracking: false } };
    expect(await callOperation(getOperation, { ...ctx, app }, {})).toEqual({
      enabled: true,
      installation: false,
      recording: false,
    });
    expect(await record({ ...ctx, app }, [viewed])).toBe(0);
    expect(await stored()).toEqual([]);
  });
});

describe('what was recorded', () => {
  it('goes with the person', async () => {
    await record(test.as('viewer', organization), [viewed]);
    await record(ctx, [viewed]);
    await removeMember(ctx, { userId: organization.people.viewer.id });
    expect((await stored()).map(({ role }) => role)).toEqual(['system_admin']);
  });

  it(`goes after ${trackingDays} days`, async () => {
    await record(ctx, [viewed, viewed]);
    await test.database.pool.query(
      `UPDATE tracked_events SET at = now() - make_interval(days => $2 + 1)
       WHERE id = (SELECT min(id::text)::uuid FROM tracked_events WHERE organization_id = $1)`,
      [organization.id, trackingDays],
    );
    await new Maintenance(test.app).run();
    expect(await stored()).toHaveLength(1);
  });
});
