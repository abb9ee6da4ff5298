import type { ActionDetail } from '@trunkline/contract/actions';
import { runAction as operation } from '@trunkline/contract/actions';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { getFailoverConfig } from '../failover/get-failover-config.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { getAction } from './get-action.ts';
import { listActions } from './list-actions.ts';
import { listCapabilities } from './list-capabilities.ts';
import { runAction } from './run-action.ts';

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
});
afterEach(async () => {
  for (const slug of ['sendgrid', 'postmark']) world.sandbox.setCondition(slug, 'healthy');
  await world.mail.setCondition('healthy');
});

let count = 0;
const message = (fields: Record<string, unknown> = {}) => ({
  capability: 'email.send' as const,
  to: 'jane@example.com',
  subject: `Interview ${(count += 1)}`,
  text: 'See you on Monday at ten.',
  ...fields,
});

function asKey(headers: Record<string, string> = {}): Ctx {
  const ctx = world.apiKey(organization);
  for (const [name, value] of Object.entries(headers)) ctx.request.headers.set(name, value);
  return ctx;
}

/** Emails with this subject, at every provider. */
function sent(subject: string): string[] {
  const byApi = world.sandbox.sent('sendgrid').filter(({ data }) => data['subject'] === subject);
  const byServer = world.mail.messages().filter(({ source }) => source.includes(`Subject: ${subject}\r\n`));
  return [...byApi.map(() => 'sendgrid'), ...byServer.map(() => 'smtp')];
}

const outcomes = ({ attempts }: ActionDetail) =>
  attempts.map(({ provider, outcome, problem }) => `${provider} ${outcome} ${problem?.fault ?? ''}`.trim());

async function chain(settings: Record<string, unknown> = {}): Promise<{ primary: string; backup: string }> {
  const primary = await world.connect(organization, 'sendgrid', 'SendGrid');
  const backup = await world.connect(organization, 'smtp', 'Own server');
  await updateFailoverConfig(world.as('system_admin', organization), {
    integrationId: primary,
    backupIntegrationId: backup,
    ...settings,
  });
  return { primary, backup };
}

describe('an action', () => {
  it('is done by the primary, once, with its attempts and its result', async () => {
    const id = await world.connect(organization, 'sendgrid');
    const input = message();
    const action = await runAction(asKey(), input);
    expect(action).toMatchObject({ status: 'succeeded', integrationId: id, attemptCount: 1, problem: null });
    expect(action.result).toEqual({ messageId: expect.any(String), rejected: [] });
    expect(outcomes(action)).toEqual(['sendgrid succeeded']);
    expect(sent(input.subject)).toEqual(['sendgrid']);
    const found = await getAction(world.as('viewer', organization), { id: action.id });
    expect(found).toMatchObject({ status: 'succeeded', result: null });
    const reader = asKey();
    reader.actor = { type: 'api_key', id: organization.apiKeyId, name: 'Reader', scopes: ['read'] };
    expect(await getAction(reader, { id: action.id })).toMatchObject({ status: 'succeeded', result: null });
    expect((await listActions(world.as('viewer', organization), { limit: 10 })).data).toHaveLength(1);
  });

  it('is refused before anything is stored when nobody can do it', async () => {
    expect((await refusalOf(runAction(asKey(), message()))).code).toBe('integration_not_connected');
    const slack = await world.connect(organization, 'twilio');
    expect((await refusalOf(runAction(asKey(), message({ integrationId: slack })))).code).toBe(
      'invalid_input',
    );
    const other = await world.createOrganization();
    const foreign = await world.connect(other, 'sendgrid');
    expect((await refusalOf(runAction(asKey(), message({ integrationId: foreign })))).code).toBe('not_found');
    await expectRefusals(world, organization, operation, (ctx) => runAction(ctx, message()));
    expect((await listActions(asKey(), { limit: 10 })).data).toEqual([]);
  });

  it('takes no header injection, no unknown field, and no message without content', async () => {
    await world.connect(organization, 'sendgrid');
    for (const wrong of [
      message({ subject: 'Hello\r\nBcc: everybody@example.com' }),
      message({ from: { email: 'a@example.com', name: 'A\nB' } }),
      message({ to: ['jane@example.com', 'not an address'] }),
      message({ to: [] }),
      message({ attachments: [{ filename: 'a\r\nb', content: 'aGk=' }] }),
      message({ attachments: [{ filename: 'a.txt', content: 'not base64!' }] }),
      message({ attachement: [] }),
      message({ text: undefined }),
    ]) {
      await expect(runAction(asKey(), wrong)).rejects.toThrow();
    }
    expect((await listActions(asKey(), { limit: 10 })).data).toEqual([]);
  });

  it('says what can be done, in which shape and by whom', async () => {
    const { primary, backup } = await chain();
    const { data } = await listCapabilities(asKey(), {});
    const email = data.find(({ capability }) => capability === 'email.send');
    expect(email).toMatchObject({
      effect: 'write',
      primaryIntegrationId: primary,
      integrationIds: [primary, backup],
      input: { required: expect.arrayContaining(['to', 'subject']) },
    });
    expect(email?.providers).toEqual(expect.arrayContaining(['sendgrid', 'smtp']));
  });
});

