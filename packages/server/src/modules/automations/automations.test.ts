import { createAutomation as operation } from '@trunkline/contract/automations';
import type { AutomationRun, AutomationRunDetail } from '@trunkline/contract/automations';
import { updateInterviewSync as updateSync } from '@trunkline/contract/interview-sync';
import { interviewMeeting, interviewOwnLink } from '@trunkline/contract/automation-templates';
import { findEventType } from '@trunkline/contract/event-types/catalog';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../../db/tenant.ts';
import { eventually } from '../../testing/eventually.ts';
import { expectRefusals, refusalOf } from '../../testing/refusal.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { Automations } from '../../workers/automations.ts';
import { OwnEvents } from '../../workers/own-events.ts';
import { sendEvents } from '../events/send-events.ts';
import { conversationOf, placeAnswers } from './chat-threads.ts';
import type { ChatEvent } from './chat-threads.ts';
import { removeOldRuns } from './claim-runs.ts';
import { cancelAutomationRun } from './cancel-automation-run.ts';
import { checkAutomation } from './check-automation.ts';
import { createAutomation } from './create-automation.ts';
import { deleteAutomation } from './delete-automation.ts';
import { getAutomationRun } from './get-automation-run.ts';
import { getInterviewSync } from './get-interview-sync.ts';
import { getNotificationSwitches } from './get-notification-switches.ts';
import { listAutomationRuns } from './list-automation-runs.ts';
import { listAutomations } from './list-automations.ts';
import { retryAutomationRun } from './retry-automation-run.ts';
import { retryDeadRuns } from './retry-dead-runs.ts';
import { updateAutomation } from './update-automation.ts';
import { updateInterviewSync } from './update-interview-sync.ts';
import { updateNotificationSwitches } from './update-notification-switches.ts';

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
  world.sandbox.setCondition('slack', 'healthy');
});

const admin = () => world.as('system_admin', organization);
const make = (fields: Record<string, unknown>) => createAutomation(admin(), operation.input.parse(fields));
const post = (text: string, extra: Record<string, unknown> = {}) => ({
  name: 'post',
  capability: 'chat.post',
  input: { text },
  ...extra,
});
const whenJob = { kind: 'event', events: ['job.created'] };
const job = (fields: Record<string, unknown> = {}) => ({
  type: 'job.created',
  data: {
    id: 'JOB-1',
    title: 'Nurse',
    status: 'open',
    client: 'Acme',
    location: 'Remote',
    employmentType: 'contract',
    openings: 2,
    ownerId: 'USR-1',
    createdAt: '2026-11-23T10:30:00.000Z',
    ...fields,
  },
});

const send = (...events: { type: string; data: Record<string, unknown>; id?: string }[]) =>
  sendEvents(world.apiKey(organization), events);

/** Both workers, in turn, until nothing is left that could go on now. */
async function work(): Promise<void> {
  const automations = new Automations(world.app);
  for (let round = 0; round < 6; round += 1) {
    await automations.run();
    await new Actions(world.app).run();
    await world.app.pool.query(
      `UPDATE automation_runs r SET due_at = now() FROM actions a
       WHERE r.state = 'waiting' AND a.id = r.action_id AND a.finished_at IS NOT NULL`,
    );
  }
}

const runs = async (): Promise<AutomationRun[]> => (await listAutomationRuns(admin(), { limit: 50 })).data;
const detail = async (index = 0): Promise<AutomationRunDetail> =>
  getAutomationRun(admin(), { id: (await runs())[index]!.id });
const texts = () =>
  world.sandbox
    .sent('slack')
    .map(({ data }) => data['text'])
    .filter((text) => String(text).includes(organization.id.slice(-8)));
const mark = () => organization.id.slice(-8);

