import { capabilities } from '@trunkline/contract/capabilities';
import type { LastResortCapability } from '@trunkline/contract/last-resorts';
import { payrollResultDays, updateLastResort as operation } from '@trunkline/contract/last-resorts';
import type { CsvLayout } from '@trunkline/contract/files';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx.ts';
import { payrollLayout } from '../../lib/files/layouts.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { OwnEvents } from '../../workers/own-events.ts';
import { listLastResorts } from '../failover/list-last-resorts.ts';
import { updateLastResort } from '../failover/update-last-resort.ts';
import { listAlerts } from '../alerts/list-alerts.ts';
import { sweepAlerts } from '../alerts/sweep-alerts.ts';
import { testIntegration } from '../integrations/test-integration.ts';
import { cancelAction } from './cancel-action.ts';
import { removeOldActions } from './claim-actions.ts';
import { completeAction } from './complete-action.ts';
import { getAction } from './get-action.ts';
import { listActions } from './list-actions.ts';
import { retryAction } from './retry-action.ts';
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
afterEach(() => {
  for (const slug of ['sendgrid', 'aws-s3']) world.sandbox.setCondition(slug, 'healthy');
});

const asKey = (): Ctx => world.apiKey(organization);
const asAdmin = (): Ctx => world.as('system_admin', organization);
const switchOn = (capability: LastResortCapability) =>
  updateLastResort(asAdmin(), { capability, enabled: true });
const makeDue = () =>
  world.app.pool.query(`UPDATE actions SET due_at = now() WHERE isfinite(due_at) AND organization_id = $1`, [
    organization.id,
  ]);
const work = async () => {
  await makeDue();
  await new Actions(world.app).run();
};
const told = async () => {
  const { rows } = await world.app.pool.query<{ data: Record<string, unknown> }>(
    `SELECT data FROM own_events WHERE organization_id = $1 AND type = 'action.last_resort'`,
    [organization.id],
  );
  return rows.map(({ data }) => data['capability']);
};

let count = 0;
const message = () => ({
  capability: 'email.send' as const,
  to: 'jane@example.com',
  subject: `Last resort ${(count += 1)}`,
  text: 'Hello',
});
const sent = (subject: string) =>
  world.sandbox.sent('sendgrid').filter(({ data }) => data['subject'] === subject).length;
const put = (key: string, text: string) => ({
  capability: 'storage.put' as const,
  key,
  content: Buffer.from(text).toString('base64'),
});
const get = async (key: string) => {
  const { status, result } = await runAction(asKey(), { capability: 'storage.get', key });
  expect(status).toBe('succeeded');
  const { found, content } = result as { found: boolean; content: string | null };
  return found ? Buffer.from(content ?? '', 'base64').toString() : null;
};

/** A payroll that takes files and is not connected, with a layout of its own. */
const payroll = async (provider: string, codeHeading: string): Promise<string> => {
  const id = world.app.newId();
  await world.app.pool.query(
    `INSERT INTO integrations (id, organization_id, provider, name, auth_type, settings, created_at, updated_at,
       connected_by_name) VALUES ($1, $2, $3, $3, 'oauth2', '{}', now(), now(), 'Somebody')`,
    [id, organization.id, provider],
  );
  const layout: CsvLayout = {
    ...payrollLayout,
    delimiter: ';',
    columns: [
      { field: 'employeeNumber', header: 'Number' },
      { field: 'code', header: codeHeading },
      { field: 'amount', header: 'Worth' },
    ],
  };
  await world.app.pool.query(
    `INSERT INTO exchange_layouts (organization_id, integration_id, kind, layout) VALUES ($1, $2, 'payroll', $3)`,
    [organization.id, id, JSON.stringify(layout)],
  );
  return id;
};

it('is switched on by those who may, for capabilities that have one', async () => {
  expect((await listLastResorts(asKey(), {})).data.every(({ enabled }) => !enabled)).toBe(true);
  expect(await switchOn('email.send')).toEqual({
    capability: 'email.send',
    kind: 'queue',
    enabled: true,
    waiting: 0,
  });
  await expectRefusals(world, organization, operation, (ctx) =>
    updateLastResort(ctx, { capability: 'email.send', enabled: false }),
  );
});

