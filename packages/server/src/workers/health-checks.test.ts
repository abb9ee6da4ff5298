import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import { parseEgressAllow } from '../lib/egress/allow-list.ts';
import { Dialer } from '../lib/egress/tcp.ts';
import { runAction } from '../modules/actions/run-action.ts';
import { checkAllIntegrations } from '../modules/health/check-all-integrations.ts';
import { getCheckRun } from '../modules/health/get-check-run.ts';
import { troubleshootIntegration } from '../modules/health/troubleshoot-integration.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { deleteIntegration } from '../modules/integrations/delete-integration.ts';
import { getIntegration } from '../modules/integrations/get-integration.ts';
import { testIntegration } from '../modules/integrations/test-integration.ts';
import { updateIntegration } from '../modules/integrations/update-integration.ts';
import { eventually } from '../testing/eventually.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { HealthChecks } from './health-checks.ts';

const checkEveryMs = 300_000;
let sandbox: Sandbox;
let test: TestApp;
let organization: TestOrganization;
/** Where all calls go instead of into the sandbox, while it is set. */
let elsewhere: string | null = null;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false, slowMs: 700 });
  test = await createTestApp({ reroute: (slug, url) => elsewhere ?? sandbox.reroute(slug, url) });
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});
beforeEach(async () => {
  sandbox.setCondition('twilio', 'healthy');
  // What an earlier test has left is not due any more.
  await test.app.pool.query(`UPDATE integration_health SET check_due_at = 'infinity'`);
  organization = await test.createOrganization();
});

const calls = (): number => sandbox.traffic('twilio').length;

async function leased(id: string): Promise<boolean> {
  const { rows } = await test.app.pool.query<{ leased: boolean }>(
    'SELECT check_lease_until > $2 AS leased FROM integration_health WHERE integration_id = $1',
    [id, new Date(test.time.now)],
  );
  return rows[0]?.leased ?? false;
}

function twilio() {
  return createIntegration(test.as('system_admin', organization), {
    provider: 'twilio',
    values: { ...sandbox.account('twilio').values },
    check: 'require',
  });
}

it('checks what is due, on two nodes once, and again only after the interval', async () => {
  const { id } = await twilio();
  const nodes = [new HealthChecks(test.app), new HealthChecks(test.app)];
  const round = () => Promise.all(nodes.map((node) => node.run()));
  const before = calls();
  await round();
  expect(calls()).toBe(before);
  sandbox.setCondition('twilio', 'down');
  test.time.advance(checkEveryMs * 1.1);
  await round();
  expect(calls()).toBe(before + 1);
  const found = await getIntegration(test.as('viewer', organization), { id });
  expect(found).toMatchObject({ status: 'error', problem: { fault: 'down' } });
  await round();
  expect(calls()).toBe(before + 1);
  sandbox.setCondition('twilio', 'healthy');
  test.time.advance(checkEveryMs * 1.1);
  await round();
  expect(await getIntegration(test.as('viewer', organization), { id })).toMatchObject({ status: 'active' });
});

it('leaves alone what is switched off or disconnected, and checks at once what is switched on again', async () => {
  const admin = test.as('system_admin', organization);
  const [off, gone] = [await twilio(), await twilio()];
  await updateIntegration(admin, { id: off.id, enabled: false });
  await deleteIntegration(admin, { id: gone.id });
  const before = calls();
  test.time.advance(checkEveryMs * 2);
  await new HealthChecks(test.app).run();
  expect(calls()).toBe(before);
  await updateIntegration(admin, { id: off.id, enabled: true });
  await new HealthChecks(test.app).run();
  expect(calls()).toBe(before + 1);
});

it('never checks one integration twice at once, on however many nodes, and frees what a dead node held', async () => {
  const { id } = await twilio();
  sandbox.setCondition('twilio', 'slow');
  test.time.advance(checkEveryMs * 1.1);
  const nodes = Array.from({ length: 4 }, () => new HealthChecks(test.app));
  const before = calls();
  const first = nodes[0]!.run();
  // While the first one waits for an answer, it becomes due anew, and the others look for what is due.
  await eventually(async () => expect(calls()).toBe(before + 1));
  expect(await leased(id)).toBe(true);
  test.time.advance(1);
  await checkAllIntegrations(test.as('system_admin', organization), {});
  await Promise.all(nodes.slice(1).map((node) => node.run()));
  expect(await leased(id)).toBe(true);
  expect(calls()).toBe(before + 1);
  await first;
  expect(calls()).toBe(before + 1);
  sandbox.setCondition('twilio', 'healthy');
  await Promise.all(nodes.map((node) => node.run()));
  expect(calls()).toBe(before + 2);

  const died = new Date(test.time.now + 60_000);
  await test.app.pool.query(
    'UPDATE integration_health SET check_due_at = $2, check_lease_until = $3 WHERE integration_id = $1',
    [id, new Date(test.time.now), died],
  );
  await nodes[0]!.run();
  expect(calls()).toBe(before + 2);
  test.time.advance(60_001);
  await nodes[0]!.run();
  expect(calls()).toBe(before + 3);
});

