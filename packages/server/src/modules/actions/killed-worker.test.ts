import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey } from '../../lib/secret-box.ts';
import { startTypeScript } from '../../testing/child.ts';
import { eventually } from '../../testing/eventually.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { CopyBack } from '../../workers/copy-back.ts';
import { getFailoverConfig } from '../failover/get-failover-config.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { testIntegration } from '../integrations/test-integration.ts';
import { getAction } from './get-action.ts';
import { runAction } from './run-action.ts';

/* What a kill -9 in the middle of a call leaves, and what another node makes of it. */

const masterKey = randomBytes(32).toString('hex');
let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld({ secretBox: createSecretBox({ current: parseMasterKey(masterKey) }) });
  const dataDir = await mkdtemp(join(tmpdir(), 'trunkline-killed-'));
  world.app.config = { ...world.app.config, dataDir };
});
afterAll(async () => {
  await world.close();
  await rm(world.app.config.dataDir, { recursive: true });
});
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
      TRUNKLINE_DATA_DIR: world.app.config.dataDir,
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

it('leaves a file at the backup that it was copying back, until another process copies it', async () => {
  const admin = world.as('system_admin', organization);
  const integrationId = await world.connect(organization, 'aws-s3');
  const backupIntegrationId = await world.connect(organization, 'local-storage');
  await updateFailoverConfig(admin, { integrationId, backupIntegrationId, failoverThreshold: 10 });
  const key = 'a/copied-back.txt';
  world.sandbox.setCondition('aws-s3', 'down');
  const input = { capability: 'storage.put' as const, key, content: 'SGVsbG8=' };
  expect((await runAction(world.apiKey(organization), input)).integrationId).toBe(backupIntegrationId);
  world.sandbox.setCondition('aws-s3', 'healthy');
  await testIntegration(admin, { id: integrationId });
  await killWhileSending('aws-s3');
  const read = async () => {
    const got = await runAction(world.apiKey(organization), { capability: 'storage.get', key });
    return [got.integrationId, (got.result as { content: string }).content];
  };
  const waiting = async () => (await getFailoverConfig(admin, { integrationId })).filesToCopyBack.waiting;
  // It is held until its lease ends.
  await new CopyBack(world.app).run();
  expect([await waiting(), await read()]).toEqual([1, [backupIntegrationId, 'SGVsbG8=']]);
  await world.app.pool.query(`UPDATE displaced_files SET held_until = '-infinity', due_at = now()`);
  await Promise.all([new CopyBack(world.app).run(), new CopyBack(world.app).run()]);
  expect([await waiting(), await read()]).toEqual([0, [integrationId, 'SGVsbG8=']]);
  expect(world.sandbox.sent('aws-s3').filter(({ id }) => id === key)).toHaveLength(1);
});