describe('email', () => {
  it('waits in the queue until an integration works, however long that takes', async () => {
    await world.connect(organization, 'sendgrid');
    world.sandbox.setCondition('sendgrid', 'down');
    const lost = message();
    expect((await runAction(asKey(), lost)).status).toBe('failed');
    await switchOn('email.send');
    const input = message();
    const { id, ...waits } = await runAction(asKey(), input);
    expect(waits).toMatchObject({ status: 'queued', lastResort: 'queue', problem: { fault: 'down' } });
    await runAction(asKey(), message());
    expect(await told()).toEqual(['email.send']);
    // Longer than any usual retry.
    await world.app.pool.query('UPDATE actions SET rounds = 500 WHERE organization_id = $1', [
      organization.id,
    ]);
    await work();
    expect(await getAction(asKey(), { id })).toMatchObject({ status: 'queued', lastResort: 'queue' });
    world.sandbox.setCondition('sendgrid', 'healthy');
    await work();
    expect(await getAction(asKey(), { id })).toMatchObject({ status: 'succeeded', lastResort: 'queue' });
    expect([sent(input.subject), sent(lost.subject)]).toEqual([1, 0]);
    expect((await listActions(asKey(), { limit: 10, only: 'last_resort' })).data).toEqual([]);
  });

  it('goes on as soon as an integration has recovered, and can be cancelled before', async () => {
    const integrationId = await world.connect(organization, 'sendgrid');
    await switchOn('email.send');
    world.sandbox.setCondition('sendgrid', 'down');
    const [first, second] = [await runAction(asKey(), message()), await runAction(asKey(), message())];
    await cancelAction(asKey(), { id: second.id });
    expect((await listActions(asKey(), { limit: 10, only: 'last_resort' })).data).toMatchObject([
      { id: first.id, lastResort: 'queue' },
    ]);
    world.sandbox.setCondition('sendgrid', 'healthy');
    await testIntegration(asAdmin(), { id: integrationId });
    const events = new OwnEvents(world.app);
    await eventually(async () => {
      await events.run();
      await new Actions(world.app).run();
      expect((await getAction(asKey(), { id: first.id })).status).toBe('succeeded');
    });
    expect((await getAction(asKey(), { id: second.id })).status).toBe('cancelled');
  });
});

describe('its alert', () => {
  const alerts = async () =>
    (await listAlerts(asAdmin(), { limit: 20, snoozed: 'include' })).data.filter(({ rule }) =>
      ['email_waiting', 'files_kept', 'jobs_by_hand'].includes(rule),
    );

  it('is open from the first message that waits until the last was sent', async () => {
    await world.connect(organization, 'sendgrid');
    await switchOn('email.send');
    world.sandbox.setCondition('sendgrid', 'down');
    await runAction(asKey(), message());
    // The event says where to look; nothing has to be swept.
    const events = new OwnEvents(world.app);
    await eventually(async () => {
      await events.run();
      expect(await alerts()).toMatchObject([
        {
          rule: 'email_waiting',
          severity: 'critical',
          state: 'open',
          subject: { type: 'capability', name: 'Send email' },
          title: 'Send email: messages wait because no provider answers',
          actions: [{ key: 'open_chains', href: '/failover' }, { href: '/actions?view=last_resort' }],
        },
      ]);
    });
    const [open] = await alerts();
    expect(open?.cause).toMatch(/^1 message waits; the last because: /);
    await sweepAlerts(world.app);
    expect(await alerts()).toMatchObject([{ state: 'open', count: 1 }]);
    world.sandbox.setCondition('sendgrid', 'healthy');
    await work();
    await sweepAlerts(world.app);
    expect(await alerts()).toMatchObject([{ state: 'resolved', resolvedBy: null }]);
  });

  it('is over when a person has done it or taken it back, and is a warning for jobs and files', async () => {
    await switchOn('job.post');
    await switchOn('storage.put');
    const job = await runAction(asKey(), { capability: 'job.post', ...capabilities['job.post'].example });
    await world.connect(organization, 'aws-s3');
    world.sandbox.setCondition('aws-s3', 'down');
    const file = await runAction(asKey(), put('kept/c.txt', 'text'));
    await sweepAlerts(world.app);
    const open = (await alerts()).map(({ rule, severity, state }) => `${rule} ${severity} ${state}`);
    expect(open.toSorted()).toEqual(['files_kept warning open', 'jobs_by_hand warning open']);
    await completeAction(asAdmin(), { id: job.id, url: null });
    await cancelAction(asAdmin(), { id: file.id });
    await sweepAlerts(world.app);
    expect((await alerts()).map(({ state }) => state)).toEqual(['resolved', 'resolved']);
  });
});