/** A provider that takes calls and answers them when the test says so. */
async function holdCalls() {
  const held: ServerResponse[] = [];
  const server = createServer((_request, response) => void held.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    held,
    /** Answers all that is held. */
    answer: (status: number) => {
      for (const response of held)
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    },
    close: () => {
      elsewhere = null;
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A scheduled check that waits for its answer, while whoever calls now meets the provider in a newer condition. */
async function checkUnderWay(
  provider: Awaited<ReturnType<typeof holdCalls>>,
  newer: 'healthy' | 'down' | 'revoked',
): Promise<{ ended: Promise<void> }> {
  test.time.advance(checkEveryMs * 1.1);
  await checkAllIntegrations(test.as('system_admin', organization), {});
  const ended = new HealthChecks(test.app).run();
  await eventually(() => expect(provider.held).toHaveLength(1));
  elsewhere = null;
  sandbox.setCondition('twilio', newer);
  test.time.advance(1_000);
  return { ended };
}

it.each([
  { late: 500, newer: 'healthy', by: testIntegration, stands: 'active' },
  { late: 200, newer: 'down', by: testIntegration, stands: 'error' },
  { late: 200, newer: 'down', by: troubleshootIntegration, stands: 'error' },
] as const)(
  'keeps what the check found that began last: $newer, not the $late of one that ends after it',
  async ({ late, newer, by, stands }) => {
    const { id } = await twilio();
    const admin = test.as('system_admin', organization);
    const provider = await holdCalls();
    try {
      const scheduled = await checkUnderWay(provider, newer);
      await by(admin, { id });
      const found = await getIntegration(admin, { id });
      expect(found).toMatchObject({ status: stands });
      test.time.advance(1_000);
      provider.answer(late);
      await scheduled.ended;
      expect(await getIntegration(admin, { id })).toEqual(found);
      // The newer one has ended everything that the older one was to end.
      expect(await leased(id)).toBe(false);
      const { run } = await getCheckRun(admin, { id: 'latest' });
      expect(run).toMatchObject({ done: 1, failed: stands === 'error' ? 1 : 0 });
    } finally {
      provider.close();
    }
  },
);

it.each([
  { late: 500, newer: 'healthy', stands: 'active' },
  { late: 200, newer: 'revoked', stands: 'error' },
] as const)(
  'keeps what an action has shown that began later: $newer, not the $late of a check that ends after it',
  async ({ late, newer, stands }) => {
    const { id } = await twilio();
    const admin = test.as('system_admin', organization);
    const provider = await holdCalls();
    try {
      const scheduled = await checkUnderWay(provider, newer);
      await runAction(test.apiKey(organization), {
        capability: 'sms.send',
        to: '+14155550100',
        text: 'Hi there',
      });
      const found = await getIntegration(admin, { id });
      expect(found).toMatchObject({ status: stands });
      test.time.advance(1_000);
      provider.answer(late);
      await scheduled.ended;
      const after = await getIntegration(admin, { id });
      expect([after.status, after.problem]).toEqual([found.status, found.problem]);
      // It is over all the same, and counted.
      expect(await leased(id)).toBe(false);
      const { run } = await getCheckRun(admin, { id: 'latest' });
      expect(run).toMatchObject({ state: 'finished', done: 1 });
    } finally {
      provider.close();
    }
  },
);

it('records nothing of a check that ran with other settings, and checks anew at once', async () => {
  const { id } = await createIntegration(test.as('system_admin', organization), {
    provider: 'checkr',
    values: { ...sandbox.account('checkr').values },
    check: 'require',
  });
  const admin = test.as('system_admin', organization);
  const provider = await holdCalls();
  try {
    test.time.advance(checkEveryMs * 1.1);
    const scheduled = new HealthChecks(test.app).run();
    await eventually(() => expect(provider.held).toHaveLength(1));
    elsewhere = null;
    test.time.advance(1_000);
    await updateIntegration(admin, { id, settings: { package: 'another' } });
    const before = sandbox.traffic('checkr').length;
    provider.answer(500);
    await scheduled;
    expect(await getIntegration(admin, { id })).toMatchObject({ status: 'active', problem: null });
    await new HealthChecks(test.app).run();
    expect(sandbox.traffic('checkr').length).toBe(before + 1);
  } finally {
    provider.close();
  }
});

it('calls no address of the inside, whatever a name leads to', async () => {
  let reached = 0;
  const inside = createServer((_request, response) => {
    reached += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  const { port } = inside.address() as AddressInfo;
  const { dialer, reroute } = test.app;
  // A name of a person's own, which leads to this machine; nothing of the inside is allowed.
  test.app.dialer = new Dialer({
    allow: parseEgressAllow(''),
    lookup: () => Promise.resolve(['127.0.0.1']),
  });
  test.app.reroute = (_slug, url) => url;
  try {
    const { id } = await createIntegration(test.as('system_admin', organization), {
      provider: 'woocommerce',
      values: { ...sandbox.account('woocommerce').values, storeUrl: `https://shop.example.com:${port}` },
      check: 'skip',
    });
    test.time.advance(checkEveryMs * 1.1);
    await new HealthChecks(test.app).run();
    const { status, problem, lastCheckAt } = await getIntegration(test.as('viewer', organization), { id });
    expect(lastCheckAt).toBe(new Date(test.time.now).toISOString());
    expect([status, problem?.fault, problem?.title]).toEqual([
      'error',
      'config',
      'The address is not allowed',
    ]);
    expect(reached).toBe(0);
  } finally {
    Object.assign(test.app, { dialer, reroute });
    inside.close();
  }
});

it('lets nobody wait for one that hangs', async () => {
  const hanging = await twilio();
  const healthy = await createIntegration(test.as('system_admin', organization), {
    provider: 'sendgrid',
    authType: 'api_key',
    values: { ...sandbox.account('sendgrid').values },
    check: 'require',
  });
  sandbox.setCondition('twilio', 'slow');
  test.time.advance(checkEveryMs * 1.1);
  const node = new HealthChecks(test.app);
  const done = node.run();
  await eventually(async () => {
    const { lastCheckAt } = await getIntegration(test.as('viewer', organization), { id: healthy.id });
    expect(lastCheckAt).toBe(new Date(test.time.now).toISOString());
  });
  expect(await leased(hanging.id)).toBe(true);
  // One that becomes due meanwhile is taken by the same node.
  const third = await twilio();
  await test.app.pool.query('UPDATE integration_health SET check_due_at = $2 WHERE integration_id = $1', [
    third.id,
    new Date(test.time.now),
  ]);
  void node.run();
  await eventually(async () => expect(await leased(third.id)).toBe(true));
  await node.stop();
  await done;
});

it('checks all of an organization on demand, with progress, one run at a time', async () => {
  const admin = test.as('system_admin', organization);
  const [good, off] = [await twilio(), await twilio()];
  const bad = await createIntegration(admin, {
    provider: 'sendgrid',
    authType: 'api_key',
    values: { ...sandbox.account('sendgrid').values },
    check: 'require',
  });
  await test.announced();
  sandbox.setCondition('sendgrid', 'revoked');
  const run = await checkAllIntegrations(admin, {});
  expect(run).toMatchObject({ state: 'running', total: 3, done: 0, failed: 0, running: 0 });
  expect(await checkAllIntegrations(admin, {})).toEqual(run);
  await updateIntegration(admin, { id: off.id, enabled: false });
  const other = test.as('system_admin', await test.createOrganization());
  expect(await getCheckRun(other, { id: 'latest' })).toEqual({ run: null });
  await expect(getCheckRun(other, { id: run.id })).rejects.toMatchObject({ code: 'not_found' });
  await Promise.all([new HealthChecks(test.app).run(), new HealthChecks(test.app).run()]);
  const after = await getCheckRun(test.as('viewer', organization), { id: run.id });
  expect(after.run).toMatchObject({ state: 'finished', total: 3, done: 3, failed: 1, running: 0 });
  expect(await getIntegration(admin, { id: bad.id })).toMatchObject({ status: 'error' });
  expect(await getIntegration(admin, { id: good.id })).toMatchObject({ status: 'active' });
  const told = (await test.announced()).filter(({ topic }) => topic === 'health');
  expect(told.length).toBeGreaterThanOrEqual(4);
  sandbox.setCondition('sendgrid', 'healthy');
  expect((await checkAllIntegrations(admin, {})).id).not.toBe(run.id);
});

it('records the checks of all integrations for who asked for them, and those of the schedule for nobody', async () => {
  const ids = [(await twilio()).id, (await twilio()).id];
  const editor = test.as('utility_admin', organization);
  const recorded = async () =>
    (
      await test.app.pool.query<{ userId: string; role: string; properties: unknown }>(
        `SELECT user_id AS "userId", role, properties FROM tracked_events
         WHERE organization_id = $1 AND event = 'integration_health_checked'`,
        [organization.id],
      )
    ).rows;
  sandbox.setCondition('twilio', 'down');
  await checkAllIntegrations(editor, {});
  await new HealthChecks(test.app).run();
  const row = {
    userId: organization.people.utility_admin.id,
    role: 'utility_admin',
    properties: { integration_name: 'twilio', health_status: 'problem' },
  };
  expect(await recorded()).toEqual(ids.map(() => row));

  const quiet = { ...editor.request, headers: new Headers({ 'sec-gpc': '1' }) };
  await checkAllIntegrations({ ...editor, request: quiet }, {});
  await new HealthChecks(test.app).run();
  test.time.advance(checkEveryMs * 1.1);
  await new HealthChecks(test.app).run();
  expect(await recorded()).toHaveLength(ids.length);
});