describe('an automation', () => {
  it('does what it says after an event, and is seen with its run, its step and its action', async () => {
    const slack = await world.connect(organization, 'slack');
    const automation = await make({
      name: 'Jobs',
      trigger: whenJob,
      steps: [post(`New: {{ event.data.title }} ({{ event.data.openings }}) ${mark()}`)],
    });
    expect(automation.problem).toBeNull();
    await send({ ...job(), id: 'mine' }, { type: 'job.closed', data: {} });
    // The same event again is the same event.
    await send({ ...job(), id: 'mine' });
    await work();
    expect(texts()).toEqual([`New: Nurse (2) ${mark()}`]);
    const [run, ...others] = await runs();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: 'succeeded', automationName: 'Jobs', eventType: 'job.created' });
    const found = await getAutomationRun(world.as('viewer', organization), { id: run!.id });
    expect(found).toMatchObject({
      eventId: 'mine',
      event: { id: 'mine', type: 'job.created', data: { title: 'Nurse' } },
      steps: [{ name: 'post', status: 'succeeded', actionStatus: 'succeeded', integrationName: 'Our slack' }],
    });
    const [listed] = (await listAutomations(admin(), {})).data;
    expect(listed).toMatchObject({ succeeded30d: 1, waiting: 0, deadLettered: 0 });
    expect(slack).toBeTruthy();
  });

  it('runs only for its organization, while it is on, and where its conditions hold', async () => {
    await world.connect(organization, 'slack');
    const condition = { field: 'event.data.openings', operator: 'at_least', value: '3' };
    const { id } = await make({
      name: 'Large jobs',
      trigger: { ...whenJob, conditions: [condition] },
      steps: [post(`Large ${mark()} {{ event.data.id }}`)],
    });
    const other = await world.createOrganization();
    await sendEvents(world.apiKey(other), [job({ openings: 9 })]);
    await send(job({ id: 'small' }), job({ id: 'large', openings: 3 }));
    await work();
    expect(texts()).toEqual([`Large ${mark()} large`]);
    expect(await runs()).toHaveLength(1);
    await updateAutomation(admin(), { id, enabled: false });
    await send(job({ openings: 4 }));
    await work();
    expect(await runs()).toHaveLength(1);
    // What was accepted before it was switched off and has not begun is cancelled.
    await updateAutomation(admin(), { id, enabled: true });
    await send(job({ id: 'late', openings: 5 }));
    await deleteAutomation(admin(), { id });
    await work();
    expect((await runs()).map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
    expect(texts()).toHaveLength(1);
  });

  it('keeps the digits of long ids, in its conditions, in what it does and in what is shown', async () => {
    await world.connect(organization, 'slack');
    const id = 9_007_199_254_740_993n;
    const condition = (operator: string, value: string) => ({ field: 'event.data.id', operator, value });
    await make({
      name: 'One job',
      trigger: {
        ...whenJob,
        conditions: [
          condition('is', String(id)),
          condition('at_least', String(id)),
          condition('at_most', String(id)),
        ],
      },
      steps: [post(`Long ${mark()} {{ event.data.id }} of {{ event.data.others }}`)],
    });
    // Rounded, all three would be the same.
    await send(job({ id: id - 1n }), job({ id, others: [id, 12] }), job({ id: id + 1n }));
    await work();
    expect(texts()).toEqual([`Long ${mark()} ${id} of ${id}, 12`]);
    const { event } = await detail();
    expect(event?.data).toMatchObject({ id: String(id), others: [String(id), 12], openings: 2 });
    expect(event?.dataJson).toContain(`"id":${id},`);
    expect(event?.dataJson).toContain(`"others":[${id},12]`);
  });

  it('passes what a step gave to the next: an interview gets a calendar event with the address of its meeting', async () => {
    await world.connect(organization, 'zoom');
    await world.connect(organization, 'google-calendar');
    await make({ ...interviewMeeting });
    const { example } = findEventType('interview.scheduled')!;
    await send(
      { type: 'interview.scheduled', data: { ...example, id: `INT-${mark()}` } },
      { type: 'interview.scheduled', data: { ...example, kind: 'phone' } },
    );
    await work();
    const run = await detail();
    expect(run.steps.map(({ name, status }) => [name, status])).toEqual([
      ['meeting', 'succeeded'],
      ['calendar', 'succeeded'],
    ]);
    expect(await runs()).toHaveLength(1);
    const placed = world.sandbox
      .sent('google-calendar')
      .filter(({ data }) => JSON.stringify(data).includes(`INT-${mark()}`));
    expect(placed).toHaveLength(1);
    const said = JSON.stringify(placed[0]?.data);
    expect(said).toMatch(/"location":"https:\/\/[^"]+"/);
    expect(said).toContain('priya.raman@example.com');
  });

  it('is refused when its inputs cannot be filled from the events that it is for', async () => {
    const wrong = (steps: unknown[], trigger: unknown = whenJob) =>
      refusalOf(make({ name: 'Wrong', trigger, steps }));
    expect(await wrong([post('{{ event.data.salary }}')])).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/steps/0/input/text' }],
    });
    expect((await wrong([{ ...post('x'), input: { texts: 'x' } }])).code).toBe('invalid_input');
    expect((await wrong([post('{{ steps.later.url }}')])).code).toBe('invalid_input');
    expect((await wrong([post('{{ day.events }}')])).code).toBe('invalid_input');
    // A number of openings is no address.
    const email = { name: 'mail', capability: 'email.send' };
    expect(
      await wrong([{ ...email, input: { to: '{{ event.data.openings }}', subject: 'x', text: 'x' } }]),
    ).toMatchObject({ errors: [{ pointer: '/steps/0/input/to' }] });
    expect(
      (await wrong([post('{{ event.data.text }}')], { kind: 'event', events: ['message.*'] })).code,
    ).toBe('invalid_input');
    expect((await wrong([post('x')], { kind: 'daily', hour: 8, timeZone: 'Mars/Olympus' })).code).toBe(
      'invalid_input',
    );
    expect((await listAutomations(admin(), {})).data).toEqual([]);
    // Nothing is known of a type of the organization's own; it is tried when it comes.
    await make({
      name: 'Own',
      trigger: { kind: 'event', events: ['robot.moved'] },
      steps: [post('{{ event.data.x }}')],
    });
    await expectRefusals(world, organization, operation, (ctx) =>
      createAutomation(ctx, operation.input.parse({ name: 'X', trigger: whenJob, steps: [post('x')] })),
    );
  });

  it('is tried with an example before it is saved', async () => {
    const draft = {
      trigger: { ...whenJob, conditions: [{ field: 'event.data.status', operator: 'is', value: 'closed' }] },
      steps: [
        post('{{ event.data.title }}: {{ event.data.pay.currency }}', { integrationId: null }),
        post('{{ steps.post.channel }} {{ event.data.nothing }}', { name: 'second', integrationId: null }),
      ],
    } as unknown as Parameters<typeof checkAutomation>[1];
    const check = await checkAutomation(admin(), draft);
    expect(check).toMatchObject({
      example: { type: 'job.created' },
      matches: false,
      steps: [
        { name: 'post', input: { text: 'Senior Java Developer: USD' }, providedBy: [] },
        { name: 'second', input: null },
      ],
    });
    expect(check.steps[0]?.providers).toContain('Slack');
    expect(check.paths).toContainEqual({ path: 'event.data.title', value: 'Senior Java Developer' });
  });
});

