import type { CheckProblem } from '@trunkline/contract/checks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tenantTransaction } from '../db/tenant.ts';
import { getIntegration } from '../modules/integrations/get-integration.ts';
import { createSamples } from '../testing/sample-data.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { recordFinding } from './state.ts';

let test: TestApp;
let organization: TestOrganization;
let id: string;

beforeAll(async () => {
  test = await createTestApp();
  organization = await test.createOrganization();
});
afterAll(() => test.close());
beforeEach(async () => {
  const samples = createSamples(test, organization, { marker: 'own', url: 'http://127.0.0.1:9' });
  id = await samples.integration();
});

const down: CheckProblem = { fault: 'down', title: 'Down', cause: '503.', fix: 'Wait.', link: null };
const refused: CheckProblem = { fault: 'reauth', title: 'Refused', cause: '401.', fix: 'Look.', link: null };

/** What is known after something was found; `agoMs`: since that which found it began. */
async function find(problem: CheckProblem | null, agoMs: number) {
  const beganAt = test.time.now - agoMs;
  const recorded = await tenantTransaction(test.app.pool, organization.id, (tx) =>
    recordFinding(test.app, tx, id, { problem, report: null, beganAt }),
  );
  const { status, problem: known } = await getIntegration(test.as('viewer', organization), { id });
  return { recorded: recorded !== null, status, known: known?.title ?? null };
}

describe('what stands of several findings', () => {
  it('is of that which began last, in whatever order they end', async () => {
    expect(await find(down, 1_000)).toMatchObject({ recorded: true, status: 'error' });
    expect(await find(null, 5_000)).toEqual({ recorded: false, status: 'error', known: 'Down' });
    expect(await find(refused, 5_000)).toEqual({ recorded: false, status: 'error', known: 'Down' });
    expect(await find(null, 500)).toMatchObject({ recorded: true, status: 'active' });
    expect(await find(down, 600)).toMatchObject({ recorded: false, status: 'active' });
  });

  it('takes what says the same from whatever began earlier', async () => {
    await find(down, 1_000);
    expect(await find({ ...down, title: 'Still down' }, 5_000)).toMatchObject({
      recorded: true,
      known: 'Still down',
    });
    // That makes nothing older: what began between the two is still the older one.
    expect(await find(null, 3_000)).toMatchObject({ recorded: false, status: 'error' });
  });

  it('is not held up by a node whose clock is ahead', async () => {
    await find(down, -3_600_000);
    expect(await find(null, 1_000)).toMatchObject({ recorded: true, status: 'active' });
    expect(await find(down, 2_000)).toMatchObject({ recorded: false, status: 'active' });
  });
});
