import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '../../commands/sandbox-definitions.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { listAlerts } from '../alerts/list-alerts.ts';
import { sweepAlerts } from '../alerts/sweep-alerts.ts';
import { getFailoverConfig } from '../failover/get-failover-config.ts';
import { restorePrimary } from '../failover/restore-primary.ts';
import { triggerFailover } from '../failover/trigger-failover.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { createIntegration } from '../integrations/create-integration.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { nextStep } from './rules.ts';
import type { EndedAttempt } from './rules.ts';
import { runAction } from './run-action.ts';

/* Files that are at another store than calls go to now: two stores of S3, each with a simulator of its own. */

const second = 'https://second.example.com';
let world: ActionWorld;
let secondStore: Sandbox;
let organization: TestOrganization;
let primary: string;
let backup: string;

beforeAll(async () => {
  world = await startActionWorld();
  secondStore = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  const { reroute } = world.app;
  world.app.reroute = (slug, url) =>
    url.startsWith(second) ? secondStore.reroute(slug, url) : reroute(slug, url);
});
afterAll(async () => {
  await secondStore.close();
  await world.close();
});
beforeEach(async () => {
  for (const sandbox of [world.sandbox, secondStore]) sandbox.setCondition('aws-s3', 'healthy');
  organization = await world.createOrganization();
  primary = await world.connect(organization, 'aws-s3', 'First store');
  const { accessKeyId, secretAccessKey, region, bucket } = secondStore.account('aws-s3').values;
  const values = { accessKeyId, secretAccessKey, region, bucket, endpoint: second } as Record<string, string>;
  const created = { provider: 'aws-s3', name: 'Second store', values, check: 'require' } as const;
  ({ id: backup } = await createIntegration(admin(), created));
  await link({ failoverThreshold: 10 });
});

const admin = () => world.as('system_admin', organization);
const link = (rules: Record<string, unknown>) =>
  updateFailoverConfig(admin(), { integrationId: primary, backupIntegrationId: backup, ...rules });
const firstIs = (condition: 'healthy' | 'down') => world.sandbox.setCondition('aws-s3', condition);

let count = 0;
const newKey = () => `elsewhere/${(count += 1)}.txt`;
const put = (key: string) =>
  runAction(world.apiKey(organization), {
    capability: 'storage.put',
    key,
    content: Buffer.from(key).toString('base64'),
    contentType: 'text/plain',
  });
/** Stores a file at the second store by name, as if somebody had brought it there. */
const putAtSecond = async () => {
  const key = newKey();
  const content = Buffer.from(key).toString('base64');
  const input = { capability: 'storage.put', key, content, integrationId: backup } as const;
  expect((await runAction(world.apiKey(organization), input)).status).toBe('succeeded');
  return key;
};
const get = (key: string) => runAction(world.apiKey(organization), { capability: 'storage.get', key });
const sign = (key: string) =>
  runAction(world.apiKey(organization), { capability: 'storage.sign', key, seconds: 60 });
type Ran = Awaited<ReturnType<typeof get>>;

/** Who was asked, and what came of it. */
const asked = ({ attempts }: Ran) =>
  attempts.map(({ integrationName, outcome, problem }) =>
    [integrationName.split(' ')[0], outcome, problem?.title].filter(Boolean).join(' '),
  );
const notAtFirst = 'First succeeded The file does not exist';
const notAtSecond = 'Second succeeded The file does not exist';
const textOf = ({ result }: Ran) => {
  const { found, content } = result as { found: boolean; content: string | null };
  return found ? Buffer.from(content ?? '', 'base64').toString() : null;
};
const urlOf = ({ result }: Ran) => (result as { url: string }).url;

/** What is known of both stores and of the chain, and what is told of it. */
async function known() {
  await sweepAlerts(world.app);
  const { rows } = await world.app.pool.query(
    `SELECT integration_id, problem, consecutive_failures, last_ok_at FROM integration_health
     WHERE organization_id = $1 ORDER BY integration_id`,
    [organization.id],
  );
  const { activeIntegrationId, switches, version } = await getFailoverConfig(admin(), {
    integrationId: primary,
  });
  const { data } = await listAlerts(admin(), { limit: 20, snoozed: 'include' });
  return { rows, activeIntegrationId, switches, version, alerts: data.map(({ rule }) => rule) };
}

/** Stores a file while the first store is down. */
async function putElsewhere(): Promise<string> {
  const key = newKey();
  firstIs('down');
  expect(await put(key)).toMatchObject({ status: 'succeeded', integrationId: backup });
  firstIs('healthy');
  return key;
}