describe('a run', () => {
  const fails = () =>
    make({ name: 'Fails', trigger: whenJob, steps: [post(`{{ event.data.note }} ${mark()}`)] }).catch(
      () => null,
    );

  it('that cannot be filled is given up, told of, and does it after the automation was corrected', async () => {
    expect(await fails()).toBeNull();
    await world.connect(organization, 'slack');
    const { id } = await make({
      name: 'Notes',
      trigger: { kind: 'event', events: ['robot.moved'] },
      steps: [post(`{{ event.data.note }} ${mark()}`)],
    });
    const watching = await make({
      name: 'Watches',
      trigger: { kind: 'event', events: ['*'] },
      steps: [post(`Saw {{ event.type }} ${mark()}`)],
    });
    await updateAutomation(admin(), { id: watching.id, enabled: false });
    await send({ type: 'robot.moved', data: { noted: 'x' } }, { type: 'robot.moved', data: { note: 'ok' } });
    await updateAutomation(admin(), { id: watching.id, enabled: true });
    await work();
    expect(texts()).toEqual([`ok ${mark()}`]);
    const dead = (await runs()).find(({ status }) => status === 'dead_lettered')!;
    expect(dead.problem).toMatchObject({
      fault: 'badInput',
      cause: expect.stringContaining('event.data.note'),
    });
    // Its own event reaches webhooks, and makes no automation run, not even one for everything.
    await new OwnEvents(world.app).run();
    await work();
    const { rows } = await world.app.pool.query<{ data: unknown }>(
      `SELECT body::jsonb->'data' AS data FROM events WHERE organization_id = $1 AND type = 'automation.dead_lettered'`,
      [organization.id],
    );
    expect(rows).toMatchObject([{ data: { name: 'Notes', runId: dead.id, eventType: 'robot.moved' } }]);
    expect(texts().filter((text) => !String(text).startsWith('Saw integration.'))).toHaveLength(1);
    await updateAutomation(admin(), { id: watching.id, enabled: false });
    await updateAutomation(admin(), {
      id,
      steps: [{ ...post(`{{ event.data.note | "no note" }} ${mark()}`), integrationId: null } as never],
    });
    expect((await refusalOf(retryDeadRuns(world.as('viewer', organization), { id }))).code).toBe('forbidden');
    expect(await retryDeadRuns(admin(), { id })).toEqual({ retried: 1 });
    await work();
    expect(texts().at(-1)).toBe(`no note ${mark()}`);
    expect(await retryDeadRuns(admin(), { id })).toEqual({ retried: 0 });
    expect((await refusalOf(retryAutomationRun(admin(), { id: dead.id }))).code).toBe('conflict');
  });

  it('repeats no step that was done when it is retried', async () => {
    await world.connect(organization, 'slack');
    const mail = {
      name: 'mail',
      capability: 'email.send',
      input: { to: 'a@example.com', subject: `S ${mark()}`, text: 'x' },
    };
    await make({ name: 'Two', trigger: whenJob, steps: [post(`Once ${mark()}`), mail] });
    await send(job());
    await work();
    let run = await detail();
    expect(run).toMatchObject({ status: 'queued', problem: { title: 'Nobody could do it' } });
    expect(texts()).toHaveLength(1);
    await cancelAutomationRun(admin(), { id: run.id });
    expect((await detail()).status).toBe('cancelled');
    await world.connect(organization, 'sendgrid');
    await retryAutomationRun(admin(), { id: run.id });
    await work();
    run = await detail();
    expect(run).toMatchObject({ status: 'succeeded', round: 2 });
    expect(run.steps.map(({ round, name, status }) => [round, name, status])).toEqual([
      [1, 'post', 'succeeded'],
      [1, 'mail', 'cancelled'],
      [2, 'mail', 'succeeded'],
    ]);
    expect(texts()).toHaveLength(1);
  });

  it('waits with its action while the provider is down, and goes on at once when somebody says so', async () => {
    await world.connect(organization, 'slack');
    await make({ name: 'Jobs', trigger: whenJob, steps: [post(`Later ${mark()}`)] });
    world.sandbox.setCondition('slack', 'down');
    await send(job());
    await work();
    const run = await detail();
    expect(run).toMatchObject({ status: 'waiting', steps: [{ status: 'running', actionStatus: 'queued' }] });
    world.sandbox.setCondition('slack', 'healthy');
    await retryAutomationRun(admin(), { id: run.id });
    await work();
    expect((await detail()).status).toBe('succeeded');
    expect(texts()).toEqual([`Later ${mark()}`]);
  });

  it('that is cancelled takes its waiting action with it', async () => {
    await world.connect(organization, 'slack');
    await make({ name: 'Jobs', trigger: whenJob, steps: [post(`Never ${mark()}`)] });
    world.sandbox.setCondition('slack', 'down');
    await send(job());
    await work();
    await cancelAutomationRun(admin(), { id: (await detail()).id });
    world.sandbox.setCondition('slack', 'healthy');
    await world.app.pool.query(`UPDATE actions SET due_at = now() WHERE state = 'queued'`);
    await work();
    expect(await detail()).toMatchObject({
      status: 'cancelled',
      steps: [{ status: 'cancelled', actionStatus: 'cancelled' }],
    });
    expect(texts()).toEqual([]);
  });

  it('waits for the next hour when as many have begun as may', async () => {
    await world.connect(organization, 'slack');
    await make({ name: 'Jobs', trigger: whenJob, runsPerHour: 2, steps: [post(`Few ${mark()}`)] });
    await send(job(), job(), job());
    await work();
    expect(texts()).toHaveLength(2);
    const held = (await runs()).find(({ status }) => status === 'queued');
    expect(held?.problem?.fault).toBe('rateLimit');
    await world.app.pool
      .query(`UPDATE automation_runs SET created_at = now() - interval '25 hours', due_at = now()
      WHERE state = 'queued'`);
    await work();
    expect((await runs()).some(({ status }) => status === 'dead_lettered')).toBe(true);
  });
});

