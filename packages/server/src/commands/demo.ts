import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { readConfig } from '../config/env.ts';
import type { App, Ctx } from '../ctx.ts';
import { redirectUri } from '../connections/oauth-addresses.ts';
import { addMember } from '../identity/organizations.ts';
import { createOrganizationWithAdministrator } from '../modules/access/create-organization.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { createWebhook } from '../modules/webhooks/create-webhook.ts';
import { updateCatalogCuration } from '../modules/catalog/update-catalog-curation.ts';
import { updateRetryConfig } from '../modules/webhooks/update-retry-config.ts';
import { allProviders } from '../providers/all-providers.ts';
import { systemContext } from '../system-context.ts';
import type { RunningApp } from '../start-app.ts';
import { makeAutomations } from './demo/automations.ts';
import { connectIntegrations, personContext } from './demo/connect.ts';
import { makeInbound } from './demo/inbound.ts';
import { demoOrganizations } from './demo/organizations.ts';
import type { DemoOrganization } from './demo/organizations.ts';
import { writeCallHistory } from './demo/history/calls.ts';
import { appAt, ctxAt, dayMs } from './demo/history/past.ts';
import { ageDays, writeHistory } from './demo/history/write-history.ts';
import { playOutage } from './demo/outage.ts';
import { startOutside } from './demo/outside.ts';
import type { Outside } from './demo/outside.ts';
import { serve } from './serve.ts';

/** The same for all demo administrators; the demo listens on loopback and holds no real data. */
export const demoPassword = 'trunkline-demo';

const firstEvents = 40;
const heartbeatMs = 4_000;

/**
 * Starts the product with three organizations, an administrator each, and everything that is outside of it on loopback:
 * simulated providers, a mail server, a file server, and a receiver of webhooks. Events flow as long as it runs. The data
 * stays; a later start finds it again. `outage` plays one in an organization of its own and prints what happened when.
 */
export async function demo(
  env: Record<string, string | undefined>,
  { outage = false }: { outage?: boolean } = {},
): Promise<void> {
  const outside = await startOutside(Number(env['TRUNKLINE_DEMO_RECEIVER_PORT'] ?? 0) || 0);
  const allow = [env['TRUNKLINE_EGRESS_ALLOW'] ?? '', ...outside.allowed].filter((entry) => entry !== '');
  const config = readConfig({
    ...env,
    TRUNKLINE_DATA_DIR: env['TRUNKLINE_DATA_DIR'] || '.trunkline/demo',
    TRUNKLINE_EGRESS_ALLOW: allow.join(','),
    TRUNKLINE_OAUTH_APPS: env['TRUNKLINE_OAUTH_APPS'] || JSON.stringify(outside.apps),
    TRUNKLINE_LOG_LEVEL: env['TRUNKLINE_LOG_LEVEL'] || 'warn',
    // Shortly after an outage it is seen that it is over.
    ...(outage && {
      TRUNKLINE_CHECK_INTERVAL_SECONDS: env['TRUNKLINE_CHECK_INTERVAL_SECONDS'] || '10',
    }),
    // High enough for every experiment.
    TRUNKLINE_RATE_LIMITS: env['TRUNKLINE_RATE_LIMITS'] || '6000,100000,200000',
  });
  let heartbeat: NodeJS.Timeout | undefined;
  await serve(config, {
    http: true,
    outside: outside.options,
    prepare: (running) => prepare(running, outside.receiver.url),
    onListening: async (address, { app }) => {
      await pointWebhooksAt(app, outside.receiver.url);
      const ids = await demoOrganizationIds(app);
      await connectAll(app, ids, outside, address);
      let turn = 0;
      heartbeat = setInterval(() => {
        const organization = demoOrganizations[turn % demoOrganizations.length]!;
        turn += 1;
        const id = ids.get(organization.name);
        if (id) sendExample(systemContext(app, id), organization, turn).catch(() => undefined);
      }, heartbeatMs);
      process.stdout.write(welcome(address, outside.sandbox.url));
      if (outage) {
        playInOwnOrganization(app, outside).catch((error: unknown) =>
          app.log.error({ err: error }, 'the outage could not be played'),
        );
      }
    },
  });
  clearInterval(heartbeat);
  await outside.close();
}

