import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { checkEveryMs } from '../modules/integrations/check-integration.ts';
import { deleteIntegration } from '../modules/integrations/delete-integration.ts';
import { getIntegration } from '../modules/integrations/get-integration.ts';
import { updateIntegration } from '../modules/integrations/update-integration.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { HealthChecks } from './health-checks.ts';

let sandbox: Sandbox;
let test: TestApp;
let organization: TestOrganization;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  test = await createTestApp({ reroute: sandbox.reroute });
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