describe('files', () => {
  it('are kept here, read from here, and copied when the store works again', async () => {
    await world.connect(organization, 'aws-s3');
    await switchOn('storage.put');
    world.sandbox.setCondition('aws-s3', 'down');
    const { id, ...waits } = await runAction(asKey(), put('kept/a.txt', 'first'));
    expect(waits).toMatchObject({ status: 'queued', lastResort: 'keep' });
    expect(await get('kept/a.txt')).toBe('first');
    // A newer one replaces what waits.
    const newer = await runAction(asKey(), put('kept/a.txt', 'second'));
    expect(await getAction(asKey(), { id })).toMatchObject({ status: 'cancelled' });
    expect(await get('kept/a.txt')).toBe('second');
    world.sandbox.setCondition('aws-s3', 'healthy');
    await work();
    expect(await getAction(asKey(), { id: newer.id })).toMatchObject({ status: 'succeeded' });
    expect(await get('kept/a.txt')).toBe('second');
    const { rows } = await world.app.pool.query(
      'SELECT FROM actions WHERE organization_id = $1 AND input_box IS NOT NULL',
      [organization.id],
    );
    expect(rows).toEqual([]);
  });

  it('are those of the chain, whichever of its stores is named, and of no other store', async () => {
    const primary = await world.connect(organization, 'aws-s3');
    const other = await world.connect(organization, 'aws-s3', 'Another store');
    await switchOn('storage.put');
    world.sandbox.setCondition('aws-s3', 'down');
    const textAt = async (integrationId: string | undefined, key: string) => {
      const read = await runAction(asKey(), { capability: 'storage.get', key, integrationId });
      const { content } = (read.result ?? { content: null }) as { content: string | null };
      return content === null ? null : Buffer.from(content, 'base64').toString();
    };
    // Without a name the primary is asked, so that both mean the same store.
    const unnamed = await runAction(asKey(), put('chain/a.txt', 'unnamed'));
    expect(await textAt(primary, 'chain/a.txt')).toBe('unnamed');
    expect(await textAt(other, 'chain/a.txt')).toBeNull();
    const named = await runAction(asKey(), { ...put('chain/a.txt', 'named'), integrationId: primary });
    expect(await getAction(asKey(), { id: unnamed.id })).toMatchObject({ status: 'cancelled' });
    expect(await textAt(undefined, 'chain/a.txt')).toBe('named');
    await runAction(asKey(), { ...put('chain/a.txt', 'elsewhere'), integrationId: other });
    expect(await getAction(asKey(), { id: named.id })).toMatchObject({ status: 'queued' });
    expect(await textAt(undefined, 'chain/a.txt')).toBe('named');
    // One that a store has taken replaces what is kept for it under any name.
    world.sandbox.setCondition('aws-s3', 'healthy');
    expect((await runAction(asKey(), put('chain/a.txt', 'newest'))).status).toBe('succeeded');
    expect(await getAction(asKey(), { id: named.id })).toMatchObject({
      status: 'cancelled',
      problem: { title: 'Replaced by a newer file' },
    });
  });

  it('have no address of a store until they are there', async () => {
    await world.connect(organization, 'aws-s3');
    await switchOn('storage.put');
    world.sandbox.setCondition('aws-s3', 'down');
    await runAction(asKey(), put('kept/d.txt', 'signed'));
    const sign = (key: string) => runAction(asKey(), { capability: 'storage.sign', key, seconds: 60 });
    expect(await sign('kept/d.txt')).toMatchObject({
      status: 'failed',
      problem: { fault: 'down', title: 'The file is not at a store yet' },
      result: null,
      attempts: [],
    });
    // Other files are where they were.
    expect(await sign('kept/e.txt')).toMatchObject({ status: 'succeeded' });
    world.sandbox.setCondition('aws-s3', 'healthy');
    await work();
    expect(await sign('kept/d.txt')).toMatchObject({ status: 'succeeded' });
  });

  it('that are older never replace a newer one at the store', async () => {
    await world.connect(organization, 'aws-s3');
    await switchOn('storage.put');
    world.sandbox.setCondition('aws-s3', 'down');
    const { id } = await runAction(asKey(), put('kept/b.txt', 'old'));
    world.sandbox.setCondition('aws-s3', 'healthy');
    expect((await runAction(asKey(), put('kept/b.txt', 'new'))).status).toBe('succeeded');
    await work();
    expect(await getAction(asKey(), { id })).toMatchObject({
      status: 'cancelled',
      problem: { title: 'Replaced by a newer file' },
    });
    expect(await get('kept/b.txt')).toBe('new');
  });
});

