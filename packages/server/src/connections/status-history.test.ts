import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { deleteIntegration } from '../modules/integrations/delete-integration.ts';
import { testIntegration } from '../modules/integrations/test-integration.ts';
import { updateIntegration } from '../modules/integrations/update-integration.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;

beforeAll(async () => {
  sandbox = await startSandbox({ providers: sandboxDefinitions(), countLimits: false });
  test = await createTestApp({ reroute: sandbox.reroute });
});
afterAll(async () => {
  await test.close();
  await sandbox.close();
});

it('has a span for every status, one after the other and without gaps', async () => {
  const organization = await test.createOrganization();
  const admin = test.as('system_admin', organization);
  const values = { ...sandbox.account('twilio').values };
  const began = test.time.now;
  const { id } = await createIntegration(admin, { provider: 'twilio', values, check: 'require' });
  const check = async (condition: 'healthy' | 'down' | 'rateLimited' | 'revoked') => {
    test.time.advance(60_000);
    sandbox.setCondition('twilio', condition);
    await testIntegration(admin, { id });
  };
  await check('healthy');
  await check('down');
  await check('revoked');
  await check('rateLimited');
  test.time.advance(60_000);
  await updateIntegration(admin, { id, enabled: false });
  await check('healthy');
  test.time.advance(60_000);
  await updateIntegration(admin, { id, enabled: true });
  test.time.advance(60_000);
  await deleteIntegration(test.as('system_admin', organization), { id });
  const { rows } = await test.database.pool.query<{
    status: string;
    since: Date;
    until: Date;
    fault: string;
  }>(
    `SELECT status, since, until, problem ->> 'fault' AS fault FROM integration_status_spans
     WHERE integration_id = $1 ORDER BY since`,
    [id],
  );
  const minutes = (at: Date): number => (at.getTime() - began) / 60_000;
  expect(rows.map((row) => [row.status, row.fault, minutes(row.since), minutes(row.until)])).toEqual([
    ['active', null, 0, 2],
    ['error', 'down', 2, 4],
    ['degraded', 'rateLimit', 4, 5],
    ['disabled', 'rateLimit', 5, 7],
    ['active', null, 7, 8],
  ]);
});
