import { updateFailoverConfig as operation } from '@trunkline/contract/failover';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConnection } from '../../connections/load-connection.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { runAction } from '../actions/run-action.ts';
import { checkIntegrationNow } from '../integrations/check-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { getFailoverConfig } from './get-failover-config.ts';
import { listFailover } from './list-failover.ts';
import { makePrimary } from './make-primary.ts';
import { restorePrimary } from './restore-primary.ts';
import { triggerFailover } from './trigger-failover.ts';
import { updateFailoverConfig } from './update-failover-config.ts';

let world: ActionWorld;
let organization: TestOrganization;
let primary: string;
let backup: string;
/** How far ahead the product's clock is. */
let aheadMs = 0;

beforeAll(async () => {
  world = await startActionWorld({ clock: () => Date.now() + aheadMs });
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const slug of ['sendgrid', 'postmark', 'mailgun']) world.sandbox.setCondition(slug, 'healthy');
  organization = await world.createOrganization();
  primary = await world.connect(organization, 'sendgrid', 'SendGrid');
  backup = await world.connect(organization, 'postmark', 'Postmark');
});

const admin = () => world.as('system_admin', organization);
const config = () => getFailoverConfig(admin(), { integrationId: primary });
const link = (rules: Record<string, unknown> = {}) =>
  updateFailoverConfig(admin(), { integrationId: primary, backupIntegrationId: backup, ...rules });

async function check(id: string): Promise<void> {
  const connection = await tenantTransaction(world.app.pool, organization.id, (tx) =>
    loadConnection(world.app, tx, id),
  );
  await checkIntegrationNow(world.app, connection, {});
}

const send = () =>
  runAction(world.apiKey(organization), {
    capability: 'email.send',
    to: 'jane@example.com',
    subject: 'Hello',
    text: 'Hello',
  });