describe('an idempotency key', () => {
  it('gives the same request what the first one got, and refuses another', async () => {
    await world.connect(organization, 'sendgrid');
    const input = message();
    const headers = { 'idempotency-key': 'order 1' };
    const first = await runAction(asKey(headers), input);
    const second = await runAction(asKey(headers), input);
    expect(second).toEqual(first);
    expect(sent(input.subject)).toHaveLength(1);
    expect((await refusalOf(runAction(asKey(headers), message()))).code).toBe('idempotency_mismatch');
    // Another organization has keys of its own.
    const other = await world.createOrganization();
    const ctx = world.apiKey(other);
    ctx.request.headers.set('idempotency-key', 'order 1');
    expect((await refusalOf(runAction(ctx, input))).code).toBe('integration_not_connected');
  });

  it('lets one of many at once do it', async () => {
    await world.connect(organization, 'sendgrid');
    world.sandbox.setCondition('sendgrid', 'healthy');
    const input = message();
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => runAction(asKey({ 'idempotency-key': 'at once' }), input)),
    );
    expect(sent(input.subject)).toHaveLength(1);
    const refused = all.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code: string }).code] : [],
    );
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['idempotency_in_flight'] : []));
    expect(refused.length).toBeLessThan(12);
  });

  it('repeats a failure too', async () => {
    await world.connect(organization, 'sendgrid');
    const input = message({ from: 'someone@elsewhere.example' });
    const headers = { 'idempotency-key': 'fails' };
    const first = await runAction(asKey(headers), input);
    expect(first.status).toBe('failed');
    expect(await runAction(asKey(headers), input)).toEqual(first);
  });
});

