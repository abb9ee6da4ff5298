import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Actions } from '../../workers/actions.ts';
import { addSuppression } from '../inbound/add-suppression.ts';
import { updateInboundSettings } from '../inbound/update-inbound-settings.ts';
import { getAction } from './get-action.ts';
import { runAction } from './run-action.ts';

/* Mail to addresses that get no more. */

let world: ActionWorld;
let organization: TestOrganization;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  await world.connect(organization, 'sendgrid');
  await addSuppression(world.as('system_admin', organization), { address: 'gone@example.com', detail: null });
});

const sent = () => world.sandbox.sent('sendgrid').length;

function mail(to: string, more: object = {}) {
  return runAction(world.apiKey(organization), {
    capability: 'email.send',
    to,
    subject: 'Hello',
    text: 'Hello',
    ...more,
  });
}

it('are refused in plain words, whatever their spelling and wherever they stand', async () => {
  const before = sent();
  for (const action of [
    await mail('Gone@Example.com'),
    await mail('jane@example.com', { bcc: [{ email: 'gone@example.com', name: 'Gone' }] }),
  ]) {
    expect(action).toMatchObject({
      status: 'failed',
      problem: { fault: 'badInput', title: 'A recipient is suppressed' },
    });
    expect(action.problem!.cause).toContain('gone@example.com');
    expect(action.attempts.map(({ outcome }) => outcome)).toEqual(['failed']);
  }
  expect(sent()).toBe(before);
  expect(await mail('jane@example.com')).toMatchObject({ status: 'succeeded' });
  expect(sent()).toBe(before + 1);
});

it('are refused when the time of a message comes, and not those of others', async () => {
  const { id } = await mail('later@example.com', { sendAt: new Date(Date.now() - 1_000).toISOString() });
  await addSuppression(world.as('system_admin', organization), {
    address: 'later@example.com',
    detail: null,
  });
  const before = sent();
  await new Actions(world.app).run();
  expect(await getAction(world.apiKey(organization), { id })).toMatchObject({
    status: 'failed',
    problem: { fault: 'badInput' },
  });
  expect(sent()).toBe(before);
  organization = await world.createOrganization();
  await world.connect(organization, 'sendgrid');
  expect(await mail('gone@example.com')).toMatchObject({ status: 'succeeded' });
});

it('get mail where the organization does not refuse them', async () => {
  await updateInboundSettings(world.as('system_admin', organization), { suppress: false });
  expect(await mail('gone@example.com')).toMatchObject({ status: 'succeeded' });
});