describe('the settings', () => {
  it('are those of the documents until somebody changes them, and every change is audited', async () => {
    expect(await config()).toMatchObject({
      enableAutoFailover: true,
      failoverThreshold: 3,
      alertOnFailover: true,
      autoRestore: true,
      backups: [],
      activeIntegrationId: primary,
    });
    const saved = await link({ failoverThreshold: 5, alertOnFailover: false });
    expect(saved).toMatchObject({
      failoverThreshold: 5,
      alertOnFailover: false,
      backupIntegrationId: backup,
    });
    const kept = await updateFailoverConfig(admin(), { integrationId: primary, autoRestore: false });
    expect(kept).toMatchObject({ failoverThreshold: 5, autoRestore: false, backupIntegrationId: backup });
    const { rows } = await world.app.pool.query<{ changes: object }>(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'failover.updated' ORDER BY sequence`,
      [organization.id],
    );
    expect(rows[0]?.changes).toMatchObject({ backups: { before: '', after: 'Postmark' } });
  });

  it('take only another integration that can do the same', async () => {
    const twilio = await world.connect(organization, 'twilio');
    const foreign = await world.connect(await world.createOrganization(), 'mailgun');
    for (const id of [primary, twilio, foreign]) {
      const work = updateFailoverConfig(admin(), { integrationId: primary, backupIntegrationId: id });
      expect([id, (await refusalOf(work)).code]).toEqual([id, 'invalid_input']);
    }
    expect((await refusalOf(updateFailoverConfig(admin(), { integrationId: foreign }))).code).toBe(
      'not_found',
    );
    await expectRefusals(world, organization, operation, (ctx) =>
      updateFailoverConfig(ctx, { integrationId: primary }),
    );
  });
});

describe('switching by itself', () => {
  it('counts checks and calls together', async () => {
    await link({ failoverThreshold: 4 });
    world.sandbox.setCondition('sendgrid', 'down');
    for (let count = 0; count < 3; count += 1) await check(primary);
    expect((await config()).activeIntegrationId).toBe(primary);
    const action = await send();
    expect(action.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['sendgrid', 'failed'],
      ['postmark', 'succeeded'],
    ]);
    expect((await config()).activeIntegrationId).toBe(backup);
  });

  it('happens once, however many nodes see it', async () => {
    await link({ failoverThreshold: 1 });
    world.sandbox.setCondition('sendgrid', 'down');
    await Promise.all(Array.from({ length: 6 }, () => check(primary)));
    const { switches, version } = await config();
    expect(switches).toHaveLength(1);
    expect(version).toBeGreaterThan(1);
  });

  it('leaves calls where they are when no backup works, and when it is off', async () => {
    await link({ failoverThreshold: 1 });
    world.sandbox.setCondition('postmark', 'down');
    await check(backup);
    world.sandbox.setCondition('sendgrid', 'down');
    await check(primary);
    expect((await config()).activeIntegrationId).toBe(primary);
    world.sandbox.setCondition('postmark', 'healthy');
    await check(backup);
    await link({ enableAutoFailover: false });
    await check(primary);
    expect((await config()).activeIntegrationId).toBe(primary);
  });

  it('goes on to the next backup when the first one fails too', async () => {
    const second = await world.connect(organization, 'mailgun', 'Mailgun');
    await link({ backupIntegrationIds: [backup, second], failoverThreshold: 1 });
    world.sandbox.setCondition('sendgrid', 'down');
    await check(primary);
    world.sandbox.setCondition('postmark', 'down');
    await check(backup);
    expect((await config()).activeIntegrationId).toBe(second);
    expect((await send()).integrationId).toBe(second);
  });

  it('gives back only after the primary worked for the whole time', async () => {
    await link({ failoverThreshold: 1, stabilityMinutes: 10 });
    world.sandbox.setCondition('sendgrid', 'down');
    await check(primary);
    world.sandbox.setCondition('sendgrid', 'healthy');
    await check(primary);
    const waits = await config();
    expect(waits.activeIntegrationId).toBe(backup);
    expect(waits.restoreAt).not.toBeNull();
    aheadMs += 9 * 60_000;
    world.sandbox.setCondition('sendgrid', 'down');
    await check(primary);
    expect((await config()).restoreAt).toBeNull();
    world.sandbox.setCondition('sendgrid', 'healthy');
    await check(primary);
    aheadMs += 9 * 60_000;
    await check(primary);
    expect((await config()).activeIntegrationId).toBe(backup);
    aheadMs += 2 * 60_000;
    await check(primary);
    const restored = await config();
    expect(restored).toMatchObject({ activeIntegrationId: primary, failedOverAt: null, trigger: null });
    expect(restored.switches[0]).toMatchObject({ kind: 'restored', trigger: 'automatic' });
  });
});

describe('switching by hand', () => {
  it('goes to the backup and back, and no rule undoes it', async () => {
    expect((await refusalOf(triggerFailover(admin(), { integrationId: primary }))).code).toBe('conflict');
    await link({ stabilityMinutes: 0 });
    const over = await triggerFailover(admin(), { integrationId: primary });
    expect(over).toMatchObject({ activeIntegrationId: backup, trigger: 'manual' });
    expect((await send()).integrationId).toBe(backup);
    await check(primary);
    expect((await config()).activeIntegrationId).toBe(backup);
    const back = await restorePrimary(admin(), { integrationId: primary });
    expect(back).toMatchObject({ activeIntegrationId: primary, switches: [{ by: expect.any(String) }, {}] });
    expect((await restorePrimary(admin(), { integrationId: primary })).switches).toHaveLength(2);
    expect((await send()).integrationId).toBe(primary);
  });

  it('gives back when the active backup is unlinked', async () => {
    await link();
    await triggerFailover(admin(), { integrationId: primary });
    const after = await updateFailoverConfig(admin(), { integrationId: primary, backupIntegrationId: null });
    expect(after).toMatchObject({ activeIntegrationId: primary, backups: [] });
  });
});

describe('a new primary', () => {
  it('takes the rules and the other backups, and the old one is its first backup', async () => {
    const second = await world.connect(organization, 'mailgun', 'Mailgun');
    await link({ backupIntegrationIds: [backup, second], failoverThreshold: 7 });
    const made = await makePrimary(admin(), { integrationId: backup });
    expect(made).toMatchObject({ integrationId: backup, failoverThreshold: 7, activeIntegrationId: backup });
    expect(made.backups.map(({ id }) => id)).toEqual([primary, second]);
    expect((await send()).integrationId).toBe(backup);
    const { data, switches } = await listFailover(admin(), {});
    expect(data.map(({ id, role, active }) => [id, role, active])).toEqual([
      [primary, 'backup', false],
      [backup, 'primary', true],
      [second, 'backup', false],
    ]);
    expect(data.map(({ activeFor }) => activeFor)).toEqual([[], ['email.send'], []]);
    expect(switches[0]).toMatchObject({ kind: 'made_primary', from: { id: primary }, to: { id: backup } });
  });
});

it('goes around a primary that a person has switched off', async () => {
  await link();
  await updateIntegration(admin(), { id: primary, enabled: false });
  expect((await send()).integrationId).toBe(backup);
});
