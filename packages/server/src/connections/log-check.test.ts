import type { CheckReport } from '@trunkline/contract/checks';
import { startSandbox } from '@trunkline/sandbox/sandbox';
import type { Sandbox } from '@trunkline/sandbox/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '../commands/sandbox-definitions.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { testIntegration } from '../modules/integrations/test-integration.ts';
import { updateIntegration } from '../modules/integrations/update-integration.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { loadConnection } from './load-connection.ts';
import { logCheck } from './log-check.ts';

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
  sandbox.setCondition('sendgrid', 'healthy');
  organization = await test.createOrganization();
});

async function sendgrid(): Promise<string> {
  const { id } = await createIntegration(test.as('system_admin', organization), {
    provider: 'sendgrid',
    name: 'Company email',
    values: { ...sandbox.account('sendgrid').values },
    check: 'require',
  });
  return id;
}

interface Row {
  level: string;
  event: string;
  message: string;
  details: Record<string, unknown>;
}

async function lines(id: string): Promise<Row[]> {
  await test.app.logs.flush();
  const { rows } = await test.database.pool.query<Row>(
    `SELECT level, event, message, details FROM log_entries WHERE integration_id = $1 ORDER BY id`,
    [id],
  );
  return rows;
}

describe('checks', () => {
  it('are told when they fail and when that ends, and never while all is well', async () => {
    const id = await sendgrid();
    const ctx = test.as('utility_admin', organization);
    const check = () => testIntegration(ctx, { id });
    await check();
    await check();
    sandbox.setCondition('sendgrid', 'revoked');
    await check();
    test.time.advance(65_000);
    await check();
    sandbox.setCondition('sendgrid', 'healthy');
    await check();
    await check();
    const told = await lines(id);
    expect(told.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'info integration.created',
      'error check.failed',
      'error check.failed',
      'info check.recovered',
    ]);
    expect(told[1]?.details).toMatchObject({ host: 'api.sendgrid.com', error: { code: '401' } });
    expect(told[3]?.message).toBe('Works again after 1 min.');
    expect(JSON.stringify(told)).not.toContain(sandbox.account('sendgrid').values['apiKey']);
  });

  it('are told when they are slow, beside what is usual', async () => {
    const id = await sendgrid();
    const ok: CheckReport = { ok: true, problem: null, steps: [], account: null, durationMs: 5_200 };
    const tell = (report: CheckReport) =>
      tenantTransaction(test.app.pool, organization.id, async (tx) => {
        const connection = await loadConnection(test.app, tx, id);
        const since = new Date(test.time.now);
        await logCheck(test.app, tx, connection, report, {
          from: 'active',
          to: 'active',
          since,
          consecutiveFailures: 0,
        });
      });
    await tell(ok);
    for (let n = 0; n < 50; n += 1) {
      test.app.measures.add({
        organizationId: organization.id,
        integrationId: id,
        kind: 'check',
        ok: true,
        durationMs: 800,
      });
    }
    await test.app.measures.flush();
    await tell(ok);
    await tell({ ...ok, durationMs: 2_900 });
    const slow = (await lines(id)).filter(({ event }) => event === 'check.slow');
    expect(slow[0]?.message).toBe('Slow response: 5.2s.');
    expect(slow[1]?.message).toMatch(/^Slow response: 5\.2s \(normal: 0\.[789]s\)\.$/);
    expect(slow).toHaveLength(2);
    // Where it always takes that long, nothing is amiss.
    await test.database.pool.query(
      `UPDATE integration_hours SET latency = array_fill(0::int8, ARRAY[25]) || ARRAY[500::int8]`,
    );
    await tell(ok);
    expect((await lines(id)).filter(({ event }) => event === 'check.slow')).toHaveLength(2);
  });
});

it('what people change is told, with who did it', async () => {
  const id = await sendgrid();
  const ctx = test.as('utility_admin', organization);
  const { name } = organization.people.utility_admin;
  await updateIntegration(ctx, { id, enabled: false });
  await updateIntegration(ctx, { id, enabled: true });
  await updateIntegration(ctx, { id, name: 'Mail' });
  await updateIntegration(ctx, { id, name: 'Mail' });
  expect((await lines(id)).slice(1).map(({ message }) => message)).toEqual([
    `Switched off by ${name}: nothing is called or checked.`,
    `Switched on by ${name}.`,
    `Changed by ${name}: name.`,
  ]);
});
