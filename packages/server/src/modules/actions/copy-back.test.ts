import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../../db/tenant.ts';
import { eventually } from '../../testing/eventually.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { CopyBack } from '../../workers/copy-back.ts';
import { getFailoverConfig } from '../failover/get-failover-config.ts';
import { listFailover } from '../failover/list-failover.ts';
import { makePrimary } from '../failover/make-primary.ts';
import { restorePrimary } from '../failover/restore-primary.ts';
import { retryCopyBack } from '../failover/retry-copy-back.ts';
import { triggerFailover } from '../failover/trigger-failover.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { testIntegration } from '../integrations/test-integration.ts';
import { claimDisplaced, copyBack } from './copy-back.ts';
import { announcePut } from './displaced-files.ts';
import { runAction } from './run-action.ts';

/* A store of S3 with local storage behind it: what local storage took while S3 was down comes back to S3. */

let world: ActionWorld;
let organization: TestOrganization;
let primary: string;
let backup: string;

beforeAll(async () => {
  world = await startActionWorld();
  const dataDir = await mkdtemp(join(tmpdir(), 'trunkline-copy-back-'));
  world.app.config = { ...world.app.config, dataDir };
});
afterAll(async () => {
  await world.close();
  await rm(world.app.config.dataDir, { recursive: true });
});
beforeEach(async () => {
  world.sandbox.setCondition('aws-s3', 'healthy');
  organization = await world.createOrganization();
  primary = await world.connect(organization, 'aws-s3', 'Bucket');
  backup = await world.connect(organization, 'local-storage', 'Disk');
  await link({ failoverThreshold: 10 });
});

const admin = () => world.as('system_admin', organization);
const link = (rules: Record<string, unknown>) =>
  updateFailoverConfig(admin(), { integrationId: primary, backupIntegrationId: backup, ...rules });
const copyAll = () => new CopyBack(world.app).run();
const away = async (integrationId = primary) =>
  (await getFailoverConfig(admin(), { integrationId })).filesToCopyBack;

let count = 0;
const newKey = () => `copy-back/${(count += 1)}.txt`;
const put = (key: string, text = key, integrationId?: string) =>
  runAction(world.apiKey(organization), {
    capability: 'storage.put',
    key,
    content: Buffer.from(text).toString('base64'),
    contentType: 'text/plain',
    integrationId,
  });

/** What the file holds, and who gave it. */
async function read(key: string, integrationId?: string): Promise<[string | null, string | null]> {
  const got = await runAction(world.apiKey(organization), { capability: 'storage.get', key, integrationId });
  expect(got.status).toBe('succeeded');
  const { content } = got.result as { content: string | null };
  const by = { [primary]: 'Bucket', [backup]: 'Disk' }[got.integrationId ?? ''] ?? null;
  return [content === null ? null : Buffer.from(content, 'base64').toString(), content === null ? null : by];
}

/** The primary works again, and that is known. */
async function isBack(): Promise<void> {
  world.sandbox.setCondition('aws-s3', 'healthy');
  await testIntegration(admin(), { id: primary });
}

/** Stores a file while the primary is down. */
async function putAway(key = newKey(), text = key): Promise<string> {
  world.sandbox.setCondition('aws-s3', 'down');
  expect(await put(key, text)).toMatchObject({ status: 'succeeded', integrationId: backup });
  await isBack();
  return key;
}

/** Where the folder of the backup is, with the name of a file in it. */
async function onDisk(key: string): Promise<string> {
  const { rows } = await world.app.pool.query<{ folder: string }>(
    `SELECT plain ->> 'folder' AS folder FROM integration_credentials WHERE integration_id = $1`,
    [backup],
  );
  return join(world.app.config.dataDir, 'files', organization.id, rows[0]!.folder, `${key}.file`);
}

const change = (set: string) =>
  world.app.pool.query(`UPDATE displaced_files SET ${set} WHERE organization_id = $1`, [organization.id]);
const claimOne = async () => {
  const [held] = await claimDisplaced(world.app, 1);
  return held!;
};