describe('the switch of a calendar', () => {
  const set = (integrationId: string, enabled: boolean) =>
    updateInterviewSync(admin(), { integrationId, enabled });
  const about = (event: 'scheduled' | 'rescheduled' | 'cancelled', id: string, fields = {}) =>
    send({
      type: `interview.${event}`,
      data: { ...findEventType(`interview.${event}`)!.example, id: `SYNC-${mark()}-${id}`, ...fields },
    });
  const placed = (slug: string, id: string) =>
    world.sandbox
      .sent(slug)
      .map(({ data }) => JSON.stringify(data))
      .filter((text) => text.includes(`SYNC-${mark()}-${id}`) && !text.includes('"cancelled"'));
  const moved = { startsAt: '2026-12-03T09:00:00.000Z', endsAt: '2026-12-03T09:30:00.000Z' };

  it.each(['google-calendar', 'microsoft-365'])(
    'keeps %s in step with interviews while it is on: made, moved, and taken out',
    async (slug) => {
      const integrationId = await world.connect(organization, slug);
      const read = () => getInterviewSync(world.as('viewer', organization), { integrationId });
      const off = { integrationId, enabled: false, automations: [] };
      expect([await read(), await set(integrationId, false)]).toEqual([off, off]);
      const on = await set(integrationId, true);
      expect(on.automations.map(({ key, enabled, changed }) => [key, enabled, changed])).toEqual([
        ['interviews', true, false],
        ['interviews_elsewhere', true, false],
        ['interviews_cancelled', true, false],
      ]);
      await about('scheduled', 'video', { kind: 'video' });
      await about('scheduled', 'onsite', { kind: 'onsite', location: '1 Main Street, Springfield' });
      await about('scheduled', 'phone', { kind: 'phone', location: null });
      await work();
      const [video] = placed(slug, 'video');
      expect(video).toMatch(/https:\/\/(meet\.google|teams\.microsoft)\.com\//);
      expect(video).toContain('priya.raman@example.com');
      for (const id of ['onsite', 'phone']) {
        const events = placed(slug, id);
        expect(events).toHaveLength(1);
        expect(events[0]).not.toMatch(/meet\.google|teams\.microsoft/);
        expect(events[0]!.includes('1 Main Street, Springfield')).toBe(id === 'onsite');
      }
      await about('rescheduled', 'video', { kind: 'video', ...moved });
      await about('rescheduled', 'unheard', { kind: 'phone', ...moved });
      await about('cancelled', 'onsite', { kind: 'onsite' });
      await about('cancelled', 'never');
      await work();
      // Moved where it is, with its link; one that is not known is made; one that was cancelled is gone.
      expect(placed(slug, 'video')).toEqual([expect.stringContaining('2026-12-03T09:00:00')]);
      expect(placed(slug, 'video')[0]).toMatch(/https:\/\/(meet\.google|teams\.microsoft)\.com\//);
      expect(placed(slug, 'unheard')).toHaveLength(1);
      expect(placed(slug, 'onsite')).toEqual([]);
      expect((await runs()).map(({ status }) => status)).toEqual(
        Array.from({ length: 7 }, () => 'succeeded'),
      );
      await set(integrationId, false);
      await about('cancelled', 'phone');
      await work();
      expect(placed(slug, 'phone')).toHaveLength(1);
      // What somebody changed in it stays.
      const { id } = on.automations[0]!;
      await updateAutomation(admin(), {
        id,
        trigger: { kind: 'event', events: ['interview.scheduled'], conditions: [] },
      });
      const again = await set(integrationId, true);
      expect(again.automations.map(({ changed }) => changed)).toEqual([true, false, false]);
      expect([again.enabled, (await listAutomations(admin(), {})).data.length]).toEqual([true, 3]);
    },
  );

  it('takes over what an earlier release has made, unless somebody has changed it', async () => {
    const integrationId = await world.connect(organization, 'google-calendar');
    const { name, trigger, steps } = interviewOwnLink;
    await make({ name, trigger, steps: steps.map((step) => ({ ...step, integrationId })) });
    await world.app.pool.query(
      `UPDATE automations SET template = 'switch-interviews', integration_id = $2 WHERE organization_id = $1`,
      [organization.id, integrationId],
    );
    const before = await getInterviewSync(admin(), { integrationId });
    expect([before.enabled, before.automations.map(({ changed }) => changed)]).toEqual([false, [true]]);
    const after = await set(integrationId, true);
    expect(after.automations.map(({ changed }) => changed)).toEqual([false, false, false]);
    expect(after.automations[0]!.id).toBe(before.automations[0]!.id);
  });

  it('is for calendars, and for those who may', async () => {
    const mail = await world.connect(organization, 'sendgrid');
    expect((await refusalOf(set(mail, true))).code).toBe('invalid_input');
    const other = await world.createOrganization();
    const foreign = await world.connect(other, 'google-calendar');
    expect((await refusalOf(set(foreign, true))).code).toBe('not_found');
    const own = await world.connect(organization, 'google-calendar');
    await expectRefusals(world, organization, updateSync, (ctx) =>
      updateInterviewSync(ctx, { integrationId: own, enabled: true }),
    );
  });
});

describe('what is posted of a conversation', () => {
  const about = findEventType('conversation.created')!.example;
  const reply = (ts: string, channel: string): ChatEvent => ({
    type: 'message.received',
    id: 'Ev1',
    subject: null,
    data: JSON.stringify({
      id: `${channel} 2.1`,
      conversationId: null,
      channel: 'slack',
      text: 'We are on it.',
      attachments: [],
      from: { id: 'U0ADA', name: null },
      thread: { team: 'T0', channel, ts },
      receivedAt: '2026-11-29T12:00:00.000Z',
    }),
  });
  const place = (of: TestOrganization, provider: string, event: ChatEvent) =>
    tenantTransaction(world.app.pool, of.id, (tx) => placeAnswers(tx, provider, [event]));

  it('begins a thread, in which people answer that conversation, of this organization alone', async () => {
    const integrationId = await world.connect(organization, 'slack');
    await updateNotificationSwitches(admin(), { integrationId, switches: { new_conversations: true } });
    const id = `CNV-${mark()}`;
    await send({ type: 'conversation.created', data: { ...about, id } });
    await work();
    const posted = world.sandbox.sent('slack').find(({ data }) => String(data['text']).includes(id))!;
    const [channel, ts] = posted.id.split(':') as [string, string];
    const [answer] = await place(organization, 'slack', reply(ts, channel));
    expect(answer).toMatchObject({ type: 'message.sent', id: 'Ev1', subject: id });
    expect(JSON.parse(answer!.data)).toEqual({
      id: `${channel} 2.1`,
      conversationId: id,
      channel: 'slack',
      text: 'We are on it.',
      attachments: [],
      sentBy: { kind: 'agent', id: 'U0ADA' },
      sentAt: '2026-11-29T12:00:00.000Z',
    });
    // Other threads, other chats and other organizations know nothing of it.
    const other = await world.createOrganization();
    for (const [of, provider, draft] of [
      [organization, 'slack', reply('1.000000', channel)],
      [organization, 'discord', reply(ts, channel)],
      [other, 'slack', reply(ts, channel)],
    ] as const) {
      expect(await place(of, provider, draft)).toEqual([draft]);
    }
    await world.app.pool.query(`UPDATE chat_threads SET created_at = now() - interval '91 days'`);
    await removeOldRuns(world.app);
    expect(await place(organization, 'slack', reply(ts, channel))).toEqual([reply(ts, channel)]);
  });

  it('is told by events of a conversation and by those that name one', () => {
    const of = (type: string, data: unknown) => conversationOf({ type, data });
    expect(of('conversation.updated', { id: 'CNV-1' })).toBe('CNV-1');
    expect(of('escalation.triggered', { id: 'ESC-1', conversationId: 'CNV-1' })).toBe('CNV-1');
    expect(of('message.received', { id: 'MSG-1', conversationId: null })).toBeNull();
    expect(of('job.created', { id: 'JOB-1' })).toBeNull();
    expect(conversationOf(undefined)).toBeNull();
  });
});

describe('the switches of a chat integration', () => {
  const set = (integrationId: string, fields: Partial<Parameters<typeof updateNotificationSwitches>[1]>) =>
    updateNotificationSwitches(admin(), { integrationId, switches: {}, ...fields });

  it('make an automation each, which a person may change, and turn it off and on again', async () => {
    const integrationId = await world.connect(organization, 'slack');
    const before = await getNotificationSwitches(world.as('viewer', organization), { integrationId });
    expect(before.switches.map(({ enabled, automationId }) => [enabled, automationId])).toEqual(
      Array.from({ length: 4 }, () => [false, null]),
    );
    const on = await set(integrationId, {
      switches: { escalations: true, daily_summary: true },
      summary: { hour: 7, timeZone: 'Europe/Berlin' },
    });
    expect(on.summary).toEqual({ hour: 7, timeZone: 'Europe/Berlin' });
    const made = (await listAutomations(admin(), {})).data;
    expect(made.map(({ name, enabled, trigger }) => [name, enabled, trigger.kind])).toEqual([
      ['Escalations to human', true, 'event'],
      ['Daily summary', true, 'daily'],
    ]);
    const escalation = findEventType('escalation.triggered')!.example;
    await send({ type: 'escalation.triggered', data: { ...escalation, summary: `Help ${mark()}.` } });
    await work();
    expect(texts()).toEqual([expect.stringContaining('Needs a person (high): Help')]);
    const [first] = made;
    await updateAutomation(admin(), {
      id: first!.id,
      steps: [{ name: 'post', capability: 'chat.post', integrationId, input: { text: `Changed ${mark()}` } }],
    });
    await set(integrationId, { switches: { escalations: false } });
    await send({ type: 'escalation.triggered', data: escalation });
    await work();
    expect(texts()).toHaveLength(1);
    const again = await set(integrationId, { switches: { escalations: true } });
    expect(again.switches.find(({ key }) => key === 'escalations')).toMatchObject({
      enabled: true,
      automationId: first!.id,
      changed: true,
    });
    await send({ type: 'escalation.triggered', data: escalation });
    await work();
    expect(texts()).toHaveLength(2);
    expect((await listAutomations(admin(), {})).data).toHaveLength(2);
  });

  it('post the summary of the day in the words of its switch', async () => {
    const integrationId = await world.connect(organization, 'slack');
    await set(integrationId, { switches: { daily_summary: true }, summary: { hour: 7, timeZone: 'UTC' } });
    const example = (type: string) => ({ type, data: findEventType(type)!.example });
    await send(job(), example('conversation.created'), example('escalation.triggered'));
    await send(example('message.received'), example('message.sent'));
    const [made] = (await listAutomations(admin(), {})).data;
    await world.app.pool.query(`UPDATE automations SET next_at = now() + interval '1 second' WHERE id = $1`, [
      made!.id,
    ]);
    const posted = () => world.sandbox.sent('slack').map(({ data }) => String(data['text']));
    const before = posted().length;
    await new Automations({ ...world.app, clock: () => Date.now() + 2_000 }).run();
    await world.app.pool.query(`UPDATE actions SET due_at = now() WHERE state = 'queued'`);
    await work();
    expect(posted().slice(before)).toEqual([
      expect.stringMatching(
        /^Summary of \d{4}-\d\d-\d\d: 1 new conversations, 1 escalations, 2 messages\. 5 events in all; 0 deliveries, 0 actions and 0 runs of automations failed; 0 alerts are open\.$/,
      ),
    ]);
  });

  it('are for those who post in a chat, and for those who may', async () => {
    const mail = await world.connect(organization, 'sendgrid');
    expect((await refusalOf(set(mail, { switches: { escalations: true } }))).code).toBe('invalid_input');
    const slack = await world.connect(organization, 'slack');
    const viewer = world.as('viewer', organization);
    expect(
      (
        await refusalOf(
          updateNotificationSwitches(viewer, { integrationId: slack, switches: { escalations: true } }),
        )
      ).code,
    ).toBe('forbidden');
    expect((await listAutomations(admin(), {})).data).toEqual([]);
  });
});

describe('the worker', () => {
  it('notices new runs and ended actions by itself', async () => {
    await world.connect(organization, 'slack');
    await make({ name: 'Jobs', trigger: whenJob, steps: [post(`Alive ${mark()}`)] });
    const automations = new Automations(world.app);
    const actions = new Actions(world.app);
    automations.start();
    actions.start();
    await send(job());
    await eventually(async () => expect((await detail()).status).toBe('succeeded'), 4_000);
    await automations.stop();
    await actions.stop();
  });

  it('makes one run a day at the hour of the time zone, however many look', async () => {
    await world.connect(organization, 'slack');
    const { id } = await make({
      name: 'Summary',
      trigger: { kind: 'daily', hour: 8, timeZone: 'Europe/Berlin' },
      steps: [post(`{{ day.date }}: {{ day.events }} events ${mark()}`)],
    });
    await send(job(), job());
    await Promise.all([new Automations(world.app).run(), new Automations(world.app).run()]);
    expect(await runs()).toEqual([]);
    await world.app.pool.query(`UPDATE automations SET next_at = now() + interval '1 second' WHERE id = $1`, [
      id,
    ]);
    const later = { ...world.app, clock: () => Date.now() + 2_000 };
    await Promise.all([1, 2, 3].map(() => new Automations(later).run()));
    // Their clock is ahead, and so is the action that they started.
    await world.app.pool.query(`UPDATE actions SET due_at = now() WHERE state = 'queued'`);
    await work();
    expect(await runs()).toHaveLength(1);
    expect(texts()).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d: 2 events /)]);
    const [automation] = (await listAutomations(admin(), {})).data;
    expect(Date.parse(automation!.nextAt!)).toBeGreaterThan(Date.now());
  });
});
