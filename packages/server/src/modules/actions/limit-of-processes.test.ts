import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSecretBox, parseMasterKey } from '../../lib/secret-box.ts';
import { startTypeScript } from '../../testing/child.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { updateIntegration } from '../integrations/update-integration.ts';
import { listActions } from './list-actions.ts';
import { runAction } from './run-action.ts';

const masterKey = randomBytes(32).toString('hex');
let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld({ secretBox: createSecretBox({ current: parseMasterKey(masterKey) }) });
});
afterAll(() => world.close());

it('two processes together call an integration as often as its limit says, and lose nothing of the rest', async () => {
  const organization = await world.createOrganization();
  const ctx = world.apiKey(organization);
  ctx.request.headers.set('prefer', 'respond-async');
  const id = await world.connect(organization, 'sendgrid');
  const limits = { perHour: 13, perDay: null, onLimit: 'queue' } as const;
  await updateIntegration(world.as('system_admin', organization), { id, limits });
  for (let number = 1; number <= 40; number += 1) {
    const subject = `Limited ${number}`;
    await runAction(ctx, { capability: 'email.send', to: 'jane@example.com', subject, text: 'Hello' });
  }
  const env = {
    ...world.database.env,
    TRUNKLINE_SECRET_KEY: masterKey,
    TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8',
  };
  const worker = new URL('../../testing/sandbox-worker.fixture.ts', import.meta.url);
  const children = [1, 2].map(() => startTypeScript(worker, [world.sandbox.url], env));
  for (const child of children) {
    expect([await child.nextLine(), await child.nextLine()]).toEqual(['ready', 'done']);
    await child.kill();
  }
  expect(world.sandbox.sent('sendgrid')).toHaveLength(13);
  const { data } = await listActions(ctx, { limit: 100 });
  const states = data.map(({ status, problem }) => `${status} ${problem?.title ?? ''}`.trim());
  expect(states.filter((state) => state === 'succeeded')).toHaveLength(13);
  expect(states.filter((state) => state === 'queued The limit of this integration is reached')).toHaveLength(
    27,
  );
});