describe('a file that a backup took', () => {
  it('is read there until it is copied, and at the primary after that; the disk is cleared', async () => {
    const key = await putAway();
    expect(await away()).toEqual({ waiting: 1, givenUp: 0, problem: null });
    expect((await listFailover(admin(), {})).data.find(({ id }) => id === primary)).toMatchObject({
      filesToCopyBack: 1,
    });
    expect(await read(key)).toEqual([key, 'Disk']);
    await copyAll();
    expect(await read(key)).toEqual([key, 'Bucket']);
    expect(await away()).toEqual({ waiting: 0, givenUp: 0, problem: null });
    expect(existsSync(await onDisk(key))).toBe(false);
    const folder = join(await onDisk(key), '..');
    expect(await readdir(folder)).toEqual([]);
    await world.app.logs.flush();
    const { rows } = await world.app.pool.query<{ event: string; message: string }>(
      `SELECT event, message FROM log_entries WHERE organization_id = $1 AND event = 'file.copied_back'`,
      [organization.id],
    );
    expect(rows).toEqual([
      {
        event: 'file.copied_back',
        message: 'A file was copied back from Disk to Bucket, and removed there.',
      },
    ]);
  });

  it('stays at the backup while the primary fails or calls go elsewhere, as does what is read', async () => {
    const key = await putAway();
    await triggerFailover(admin(), { integrationId: primary });
    // The backup signs no addresses, so that both are active, each for its own.
    const { data } = await listFailover(admin(), {});
    const activeFor = (id: string) => data.find((each) => each.id === id)?.activeFor;
    expect([activeFor(primary), activeFor(backup)]).toEqual([
      ['storage.sign'],
      expect.arrayContaining(['storage.put', 'storage.get']),
    ]);
    await copyAll();
    expect(await read(key)).toEqual([key, 'Disk']);
    await restorePrimary(admin(), { integrationId: primary });
    world.sandbox.setCondition('aws-s3', 'down');
    await testIntegration(admin(), { id: primary });
    await copyAll();
    expect([await read(key), (await away()).waiting]).toEqual([[key, 'Disk'], 1]);
    // It fails unnoticed: the copy finds out, and is tried again later.
    await isBack();
    world.sandbox.setCondition('aws-s3', 'down');
    await copyAll();
    expect(await away()).toMatchObject({ waiting: 1, problem: { fault: 'down' } });
    await isBack();
    await change('due_at = now()');
    await copyAll();
    expect([await read(key), (await away()).waiting]).toEqual([[key, 'Bucket'], 0]);
  });

  it('is not remembered where the backup was asked by name, and follows the rules of its chain', async () => {
    await put(newKey(), 'named', backup);
    expect((await away()).waiting).toBe(0);
    const key = await putAway();
    // Other rules leave it as it is.
    await link({ failoverThreshold: 5 });
    expect((await away()).waiting).toBe(1);
    await makePrimary(admin(), { integrationId: backup });
    expect(await away(backup)).toMatchObject({ waiting: 0 });
    expect(await read(key)).toEqual([key, 'Disk']);
  });

  it('that lies at a third store is copied to whoever becomes the primary', async () => {
    const third = await world.connect(organization, 'aws-s3', 'Third');
    await link({ backupIntegrationId: undefined, backupIntegrationIds: [third, backup] });
    world.sandbox.setCondition('aws-s3', 'down');
    const key = newKey();
    expect(await put(key)).toMatchObject({ integrationId: backup });
    await makePrimary(admin(), { integrationId: third });
    world.sandbox.setCondition('aws-s3', 'healthy');
    await testIntegration(admin(), { id: third });
    expect((await away(third)).waiting).toBe(1);
    await copyAll();
    expect((await away(third)).waiting).toBe(0);
    expect((await read(key, third))[0]).toBe(key);
  });

  it('is given up when the backup does not have it any more, or not as it was stored, until it is stored anew', async () => {
    const [gone, changed] = [await putAway(), await putAway()];
    await writeFile(await onDisk(changed), 'something else');
    await change('tries = 9');
    await rm(await onDisk(gone));
    await copyAll();
    expect(await away()).toMatchObject({ waiting: 2, givenUp: 2, problem: { fault: 'config' } });
    expect(await read(changed)).toEqual(['something else', 'Disk']);
    for (const key of [gone, changed]) expect((await put(key, 'anew')).integrationId).toBe(primary);
    await copyAll();
    expect(await away()).toMatchObject({ waiting: 0, givenUp: 0 });
    expect(await read(changed)).toEqual(['anew', 'Bucket']);
    // What was not meant is not removed.
    expect(existsSync(await onDisk(changed))).toBe(true);
  });

  it('is tried again when somebody asks for it, with all its tries, also one that waits for its next', async () => {
    const [gone, late] = [await putAway(), await putAway()];
    const [path, content] = [await onDisk(gone), await readFile(await onDisk(gone))];
    await rm(path);
    await change('tries = 9');
    await copyAll();
    expect(await away()).toMatchObject({ waiting: 1, givenUp: 1 });
    expect(await read(late)).toEqual([late, 'Bucket']);
    await writeFile(path, content);
    await copyAll();
    expect(await away()).toMatchObject({ givenUp: 1 });
    const asked = await retryCopyBack(admin(), { integrationId: primary });
    expect(asked.filesToCopyBack).toMatchObject({ waiting: 1, givenUp: 0 });
    await copyAll();
    expect(await away()).toEqual({ waiting: 0, givenUp: 0, problem: null });
    expect(await read(gone)).toEqual([gone, 'Bucket']);
    const waiting = await putAway();
    await change(`due_at = now() + interval '10 minutes', tries = 4`);
    await copyAll();
    expect((await away()).waiting).toBe(1);
    await retryCopyBack(admin(), { integrationId: primary });
    await copyAll();
    expect(await read(waiting)).toEqual([waiting, 'Bucket']);
    const { rows } = await world.app.pool.query(
      `SELECT changes FROM audit_log WHERE organization_id = $1 AND action = 'failover.copy_retried' ORDER BY sequence`,
      [organization.id],
    );
    expect(rows).toEqual([
      { changes: { files: { before: 0, after: 1 } } },
      { changes: { files: { before: 0, after: 1 } } },
    ]);
    // Nothing waits: nothing is done, and nothing is written down.
    await retryCopyBack(admin(), { integrationId: primary });
    for (const role of ['utility_admin', 'viewer'] as const) {
      await expect(
        retryCopyBack(world.as(role, organization), { integrationId: primary }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('is left to who copies it just now', async () => {
    await putAway();
    const held = await claimOne();
    await retryCopyBack(admin(), { integrationId: primary });
    await copyBack(world.app, held);
    expect((await away()).waiting).toBe(0);
  });
});

describe('a newer file of its key', () => {
  it('wins at the primary, and the older one leaves the disk', async () => {
    const key = await putAway(newKey(), 'old');
    expect(await put(key, 'new')).toMatchObject({ status: 'succeeded', integrationId: primary });
    expect(await read(key)).toEqual(['new', 'Bucket']);
    await copyAll();
    expect(await read(key)).toEqual(['new', 'Bucket']);
    expect(existsSync(await onDisk(key))).toBe(false);
  });

  it('waits for a copy that is under way, and comes after it', async () => {
    const key = await putAway(newKey(), 'old');
    const held = await claimOne();
    const putting = put(key, 'new');
    await eventually(async () => {
      const { rows } = await world.app.pool.query(
        'SELECT FROM displaced_files WHERE organization_id = $1 AND put_until > now()',
        [organization.id],
      );
      expect(rows).toHaveLength(1);
    });
    await copyBack(world.app, held);
    expect(await putting).toMatchObject({ status: 'succeeded', integrationId: primary });
    await copyAll();
    expect(await read(key)).toEqual(['new', 'Bucket']);
  });

  it('is not overtaken by an older one while it is on its way', async () => {
    const key = await putAway();
    await tenantTransaction(world.app.pool, organization.id, (tx) => announcePut(tx, key, 60));
    expect(await claimDisplaced(world.app, 1)).toEqual([]);
    // It never came: the older one is copied after a while.
    await change(`put_until = now() - interval '1 second'`);
    await copyAll();
    expect(await read(key)).toEqual([key, 'Bucket']);
  });

  it('is never overwritten by a process that comes too late with an older one', async () => {
    const key = await putAway(newKey(), 'old');
    const late = await claimOne();
    await change(`held_until = now() - interval '1 second'`);
    await putAway(key, 'newer');
    await copyBack(world.app, late);
    expect(await read(key)).toEqual(['newer', 'Disk']);
    expect(await read(key, primary)).toEqual(['newer', 'Disk']);
    await change(`held_until = '-infinity', put_until = '-infinity', due_at = now()`);
    await copyAll();
    expect(await read(key)).toEqual(['newer', 'Bucket']);
  });

  it('at the backup by its name is the one that is copied', async () => {
    const key = await putAway(newKey(), 'old');
    await put(key, 'by name', backup);
    await change(`put_until = '-infinity'`);
    await copyAll();
    expect(await read(key)).toEqual(['by name', 'Bucket']);
  });
});

describe('what another process left', () => {
  it('after it was copied, or also removed from the disk, is brought to its end', async () => {
    for (const stage of ['copy', 'remove']) {
      const key = await putAway();
      await world.app.pool.query('DROP TABLE IF EXISTS saved');
      await world.app.pool.query(
        `CREATE TABLE saved AS SELECT * FROM displaced_files WHERE organization_id = '${organization.id}'`,
      );
      await copyAll();
      await world.app.pool.query(`UPDATE saved SET stage = $1`, [stage]);
      await world.app.pool.query('INSERT INTO displaced_files SELECT * FROM saved');
      expect(await read(key)).toEqual([key, 'Bucket']);
      await copyAll();
      expect(await away()).toEqual({ waiting: 0, givenUp: 0, problem: null });
      expect(await read(key)).toEqual([key, 'Bucket']);
    }
  });
});
