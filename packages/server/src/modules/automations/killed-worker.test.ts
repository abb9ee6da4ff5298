import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAutomation as operation } from '@trunkline/contract/automations';
import { createSecretBox, parseMasterKey } from '../../lib/secret-box.ts';
import { startTypeScript } from '../../testing/child.ts';
import { eventually } from '../../testing/eventually.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { Actions } from '../../workers/actions.ts';
import { Automations } from '../../workers/automations.ts';
import { sendEvents } from '../events/send-events.ts';
import { createAutomation } from './create-automation.ts';

/* What a kill -9 of the process that works on runs leaves, and what another node makes of it. */

const masterKey = randomBytes(32).toString('hex');
let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld({ secretBox: createSecretBox({ current: parseMasterKey(masterKey) }) });
});
afterAll(() => world.close());

const texts = () => world.sandbox.sent('sendgrid').map(({ data }) => String(data['subject']));

async function startWorker() {
  const child = startTypeScript(
    new URL('../../testing/sandbox-automations.fixture.ts', import.meta.url),
    [world.sandbox.url],
    {
      ...world.database.env,
      TRUNKLINE_SECRET_KEY: masterKey,
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8',
    },
  );
  expect(await child.nextLine()).toBe('ready');
  return child;
}

it('loses no run and repeats no step, whenever its process is killed', async () => {
  const count = 50;
  const organization = await world.createOrganization();
  await world.connect(organization, 'sendgrid');
  const mail = (name: string) => ({
    name,
    capability: 'email.send',
    input: { to: 'jane@example.com', subject: `${name} {{ event.data.number }}`, text: 'Moved.' },
  });
  await createAutomation(
    world.as('system_admin', organization),
    operation.input.parse({
      name: 'Counted',
      trigger: { kind: 'event', events: ['robot.moved'] },
      steps: [mail('first'), mail('second')],
    }),
  );
  await sendEvents(
    world.apiKey(organization),
    Array.from({ length: count }, (_, number) => ({ type: 'robot.moved', data: { number } })),
  );
  // Two processes are killed in the middle of it, each at another place.
  for (const after of [5, 20]) {
    const child = await startWorker();
    await eventually(() => expect(texts().length).toBeGreaterThanOrEqual(after), 30_000);
    await child.kill();
    // Their leases end.
    await world.app.pool.query(`UPDATE actions SET due_at = now() WHERE isfinite(due_at)`);
    await world.app.pool.query(`UPDATE automation_runs SET due_at = now() WHERE isfinite(due_at)`);
  }
  for (let open = true; open;) {
    await Promise.all([new Automations(world.app).run(), new Automations(world.app).run()]);
    await Promise.all([new Actions(world.app).run(), new Actions(world.app).run()]);
    const { rows } = await world.app.pool.query(
      `UPDATE automation_runs SET due_at = now() WHERE isfinite(due_at) RETURNING id`,
    );
    open = rows.length > 0;
  }
  const { rows: runs } = await world.app.pool.query<{ state: string; doubts: number }>(
    `SELECT r.state, (SELECT count(*)::int FROM automation_run_steps s WHERE s.run_id = r.id AND s.state = 'ambiguous') AS doubts
     FROM automation_runs r WHERE r.organization_id = $1`,
    [organization.id],
  );
  expect(runs).toHaveLength(count);
  // What was being sent when its process died is a doubt and stands among the dead letters, all else was done.
  for (const { state, doubts } of runs)
    expect([state, doubts]).toEqual(doubts > 0 ? ['dead_lettered', 1] : ['succeeded', 0]);
  const doubts = runs.filter(({ state }) => state === 'dead_lettered').length;
  const sent = texts();
  expect(new Set(sent).size).toBe(sent.length);
  for (const name of ['first', 'second']) {
    const of = sent.filter((text) => text.startsWith(name)).length;
    expect(of).toBeGreaterThanOrEqual(count - doubts);
    expect(of).toBeLessThanOrEqual(count);
  }
}, 120_000);