describe('failover of an action', () => {
  it('tries again what may pass, then goes to the backup: the action that trips the switch is sent through it', async () => {
    const { primary, backup } = await chain();
    world.sandbox.setCondition('sendgrid', 'down');
    const input = message();
    const action = await runAction(asKey(), input);
    expect(outcomes(action)).toEqual([
      'sendgrid failed down',
      'sendgrid failed down',
      'sendgrid failed down',
      'smtp succeeded',
    ]);
    expect(action).toMatchObject({ status: 'succeeded', integrationId: backup });
    expect(sent(input.subject)).toEqual(['smtp']);
    const config = await getFailoverConfig(asKey(), { integrationId: primary });
    expect(config).toMatchObject({ activeIntegrationId: backup, trigger: 'automatic' });
    expect(config.switches).toMatchObject([
      { kind: 'failed_over', trigger: 'automatic', problem: { fault: 'down' } },
    ]);
    // From now on the backup is asked at once.
    expect(outcomes(await runAction(asKey(), message()))).toEqual(['smtp succeeded']);
    const { rows } = await world.app.pool.query<{ data: Record<string, unknown> }>(
      `SELECT data FROM own_events WHERE organization_id = $1 AND type = 'integration.failed_over'`,
      [organization.id],
    );
    expect(rows).toMatchObject([
      { data: { integrationId: primary, backup: { integrationId: backup }, alert: true } },
    ]);
  });

  it('goes around a primary that fails although too seldom for a switch', async () => {
    const { primary } = await chain({ failoverThreshold: 10 });
    world.sandbox.setCondition('sendgrid', 'down');
    expect(outcomes(await runAction(asKey(), message())).at(-1)).toBe('smtp succeeded');
    const config = await getFailoverConfig(asKey(), { integrationId: primary });
    expect(config).toMatchObject({ activeIntegrationId: primary, switches: [] });
    expect(config.primary.consecutiveFailures).toBe(3);
  });

  it('does not try again what no repetition helps, and asks the backup at once', async () => {
    await chain();
    world.sandbox.setCondition('sendgrid', 'revoked');
    expect(outcomes(await runAction(asKey(), message()))).toEqual([
      'sendgrid failed reauth',
      'smtp succeeded',
    ]);
  });

  it('never sends elsewhere what may have been sent, and does not repeat it', async () => {
    const { primary, backup } = await chain();
    world.sandbox.setCondition('sendgrid', 'answerLost');
    const input = message();
    const action = await runAction(asKey(), input);
    expect(action.status).toBe('ambiguous');
    expect(outcomes(action)).toEqual(['sendgrid ambiguous ambiguous']);
    expect(sent(input.subject)).toEqual(['sendgrid']);
    // Doubts count: after three of them later calls go to the backup.
    await runAction(asKey(), message());
    await runAction(asKey(), message());
    const config = await getFailoverConfig(asKey(), { integrationId: primary });
    expect(config.activeIntegrationId).toBe(backup);
    expect(outcomes(await runAction(asKey(), message()))).toEqual(['smtp succeeded']);
  });

  it('never sends elsewhere what is wrong in itself: the backup gets no call', async () => {
    const primary = await world.connect(organization, 'smtp', 'Own server');
    const backup = await world.connect(organization, 'sendgrid', 'SendGrid');
    const config = { integrationId: primary, backupIntegrationId: backup };
    await updateFailoverConfig(world.as('system_admin', organization), config);
    await world.mail.setCondition('mailboxRefused');
    const before = world.sandbox.traffic('sendgrid');
    const input = message();
    const action = await runAction(asKey(), input);
    expect(action).toMatchObject({ status: 'failed', integrationId: primary, attemptCount: 1 });
    expect(outcomes(action)).toEqual(['smtp failed badInput']);
    expect(world.sandbox.traffic('sendgrid')).toEqual(before);
    expect(sent(input.subject)).toEqual([]);
    // The backup would have taken it, and the primary is not blamed.
    expect((await runAction(asKey(), message({ integrationId: backup }))).status).toBe('succeeded');
    expect((await getFailoverConfig(asKey(), { integrationId: primary })).switches).toEqual([]);
  });

  it('does not try again what is wrong in itself when a backup is asked by its own id', async () => {
    const { primary } = await chain();
    await world.mail.setCondition('mailboxRefused');
    await updateFailoverConfig(world.as('system_admin', organization), { integrationId: primary });
    const action = await runAction(asKey(), message({ integrationId: await smtpFirst(primary) }));
    expect(outcomes(action)).toEqual(['smtp failed badInput']);
    expect(action.status).toBe('failed');
  });

  it('stays where it is without automatic failover', async () => {
    const { primary } = await chain({ enableAutoFailover: false });
    world.sandbox.setCondition('sendgrid', 'down');
    const action = await runAction(asKey(), message());
    expect(action).toMatchObject({ status: 'failed', integrationId: primary, problem: { fault: 'down' } });
    expect(action.attempts).toHaveLength(3);
  });
});

/** The backup of a chain, asked by its own id. */
async function smtpFirst(primary: string): Promise<string> {
  const { backups } = await getFailoverConfig(asKey(), { integrationId: primary });
  return backups[0]!.id;
}

