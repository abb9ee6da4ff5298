import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { startReceiver } from '@trunkline/sandbox/receiver';
import { readConfig } from '../config/env.ts';
import type { App, Ctx } from '../ctx.ts';
import { addMember } from '../identity/organizations.ts';
import { createOrganizationWithAdministrator } from '../modules/access/create-organization.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { createWebhook } from '../modules/webhooks/create-webhook.ts';
import { updateRetryConfig } from '../modules/webhooks/update-retry-config.ts';
import { systemContext } from '../start-app.ts';
import type { RunningApp } from '../start-app.ts';
import { serve } from './serve.ts';

/** The same for all demo administrators; the demo listens on loopback and holds no real data. */
export const demoPassword = 'trunkline-demo';

interface DemoWebhook {
  name: string;
  path: string;
  events: string[];
  description?: string;
}

interface DemoOrganization {
  name: string;
  email: string;
  person: string;
  groups: string[];
  webhooks: DemoWebhook[];
}

const organizations: DemoOrganization[] = [
  {
    name: 'InTime Staffing',
    email: 'admin@intime.example',
    person: 'Priya Nair',
    groups: ['Jobs', 'Candidates', 'Submissions', 'Interviews'],
    webhooks: [
      {
        name: 'Job Created - Zapier',
        path: '/ok',
        events: ['job.created', 'job.updated'],
        description: 'Posts new jobs to the boards.',
      },
      {
        name: 'Placements to payroll',
        path: '/fail',
        events: ['submission.placed', 'submission.status_changed'],
        description: 'Payroll import; its server is down in this demo.',
      },
      {
        name: 'Candidate search index',
        path: '/flaky',
        events: ['candidate.*'],
        description: 'Fails now and then and recovers by retries.',
      },
      { name: 'Interview reminders', path: '/slow', events: ['interview.scheduled', 'interview.completed'] },
    ],
  },
  {
    name: 'CRM',
    email: 'admin@crm.example',
    person: 'Daniel Weber',
    groups: ['Contacts', 'Campaigns', 'Email'],
    webhooks: [
      { name: 'Contact sync', path: '/ok', events: ['contact.created', 'contact.updated'] },
      {
        name: 'Campaign reporting',
        path: '/ok',
        events: ['campaign.*', 'email.*'],
        description: 'Feeds the weekly report.',
      },
    ],
  },
  {
    name: 'Acme',
    email: 'admin@acme.example',
    person: 'John Smith',
    groups: ['Conversations', 'Messages', 'Escalations'],
    webhooks: [
      {
        name: 'CRM integration webhook',
        path: '/ok',
        events: ['conversation.created', 'conversation.closed', 'message.received', 'escalation.triggered'],
      },
      {
        name: 'Support data warehouse',
        path: '/busy',
        events: ['conversation.updated'],
        description: 'Asks for later retries by Retry-After.',
      },
    ],
  },
];

const firstEvents = 40;
const heartbeatMs = 4_000;

/**
 * Starts the product with three organizations, an administrator each, and a receiver on loopback that their
 * webhooks point to. Events flow as long as it runs. The data stays; a later start finds it again.
 */
export async function demo(env: Record<string, string | undefined>): Promise<void> {
  const receiver = await startReceiver({ port: Number(env['TRUNKLINE_DEMO_RECEIVER_PORT'] ?? 0) || 0 });
  const allowed = `127.0.0.1/32:${receiver.port}`;
  const config = readConfig({
    ...env,
    TRUNKLINE_DATA_DIR: env['TRUNKLINE_DATA_DIR'] || '.trunkline/demo',
    TRUNKLINE_EGRESS_ALLOW: env['TRUNKLINE_EGRESS_ALLOW']
      ? `${env['TRUNKLINE_EGRESS_ALLOW']},${allowed}`
      : allowed,
    TRUNKLINE_LOG_LEVEL: env['TRUNKLINE_LOG_LEVEL'] || 'warn',
  });
  let heartbeat: NodeJS.Timeout | undefined;
  await serve(config, {
    http: true,
    prepare: (running) => prepare(running, receiver.url),
    onListening: async (address, { app }) => {
      await pointWebhooksAt(app, receiver.url);
      const ids = await demoOrganizationIds(app);
      let turn = 0;
      heartbeat = setInterval(() => {
        const organization = organizations[turn % organizations.length]!;
        turn += 1;
        const id = ids.get(organization.name);
        if (id) sendExample(systemContext(app, id), organization, turn).catch(() => undefined);
      }, heartbeatMs);
      process.stdout.write(welcome(address));
    },
  });
  clearInterval(heartbeat);
  await receiver.close();
}

function welcome(address: string): string {
  const lines = organizations.map(({ name, email }) => `  ${name.padEnd(16)} ${email}`);
  return [
    '',
    `Trunkline is ready at ${address}`,
    '',
    `Sign in with one of these; the password is ${demoPassword}`,
    ...lines,
    '',
    'A local receiver answers the webhooks; one endpoint is down, one is flaky, one is slow.',
    'Stop it with Ctrl-C.',
    '',
  ].join('\n');
}

async function prepare({ app }: RunningApp, receiverUrl: string): Promise<void> {
  if (await app.identity.hasAnyUser()) return;
  let firstUser: string | undefined;
  for (const organization of organizations) {
    const { organizationId, userId } = await createOrganizationWithAdministrator(app, {
      name: organization.name,
      administrator: { email: organization.email, name: organization.person, password: demoPassword },
    });
    firstUser ??= userId;
    // The first person sees all three, so that switching organizations can be tried.
    if (userId !== firstUser) {
      await addMember(app.pool, { id: app.newId(), organizationId, userId: firstUser, role: 'system_admin' });
    }
    const ctx = systemContext(app, organizationId);
    await updateRetryConfig(ctx, {
      retryStrategy: 'exponential',
      maxRetries: 3,
      initialDelaySeconds: 2,
      maxDelaySeconds: 60,
      enableJitter: true,
      enableDlq: true,
    });
    for (const { path, ...webhook } of organization.webhooks) {
      await createWebhook(ctx, { ...webhook, url: `${receiverUrl}${path}`, status: 'active' });
    }
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
    [organizations.map(({ name }) => name)],
  );
  return new Map(rows.map(({ id, name }) => [name, id]));
}

async function sendExample(ctx: Ctx, organization: DemoOrganization, turn: number): Promise<void> {
  const types = eventTypes.filter(({ group }) => organization.groups.includes(group));
  const type = types[turn % types.length];
  if (type) await sendEvents(ctx, { type: type.name, data: type.example });
}
