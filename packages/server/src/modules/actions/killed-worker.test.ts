import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey } from '../../lib/secret-box.ts';
import { startTypeScript } from '../../testing/child.ts';
import { eventually } from '../../testing/eventually.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { getAction } from './get-action.ts';
import { runAction } from './run-action.ts';

/* What a kill -9 in the middle of a call leaves, and what another node makes of it. */

const masterKey = randomBytes(32).toString('hex');
let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld({ secretBox: createSecretBox({ current: parseMasterKey(masterKey) }) });
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
});

function asProgram() {
  const ctx = world.apiKey(organization);
  ctx.request.headers.set('prefer', 'respond-async');
  return ctx;
}

const makeDue = () => world.app.pool.query(`UPDATE actions SET due_at = now() WHERE isfinite(due_at)`);

/** Lets a process of its own take the action, and kills it while the provider has the call and has not answered. */
async function killWhileSending(slug: string): Promise<void> {
  world.sandbox.setCondition(slug, 'timeout');
  const before = world.sandbox.traffic(slug).length;
  await makeDue();
  const child = startTypeScript(
    new URL('../../testing/sandbox-worker.fixture.ts', import.meta.url),
    [world.sandbox.url],
    {
      ...world.database.env,
      TRUNKLINE_SECRET_KEY: masterKey,
      TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8',
    },
  );
  expect(await child.nextLine()).toBe('ready');
  await eventually(() => expect(world.sandbox.traffic(slug).length).toBeGreaterThan(before));
  await child.kill();
  world.sandbox.setCondition(slug, 'healthy');
}

it('counts as a doubt what may have been done, sends it nowhere else, and leaves its lease alone until it ends', async () => {
  await world.connect(organization, 'sendgrid');
  const input = {
    capability: 'email.send' as const,
    to: 'jane@example.com',
    subject: 'Killed',
    text: 'Hello',
  };
  const { id } = await runAction(asProgram(), input);
  await killWhileSending('sendgrid');
  await new Actions(world.app).run();
  expect((await getAction(asProgram(), { id })).status).toBe('running');
  await makeDue();
  await Promise.all([new Actions(world.app).run(), new Actions(world.app).run()]);
  const action = await getAction(asProgram(), { id });
  expect(action).toMatchObject({
    status: 'ambiguous',
    attempts: [{ outcome: 'ambiguous', problem: { title: 'Interrupted while it was sent' } }],
  });
  expect(world.sandbox.sent('sendgrid')).toEqual([]);
});

it('does again what may be done twice, and it is done', async () => {
  await world.connect(organization, 'aws-s3');
  const input = { capability: 'storage.put' as const, key: 'a/killed.txt', content: 'SGVsbG8=' };
  const { id } = await runAction(asProgram(), input);
  await killWhileSending('aws-s3');
  await makeDue();
  await Promise.all([new Actions(world.app).run(), new Actions(world.app).run()]);
  const action = await getAction(asProgram(), { id });
  expect([action.status, action.attempts.map(({ outcome }) => outcome)]).toEqual([
    'succeeded',
    ['ambiguous', 'succeeded'],
  ]);
  expect(world.sandbox.sent('aws-s3').map(({ id: key }) => key)).toEqual(['a/killed.txt']);
});
