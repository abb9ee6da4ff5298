import { startReceiver } from '@trunkline/sandbox/receiver';
import type { Receiver } from '@trunkline/sandbox/receiver';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { Actions } from '../../workers/actions.ts';
import { Alerts } from '../../workers/alerts.ts';
import { HealthChecks } from '../../workers/health-checks.ts';
import { Notifications } from '../../workers/notifications.ts';
import { OwnEvents } from '../../workers/own-events.ts';
import { playOutage } from './outage.ts';

let world: ActionWorld;
let receiver: Receiver;

beforeAll(async () => {
  world = await startActionWorld();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await world.close();
});

it('plays an outage from the first failed call to the resolved alert, and loses and doubles no mail', async () => {
  world.app.config = { ...world.app.config, checkIntervalSeconds: 1 };
  const { app } = world;
  const workers = [
    new Actions(app),
    new HealthChecks(app),
    new OwnEvents(app),
    new Alerts(app),
    new Notifications(app),
  ];
  for (const worker of workers) worker.start();
  try {
    const organization = await world.createOrganization();
    const lines: string[] = [];
    const { steps, counts } = await playOutage(world.as('system_admin', organization), {
      sandbox: world.sandbox,
      alertUrl: `${receiver.url}/ok`,
      rate: 8,
      beforeMs: 1_000,
      downMs: 4_000,
      recoveryMs: 60_000,
      say: (line) => lines.push(line),
    });
    const at = (what: string) => steps.find((step) => step.what === what)?.ms ?? Number.NaN;
    const order = [
      'SendGrid goes down',
      'first failed call',
      'switched to Amazon SES',
      'first mail through Amazon SES',
      'SendGrid is back',
      'calls go to SendGrid again',
    ];
    expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b));
    expect(at('alert opened')).toBeGreaterThanOrEqual(at('first failed call'));
    expect(at('on call was told')).toBeGreaterThanOrEqual(at('alert opened'));
    expect(at('last alert resolved')).toBeGreaterThanOrEqual(at('seen to work again'));
    expect(receiver.requests.some(({ body }) => body.includes('SendGrid'))).toBe(true);
    expect(counts).toMatchObject({ failed: 0, inDoubt: 0, lost: 0, duplicated: 0 });
    expect(Math.min(counts.throughPrimary, counts.throughBackup)).toBeGreaterThan(0);
    expect(counts.throughPrimary + counts.throughBackup).toBe(counts.sent);
    expect(lines.join('\n')).toContain('switched to Amazon SES');
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}, 120_000);