/** The first person of the demo sees it, too. */
async function playInOwnOrganization(app: App, outside: Outside): Promise<void> {
  const { rows } = await app.pool.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [
    demoOrganizations[0]!.email,
  ]);
  const { organizationId } = await createOrganizationWithAdministrator(app, {
    name: 'Outage',
    administrator: { userId: rows[0]!.id },
  });
  await playOutage(systemContext(app, organizationId), {
    sandbox: outside.sandbox,
    alertUrl: `${outside.receiver.url}/ok`,
    rate: 5,
    beforeMs: 5_000,
    downMs: 30_000,
    recoveryMs: 60_000,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}

/** Connects the integrations of every organization; what fails is named and leaves the rest as it is. */
async function connectAll(
  app: App,
  ids: ReadonlyMap<string, string>,
  outside: Outside,
  address: string,
): Promise<void> {
  await outside.mail.setCondition('hangBeforeGreeting');
  const callback = redirectUri(app.config.publicUrl, '');
  for (const slug of Object.keys(outside.apps)) outside.sandbox.oauth.allowRedirect(slug, callback);
  for (const organization of demoOrganizations) {
    const id = ids.get(organization.name);
    if (id === undefined) continue;
    const ctx = await personContext(app, id, organization.email);
    await connectIntegrations(ctx, organization, outside, address);
    await writeCallHistory(app, id);
    await makeAutomations(ctx, organization.name);
    await makeInbound(ctx, organization.name, outside, address).catch((error: unknown) =>
      app.log.warn({ err: error }, 'the demo could not set up inbound webhooks'),
    );
    const { catalog } = organization;
    if (catalog) {
      const hidden = allProviders.map(({ slug }) => slug).filter((slug) => !catalog.includes(slug));
      await updateCatalogCuration(ctx, { hidden });
    }
  }
}

function welcome(address: string, sandboxUrl: string): string {
  const lines = demoOrganizations.map(({ name, email }) => `  ${name.padEnd(16)} ${email}`);
  return [
    '',
    `Trunkline is ready at ${address}`,
    '',
    `Sign in with one of these; the password is ${demoPassword}`,
    ...lines,
    'The other roles are there too: utility@ and viewer@ of the same domains.',
    '',
    `Every provider is a simulator on this machine: make one fail at ${sandboxUrl}`,
    'A local receiver answers the webhooks; one endpoint is down, one is flaky, one is slow.',
    'Stop it with Ctrl-C.',
    '',
  ].join('\n');
}

async function prepare({ app }: RunningApp, receiverUrl: string): Promise<void> {
  if (await app.identity.hasAnyUser()) return;
  let firstUser: string | undefined;
  const bornAt = app.clock() - ageDays * dayMs;
  for (const organization of demoOrganizations) {
    const { organizationId, userId } = await createOrganizationWithAdministrator(appAt(app, bornAt), {
      name: organization.name,
      administrator: { email: organization.email, name: organization.person, password: demoPassword },
    });
    firstUser ??= userId;
    // The first person sees all three, so that switching organizations can be tried.
    if (userId !== firstUser) {
      await addMember(app.pool, { id: app.newId(), organizationId, userId: firstUser, role: 'system_admin' });
    }
    const ctx = systemContext(app, organizationId);
    await updateRetryConfig(ctxAt(ctx, bornAt), {
      retryStrategy: 'exponential',
      maxRetries: 3,
      initialDelaySeconds: 2,
      maxDelaySeconds: 60,
      enableJitter: true,
      enableDlq: true,
    });
    const administrator = await personContext(app, organizationId, organization.email);
    for (const [index, { path, ...webhook }] of organization.webhooks.entries()) {
      const then = ctxAt(administrator, bornAt + (2 + 13 * index) * dayMs);
      await createWebhook(then, { ...webhook, url: `${receiverUrl}${path}`, status: 'active' });
    }
    await writeHistory(app, organizationId, organization, demoPassword);
    for (let turn = 0; turn < firstEvents; turn += 1) await sendExample(ctx, organization, turn);
  }
}

/** The receiver has another port at each start. */
async function pointWebhooksAt(app: App, receiverUrl: string): Promise<void> {
  await app.pool.query(
    `UPDATE webhooks SET url = $1 || substring(url FROM '^http://127[.]0[.]0[.]1:[0-9]+(/.*)$'), version = version + 1
     WHERE url ~ '^http://127[.]0[.]0[.]1:[0-9]+/' AND NOT starts_with(url, $1 || '/')`,
    [receiverUrl],
  );
  app.engine.endpoints.forgetAll();
}

async function demoOrganizationIds(app: App): Promise<Map<string, string>> {
  const { rows } = await app.pool.query<{ id: string; name: string }>(
    'SELECT id, name FROM organizations WHERE name = ANY($1)',
    [demoOrganizations.map(({ name }) => name)],
  );
  return new Map(rows.map(({ id, name }) => [name, id]));
}

async function sendExample(ctx: Ctx, organization: DemoOrganization, turn: number): Promise<void> {
  const types = eventTypes.filter(({ group }) => organization.groups.includes(group));
  const type = types[turn % types.length];
  if (type) await sendEvents(ctx, { type: type.name, data: type.example });
}