describe('limits of an integration', () => {
  it('put a call off, and say until when', async () => {
    const id = await world.connect(organization, 'sendgrid');
    await updateIntegration(world.as('system_admin', organization), {
      id,
      limits: { perHour: 1, perDay: null, onLimit: 'queue' },
    });
    expect((await runAction(asKey(), message())).status).toBe('succeeded');
    const waits = await runAction(asKey(), message());
    expect(waits).toMatchObject({ status: 'queued', attemptCount: 0, problem: { fault: 'rateLimit' } });
    expect(Date.parse(waits.dueAt!)).toBeGreaterThan(Date.now());
  });

  it('refuse a call, which leaves no action and takes no key', async () => {
    const id = await world.connect(organization, 'sendgrid');
    await updateIntegration(world.as('system_admin', organization), {
      id,
      limits: { perHour: null, perDay: 1, onLimit: 'refuse' },
    });
    await runAction(asKey(), message());
    const input = message();
    const headers = { 'idempotency-key': 'later' };
    expect((await refusalOf(runAction(asKey(headers), input))).code).toBe('call_limit_reached');
    await updateIntegration(world.as('system_admin', organization), {
      id,
      limits: { perHour: null, perDay: 5, onLimit: 'refuse' },
    });
    expect((await runAction(asKey(headers), input)).status).toBe('succeeded');
  });
});

describe('the queue', () => {
  const makeDue = () =>
    world.app.pool.query(
      `UPDATE actions SET due_at = now() WHERE state = 'queued' AND organization_id = $1`,
      [organization.id],
    );

  it('does later what nobody waits for, on two nodes once', async () => {
    await world.connect(organization, 'sendgrid');
    const inputs = Array.from({ length: 10 }, () => message());
    const queued = await Promise.all(
      inputs.map((input) => runAction(asKey({ prefer: 'respond-async' }), input)),
    );
    expect(new Set(queued.map(({ status }) => status))).toEqual(new Set(['queued']));
    await makeDue();
    await Promise.all([new Actions(world.app).run(), new Actions(world.app).run()]);
    for (const { subject } of inputs) expect(sent(subject)).toEqual(['sendgrid']);
    const after = await getAction(asKey(), { id: queued[0]!.id });
    expect(after).toMatchObject({ status: 'succeeded', attemptCount: 1, dueAt: null });
  });

  it('does it at its time, and not before', async () => {
    await world.connect(organization, 'sendgrid');
    const input = message({ sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    const action = await runAction(asKey(), input);
    expect(action.status).toBe('queued');
    await new Actions(world.app).run();
    expect(sent(input.subject)).toEqual([]);
    await makeDue();
    await new Actions(world.app).run();
    expect(sent(input.subject)).toEqual(['sendgrid']);
    expect((await refusalOf(runAction(asKey(), message({ sendAt: '2099-01-01T00:00:00Z' })))).code).toBe(
      'invalid_input',
    );
  });

  it('goes through the chain again later when everything is down', async () => {
    await chain({ failoverThreshold: 100 });
    world.sandbox.setCondition('sendgrid', 'down');
    await world.mail.setCondition('down');
    const input = message();
    const { id } = await runAction(asKey({ prefer: 'respond-async' }), input);
    await makeDue();
    await new Actions(world.app).run();
    const waits = await getAction(asKey(), { id });
    expect(waits).toMatchObject({ status: 'queued', attemptCount: 6, problem: { fault: 'down' } });
    world.sandbox.setCondition('sendgrid', 'healthy');
    await makeDue();
    await new Actions(world.app).run();
    expect(await getAction(asKey(), { id })).toMatchObject({ status: 'succeeded', attemptCount: 7 });
    expect(sent(input.subject)).toEqual(['sendgrid']);
  });

  it('keeps nothing of what was sent after the end', async () => {
    await world.connect(organization, 'sendgrid');
    const done = await runAction(asKey(), message({ text: 'quite confidential words' }));
    const { rows } = await world.app.pool.query(
      'SELECT input_box FROM actions WHERE id = $1 AND input_box IS NULL AND result_box IS NOT NULL',
      [done.id],
    );
    expect(rows).toHaveLength(1);
  });
});
