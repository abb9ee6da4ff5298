import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { classify } from '../../providers/classify.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { updateFailoverConfig } from '../failover/update-failover-config.ts';
import { getAction } from './get-action.ts';
import { runAction } from './run-action.ts';

/* What may have been done by a provider that knows repetitions, and then is down: it is done by nobody else. */

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  for (const slug of ['google-calendar', 'microsoft-365']) world.sandbox.setCondition(slug, 'healthy');
});

it('stays with a provider that may have done it, and is in doubt when that says no more', async () => {
  const integrationId = await world.connect(organization, 'google-calendar');
  const backup = await world.connect(organization, 'microsoft-365');
  await updateFailoverConfig(world.as('system_admin', organization), {
    integrationId,
    backupIntegrationIds: [backup],
    failoverThreshold: 20,
  });
  // Its answer to the first try is lost; then it is down.
  const { reroute } = world.app;
  let changes = 0;
  const app = {
    ...world.app,
    reroute: (slug: string, url: string) => {
      if (slug === 'google-calendar' && url.includes('/events')) {
        changes += 1;
        world.sandbox.setCondition(slug, changes === 1 ? 'answerLost' : 'down');
      }
      return reroute(slug, url);
    },
  };
  const ctx = world.apiKey(organization);
  const { id } = await runAction(
    { ...ctx, app },
    {
      capability: 'calendar.create_event',
      title: 'Interview',
      start: '2026-12-01T10:00:00Z',
      end: '2026-12-01T11:00:00Z',
    },
  );
  await new Actions(world.app).run();
  const action = await getAction(ctx, { id });
  expect(action).toMatchObject({ status: 'ambiguous', problem: { fault: 'ambiguous' } });
  expect(action.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
    'google-calendar ambiguous',
    'google-calendar failed',
    'google-calendar failed',
  ]);
  const events = (slug: string) => world.sandbox.sent(slug).filter(({ kind }) => kind === 'event').length;
  expect([events('google-calendar'), events('microsoft-365')]).toEqual([1, 0]);
});

it.each(['twilio', 'twilio-verify'])('takes a 500 of %s for a doubt, as it documents', (slug) => {
  const faultOf = (status: number, readOnly: boolean) =>
    classify(findProvider(slug)!, { status, text: '{"code":20500}', mayHaveArrived: false, readOnly }).fault;
  expect([500, 502, 503].map((status) => faultOf(status, false))).toEqual(['ambiguous', 'down', 'down']);
  expect(faultOf(500, true)).toBe('down');
});

it.each(['stripe', 'stripe-connect'])('takes a server error of %s for a doubt, as it documents', (slug) => {
  const faultOf = (status: number, readOnly: boolean) =>
    classify(findProvider(slug)!, {
      status,
      text: '{"error":{"type":"api_error"}}',
      mayHaveArrived: false,
      readOnly,
    }).fault;
  expect([500, 502, 503].map((status) => faultOf(status, false))).toEqual(['ambiguous', 'ambiguous', 'down']);
  // A check changes nothing, so that nothing is in doubt.
  expect(faultOf(500, true)).toBe('down');
});