describe('a file that a backup took while the primary was down', () => {
  it('is read there at once when calls are back at the primary', async () => {
    const key = await putElsewhere();
    const fetched = await get(key);
    expect(fetched).toMatchObject({ status: 'succeeded', integrationId: backup, problem: null });
    expect(textOf(fetched)).toBe(key);
    expect(asked(fetched)).toEqual(['Second succeeded']);
  });

  it('is found by asking when it is not known to be there, and who was asked is on record', async () => {
    const key = await putAtSecond();
    const fetched = await get(key);
    expect(textOf(fetched)).toBe(key);
    expect(asked(fetched)).toEqual([notAtFirst, 'Second succeeded']);
  });

  it('has an address at the store that has it', async () => {
    const key = await putElsewhere();
    const signed = await sign(key);
    expect(signed).toMatchObject({ status: 'succeeded', integrationId: backup });
    expect(asked(signed)).toEqual(['Second succeeded']);
    expect(asked(await sign(await putAtSecond()))).toEqual([notAtFirst, 'Second succeeded']);
    expect(urlOf(signed).startsWith(`${second}/`)).toBe(true);
    const answer = await fetch(secondStore.reroute('aws-s3', urlOf(signed)));
    expect([answer.status, await answer.text()]).toEqual([200, key]);
    // One that the primary has is nowhere else.
    const own = newKey();
    await put(own);
    expect(asked(await sign(own))).toEqual(['First succeeded']);
  });

  it('is found after a person has switched there and back, also where failover is not automatic', async () => {
    await link({ enableAutoFailover: false });
    const [before, meanwhile] = [newKey(), newKey()];
    await put(before);
    await triggerFailover(admin(), { integrationId: primary });
    await put(meanwhile);
    const old = await get(before);
    expect([textOf(old), asked(old)]).toEqual([before, [notAtSecond, 'First succeeded']]);
    await restorePrimary(admin(), { integrationId: primary });
    expect(textOf(await get(meanwhile))).toBe(meanwhile);
    // What changes something goes to one store.
    expect(asked(await put(meanwhile))).toEqual(['First succeeded']);
  });

  it('counts as a call of every store that is asked, within its limits', async () => {
    const limits = { perHour: 2, perDay: null, onLimit: 'refuse' } as const;
    await updateIntegration(admin(), { id: backup, limits });
    const key = await putAtSecond();
    expect(textOf(await get(key))).toBe(key);
    const refused = await get(key);
    expect(refused).toMatchObject({
      status: 'failed',
      problem: { title: 'The limit of this integration is reached' },
    });
    expect(asked(refused)).toEqual([notAtFirst]);
  });
});

describe('a file that no store has', () => {
  it('is not found at the primary, which changes nothing for the chain, for health and for alerts', async () => {
    await link({ failoverThreshold: 1 });
    const before = await known();
    for (let round = 0; round < 2; round += 1) {
      const fetched = await get(newKey());
      expect(fetched).toMatchObject({ status: 'succeeded', integrationId: primary, problem: null });
      expect(fetched.result).toEqual({ found: false, content: null, contentType: null, bytes: null });
      expect(asked(fetched)).toEqual([notAtFirst, notAtSecond]);
      const signed = await sign(newKey());
      expect(signed).toMatchObject({
        status: 'failed',
        problem: { fault: 'badInput', title: 'The file does not exist' },
      });
      expect(asked(signed)).toEqual([notAtFirst, notAtSecond]);
    }
    expect(await known()).toEqual(before);
    expect(before).toMatchObject({ activeIntegrationId: primary, switches: [], alerts: [] });
  });
});

describe('a store that is down', () => {
  it('is gone around as ever when it is the primary', async () => {
    const key = await putAtSecond();
    firstIs('down');
    const fetched = await get(key);
    const failed = asked(fetched).slice(0, -1);
    expect([textOf(fetched), failed.length, asked(fetched).at(-1)]).toEqual([key, 3, 'Second succeeded']);
    expect(failed.every((line) => line.startsWith('First failed'))).toBe(true);
    expect(textOf(await get(newKey()))).toBeNull();
  });

  it('is asked once when another one does not have it, and an address is not denied for good', async () => {
    const key = newKey();
    await put(key);
    await triggerFailover(admin(), { integrationId: primary });
    firstIs('down');
    const signed = await sign(key);
    expect(signed).toMatchObject({ status: 'failed', problem: { fault: 'down' } });
    expect(asked(signed).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'Second succeeded',
      'First failed',
    ]);
    expect(asked(await get(key))).toHaveLength(2);
    firstIs('healthy');
    expect(textOf(await get(key))).toBe(key);
  });
});

describe('the next step after "not there"', () => {
  const ended = (integrationId: string, outcome: EndedAttempt['outcome'], fault: EndedAttempt['fault']) => ({
    integrationId,
    outcome,
    fault,
    repeatable: true,
  });
  const gone = (id: string) => ended(id, 'succeeded', 'badInput');
  const route = { order: ['a'], chain: ['a', 'b', 'c'] };

  it('asks every other store once and in order, whatever those say', () => {
    const ask = (integrationId: string) => ({ kind: 'ask', integrationId, again: false });
    expect(nextStep(route, [gone('a')])).toEqual(ask('b'));
    for (const fault of ['down', 'badInput', 'reauth'] as const) {
      expect(nextStep(route, [gone('a'), ended('b', 'failed', fault)])).toEqual(ask('c'));
    }
    expect(nextStep(route, [gone('a'), gone('b'), gone('c')])).toEqual({
      kind: 'missing',
      integrationId: 'a',
    });
  });

  it('asks again where the process ended before the answer came', () => {
    const lost = ended('b', 'ambiguous', 'ambiguous');
    expect(nextStep(route, [gone('a'), lost])).toEqual({ kind: 'ask', integrationId: 'b', again: true });
  });
});
