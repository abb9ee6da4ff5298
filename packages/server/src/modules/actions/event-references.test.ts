import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { removeOldActions } from './claim-actions.ts';
import { getAction } from './get-action.ts';
import { runAction } from './run-action.ts';

/* Calendar events that are found by a reference of the caller's own. */

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const slug of ['google-calendar', 'microsoft-365']) world.sandbox.setCondition(slug, 'healthy');
  organization = await world.createOrganization();
});

let count = 0;
const newReference = () => `REF-${(count += 1)}`;
const span = { start: '2026-12-01T10:00:00Z', end: '2026-12-01T11:00:00Z' };
const later = { start: '2026-12-02T10:00:00Z', end: '2026-12-02T11:00:00Z' };

const update = (reference: string, fields: Record<string, unknown> = {}, ctx = world.apiKey(organization)) =>
  runAction(ctx, {
    capability: 'calendar.update_event',
    reference,
    create: true,
    title: `Talk ${reference}`,
    ...span,
    ...fields,
  });
const cancel = (reference: string, fields: Record<string, unknown> = {}) =>
  runAction(world.apiKey(organization), { capability: 'calendar.cancel_event', reference, ...fields });
const patient = () => {
  const ctx = world.apiKey(organization);
  ctx.request.headers.set('prefer', 'respond-async');
  return ctx;
};

/** Events that stand in a calendar for a reference. */
const standing = (slug: string, reference: string) =>
  world.sandbox
    .sent(slug)
    .map(({ data }) => data)
    .filter((data) => JSON.stringify(data).includes(`Talk ${reference}"`) && data['status'] !== 'cancelled');

describe.each(['google-calendar', 'microsoft-365'])('an event of a reference in %s', (slug) => {
  it('is made once, then changed where it is, then taken out', async () => {
    await world.connect(organization, slug);
    const reference = newReference();
    const made = await update(reference, { videoLink: true });
    expect(made).toMatchObject({ status: 'succeeded', result: { state: 'created' } });
    const { eventId, videoUrl } = made.result as { eventId: string; videoUrl: string };
    expect(videoUrl).toMatch(/^https:/);
    const moved = await update(reference, { ...later, create: false, title: undefined });
    expect(moved.result).toMatchObject({ state: 'updated', eventId, videoUrl });
    expect(JSON.stringify(standing(slug, reference))).toContain('2026-12-02T10:00:00');
    expect(standing(slug, reference)).toHaveLength(1);
    expect((await cancel(reference)).result).toEqual({ eventId, cancelled: true });
    expect((await cancel(reference)).result).toEqual({ eventId: null, cancelled: false });
    expect(standing(slug, reference)).toEqual([]);
    expect(await update(reference, { create: false })).toMatchObject({
      status: 'failed',
      problem: { fault: 'badInput', title: 'No event is known under this reference' },
      attempts: [],
    });
  });

  it('stays in the calendar where it was made, when the setting names another one', async () => {
    const id = await world.connect(organization, slug);
    const reference = newReference();
    await update(reference);
    const other = { 'google-calendar': 'interviews@group.calendar.google.com' }[slug] ?? 'AAMkAGI2INTERVIEWS';
    await world.app.pool.query('UPDATE integrations SET settings = settings || $2 WHERE id = $1', [
      id,
      JSON.stringify({ defaultCalendar: other }),
    ]);
    expect((await update(reference, later)).result).toMatchObject({ state: 'updated' });
    expect(standing(slug, reference)).toHaveLength(1);
  });
});

describe('calls for one reference', () => {
  it('that are about an older state change nothing, in whatever order they come', async () => {
    await world.connect(organization, 'google-calendar');
    const reference = newReference();
    const at = (minute: number) => ({ asOf: `2026-11-29T10:0${minute}:00Z` });
    await update(reference, { ...later, ...at(2) });
    expect((await update(reference, at(1))).result).toMatchObject({ state: 'outdated' });
    expect((await cancel(reference, at(1))).result).toMatchObject({ cancelled: false });
    expect(JSON.stringify(standing('google-calendar', reference))).toContain('2026-12-02T10:00:00');
    // Called off before it was ever made.
    const early = newReference();
    await cancel(early, at(2));
    expect((await update(early, at(1))).result).toMatchObject({ state: 'outdated', eventId: null });
    expect(standing('google-calendar', early)).toEqual([]);
    // And arranged again.
    expect((await update(early, at(3))).result).toMatchObject({ state: 'created' });
  });

  it('make one event when they come at once, from those who wait and from the queue', async () => {
    await world.connect(organization, 'google-calendar');
    const reference = newReference();
    const queued = await Promise.all(Array.from({ length: 3 }, () => update(reference, {}, patient())));
    await Promise.all([new Actions(world.app).run(), update(reference), update(reference, later)]);
    await world.app.pool.query(`UPDATE actions SET due_at = now() WHERE isfinite(due_at)`);
    await new Actions(world.app).run();
    for (const { id } of queued) {
      expect((await getAction(world.apiKey(organization), { id })).status).toBe('succeeded');
    }
    expect(standing('google-calendar', reference)).toHaveLength(1);
  });

  it('do not wait for one that has failed', async () => {
    await world.connect(organization, 'google-calendar');
    const reference = newReference();
    const tooLong = `${'a'.repeat(65)}@example.com`;
    expect((await update(reference, { attendees: [tooLong] })).status).toBe('failed');
    expect((await update(reference)).result).toMatchObject({ state: 'created' });
  });

  it('find the event at the backup that made it, and are refused when that is gone', async () => {
    const integrationId = await world.connect(organization, 'google-calendar');
    const backupIntegrationId = await world.connect(organization, 'microsoft-365');
    await updateFailoverConfig(world.as('system_admin', organization), {
      integrationId,
      backupIntegrationId,
      failoverThreshold: 10,
    });
    const reference = newReference();
    world.sandbox.setCondition('google-calendar', 'down');
    expect((await update(reference)).integrationId).toBe(backupIntegrationId);
    world.sandbox.setCondition('google-calendar', 'healthy');
    const moved = await update(reference, later);
    expect([moved.integrationId, moved.attempts.length]).toEqual([backupIntegrationId, 1]);
    await world.app.pool.query('UPDATE integrations SET enabled = false WHERE id = $1', [
      backupIntegrationId,
    ]);
    expect(await cancel(reference)).toMatchObject({
      status: 'failed',
      problem: { fault: 'config', title: 'The calendar that has the event is not connected' },
    });
  });

  it('are forgotten long after the event', async () => {
    await world.connect(organization, 'google-calendar');
    await update(newReference());
    const left = async () => {
      await removeOldActions(world.app);
      const { rows } = await world.app.pool.query('SELECT FROM event_references WHERE organization_id = $1', [
        organization.id,
      ]);
      return rows.length;
    };
    expect(await left()).toBe(1);
    await world.app.pool.query(`UPDATE event_references SET kept_until = now() - interval '1 minute'`);
    expect(await left()).toBe(0);
  });
});
