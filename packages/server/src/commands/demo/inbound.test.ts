import { afterAll, beforeAll, expect, it } from 'vitest';
import { listInboundMessages } from '../../modules/inbound/list-inbound-messages.ts';
import { listInboundSources } from '../../modules/inbound/list-inbound-sources.ts';
import { listSuppressions } from '../../modules/inbound/list-suppressions.ts';
import { storeApp } from '../../testing/oauth-integrations.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import { Inbound } from '../../workers/inbound.ts';
import { makeInbound } from './inbound.ts';
import { oauthAppsOf } from './outside.ts';

let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());

it.each([
  ['InTime Staffing', 7, 'source'],
  ['Acme', 3, 'integration'],
])('gives %s a source once, and webhooks that its provider signed', async (name, count, keyFrom) => {
  const organization = await world.createOrganization(name);
  const ctx = world.as('system_admin', organization);
  if (name === 'Acme') {
    const { rows } = await world.database.pool.query<{ id: string }>(
      `INSERT INTO integrations (id, organization_id, provider, name, auth_type, created_at, updated_at)
       VALUES ($1, $2, 'slack', 'Slack', 'oauth2', now(), now()) RETURNING id`,
      [world.app.newId(), organization.id],
    );
    await world.database.pool.query(
      'INSERT INTO integration_health (integration_id, organization_id, since) VALUES ($1, $2, now())',
      [rows[0]!.id, organization.id],
    );
    const app = oauthAppsOf(world.sandbox)['slack'] as { clientId: string; clientSecret: string };
    await storeApp(world.app, organization.id, 'slack', app);
  }
  await makeInbound(ctx, name, world, world.http.url);
  await makeInbound(ctx, name, world, world.http.url);
  await new Inbound(world.app).run();
  const { data: sources } = await listInboundSources(ctx, {});
  expect(sources.map((source) => source.keyFrom)).toEqual([keyFrom]);
  const { data: messages } = await listInboundMessages(ctx, { limit: 20 });
  expect(messages.map(({ state }) => state)).toEqual(Array.from({ length: count }, () => 'processed'));
});

it('shows addresses that a webhook and a person suppressed', async () => {
  const organization = await world.createOrganization();
  const ctx = world.as('system_admin', organization);
  await makeInbound(ctx, 'InTime Staffing', world, world.http.url);
  await new Inbound(world.app).run();
  const { data } = await listSuppressions(ctx, { limit: 10 });
  const reasons = data.map(({ reason }) => reason);
  // The bounce and the report of spam are about one address, and are read side by side: the first of them puts it on the list.
  expect(reasons.filter((reason) => reason === 'manual')).toHaveLength(1);
  expect(reasons.filter((reason) => reason === 'bounced' || reason === 'spam_reported')).toHaveLength(1);
  expect(reasons).toHaveLength(2);
});