it('writes payroll into a file when no payroll takes it', async () => {
  await switchOn('payroll.export');
  const action = await runAction(asKey(), {
    capability: 'payroll.export',
    ...capabilities['payroll.export'].example,
  });
  expect(action).toMatchObject({
    status: 'succeeded',
    lastResort: 'file',
    result: { state: 'file', entries: 2 },
  });
  const { file } = action.result as { file: { content: string } };
  expect(Buffer.from(file.content, 'base64').toString()).toContain('Dogwood');
});

it('writes it in the layout that was saved for the payroll, and forgets it after a week', async () => {
  await switchOn('payroll.export');
  // Neither is connected: the one that a person has made the primary counts, though it came later.
  await payroll('adp', 'Old pay code');
  const primary = await payroll('paychex', 'Pay code');
  await world.app.pool.query(
    `INSERT INTO capability_primaries (organization_id, capability, integration_id) VALUES ($1, 'payroll.export', $2)`,
    [organization.id, primary],
  );
  const { id, result } = await runAction(asKey(), {
    capability: 'payroll.export',
    ...capabilities['payroll.export'].example,
  });
  const { file } = result as { file: { content: string } };
  const [heading] = Buffer.from(file.content, 'base64').toString().split('\n');
  expect(heading?.trim()).toBe('Number;Pay code;Worth');
  const age = (days: number) =>
    world.app.pool.query(
      `UPDATE actions SET finished_at = now() - make_interval(hours => $2) WHERE id = $1`,
      [id, days * 24 + 1],
    );
  await age(payrollResultDays - 1);
  await removeOldActions(world.app);
  expect((await getAction(asKey(), { id })).result).not.toBeNull();
  await age(payrollResultDays);
  await removeOldActions(world.app);
  expect(await getAction(asKey(), { id })).toMatchObject({ status: 'succeeded', result: null });
});

it('puts a job on a list for a person, with all that is needed, until it is posted by hand', async () => {
  await switchOn('job.post');
  const { id, ...waits } = await runAction(asKey(), {
    capability: 'job.post',
    ...capabilities['job.post'].example,
  });
  expect(waits).toMatchObject({ status: 'queued', lastResort: 'by_hand', dueAt: null });
  expect((await getAction(asKey(), { id })).todo).toMatchObject({ title: 'Nurse, night shift' });
  expect((await getAction(world.as('viewer', organization), { id })).todo).toBeNull();
  // Nobody can do it yet, so that it comes back to the list.
  await retryAction(asKey(), { id });
  await new Actions(world.app).run();
  expect(await getAction(asKey(), { id })).toMatchObject({ status: 'queued', dueAt: null });
  const done = await completeAction(asAdmin(), { id, url: 'https://jobs.example.com/ad/1' });
  expect(done).toMatchObject({
    status: 'succeeded',
    todo: null,
    result: { postingId: 'by-hand:job-4711', state: 'live', url: 'https://jobs.example.com/ad/1' },
  });
  expect((await refusalOf(completeAction(asAdmin(), { id, url: null }))).code).toBe('conflict');
  expect((await refusalOf(retryAction(asAdmin(), { id }))).code).toBe('conflict');
});
