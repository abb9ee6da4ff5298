import { afterAll, beforeAll, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { refusalOf } from '../../testing/refusal.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { runAction } from '../actions/run-action.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { listAlerts } from './list-alerts.ts';
import { sweepAlerts } from './sweep-alerts.ts';

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
  organization = await world.createOrganization();
});
afterAll(() => world.close());

const send = () =>
  runAction(world.apiKey(organization), {
    capability: 'email.send',
    to: 'jane@example.com',
    subject: 'Interview',
    text: 'See you on Monday at ten.',
  });

async function recorded(): Promise<unknown[]> {
  const { rows } = await world.app.pool.query<{ data: unknown }>(
    `SELECT data FROM own_events WHERE organization_id = $1 AND type = 'integration.throttled' ORDER BY id`,
    [organization.id],
  );
  return rows.map(({ data }) => data);
}

async function alerts() {
  await sweepAlerts(world.app);
  const { data } = await listAlerts(world.as('viewer', organization), { limit: 10, snoozed: 'include' });
  return data.filter(({ rule }) => rule === 'throttled');
}

it('opens an alert when actions use a limit up, and records one event however many are refused', async () => {
  const id = await world.connect(organization, 'sendgrid');
  const limits = { perHour: null, perDay: 2, onLimit: 'refuse' } as const;
  await updateIntegration(world.as('system_admin', organization), { id, limits });
  await send();
  expect([await recorded(), await alerts()]).toEqual([[], []]);
  await send();
  for (let n = 0; n < 3; n += 1) expect((await refusalOf(send())).code).toBe('call_limit_reached');
  expect(await recorded()).toMatchObject([
    { integrationId: id, limit: 2, window: 'day', setBy: 'organization' },
  ]);
  expect(await alerts()).toMatchObject([
    { subject: { id }, state: 'open', cause: 'The limit of 2 calls a day is reached.' },
  ]);
});

it('records that a provider says so to an action', async () => {
  const id = await world.connect(organization, 'postmark');
  const first = (await recorded()).length;
  world.sandbox.setCondition('postmark', 'rateLimited');
  await runAction(world.apiKey(organization), {
    capability: 'email.send',
    integrationId: id,
    to: 'jane@example.com',
    subject: 'Interview',
    text: 'See you on Monday at ten.',
  });
  world.sandbox.setCondition('postmark', 'healthy');
  expect((await recorded()).slice(first)).toMatchObject([{ integrationId: id, setBy: 'provider' }]);
});
