import { failingDays } from '../failing-days.ts';
import { defineGroup } from './event-type.ts';
import { amount, count, flag, list, nullable, object, oneOf, text, time, uuid } from './schema.ts';

const integration = {
  integrationId: uuid('Id of the integration.'),
  name: text('Name of the integration.'),
  provider: text('Slug of the provider.'),
};

const email = {
  integrationId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
  name: 'Email',
  provider: 'sendgrid',
};
const calendar = {
  integrationId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c02',
  name: 'Calendar',
  provider: 'google-calendar',
};
const backup = {
  integrationId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c03',
  name: 'Backup email',
  provider: 'amazon-ses',
};

const webhook = {
  webhookId: uuid('Id of the webhook.'),
  name: text('Name of the webhook.'),
  url: text('Its URL.'),
};
const zapier = {
  webhookId: '019ab124-8e20-7c44-8f51-2b9d6e0c4d11',
  name: 'Job Created - Zapier',
  url: 'https://hooks.zapier.com/hooks/catch/123456/abcdef',
};

const person = nullable(text('Name of the person who did it; null when a rule did.'));
const fault = object('The last fault.', {
  code: text('Kind of fault, one of a closed set.'),
  message: text('The fault in plain words.'),
});

const integrations = defineGroup('Trunkline', {
  'integration.connected': {
    description: 'An integration was connected and passed its first check.',
    data: {
      ...integration,
      account: nullable(text('Account at the provider.')),
      connectedBy: person,
      connectedAt: time('When it was connected.'),
    },
    example: {
      ...calendar,
      account: 'john@company.example',
      connectedBy: 'John Smith',
      connectedAt: '2026-11-23T10:00:00.000Z',
    },
  },
  'integration.disconnected': {
    description: 'An integration was disconnected and its credentials were deleted.',
    data: { ...integration, disconnectedBy: person, disconnectedAt: time('When it was disconnected.') },
    example: { ...calendar, disconnectedBy: 'John Smith', disconnectedAt: '2026-11-30T10:00:00.000Z' },
  },
  'integration.failed': {
    description:
      'An integration stopped working. It is sent once, when the state changes, not for every fault.',
    data: {
      ...integration,
      error: fault,
      impact: text('What no longer works, in plain words.'),
      consecutiveFailures: count('Failed checks or calls in a row.'),
      failedAt: time('When the first of them failed.'),
    },
    example: {
      ...email,
      error: { code: 'down', message: 'Connection timeout after 30 seconds' },
      impact: 'Emails are not sent.',
      consecutiveFailures: 3,
      failedAt: '2026-11-23T10:35:00.000Z',
    },
  },
  'integration.recovered': {
    description: 'An integration that had failed works again.',
    data: {
      ...integration,
      failedAt: time('When it had failed.'),
      downSeconds: count('How long it did not work.'),
      recoveredAt: time('When it worked again.'),
    },
    example: {
      ...email,
      failedAt: '2026-11-23T10:35:00.000Z',
      downSeconds: 1320,
      recoveredAt: '2026-11-23T10:57:00.000Z',
    },
  },
  'integration.slow': {
    description: 'An integration answers much more slowly than it should.',
    data: {
      ...integration,
      responseMs: amount(
        'How long the last check or, on average, the calls of the last hours took, in milliseconds.',
      ),
      normalMs: nullable(amount('Mean of the seven days before, in milliseconds; null while unknown.')),
      detectedAt: time('When it was noticed.'),
    },
    example: { ...email, responseMs: 5200, normalMs: 800, detectedAt: '2026-11-23T10:15:08.000Z' },
  },
  'integration.throttled': {
    description:
      "A rate limit of an integration was reached, its own or the provider's; told once, when that begins. Calls wait or are refused.",
    data: {
      ...integration,
      limit: nullable(count('Calls allowed in the window; null where the provider does not say.')),
      window: nullable(
        oneOf('Length of the window; null where the provider does not say.', ['second', 'hour', 'day']),
      ),
      setBy: oneOf('Whose limit it is.', ['organization', 'provider']),
      resetsAt: nullable(time('When calls are possible again, if known.')),
      throttledAt: time('When the limit was reached.'),
    },
    example: {
      ...email,
      limit: 1000,
      window: 'hour',
      setBy: 'organization',
      resetsAt: '2026-11-23T11:00:00.000Z',
      throttledAt: '2026-11-23T10:48:12.000Z',
    },
  },
  'integration.failed_over': {
    description: 'Calls now go through the backup of an integration.',
    data: {
      ...integration,
      backup: object('Where calls go now.', integration),
      trigger: oneOf('A rule or a person.', ['automatic', 'manual']),
      error: nullable(fault),
      alert: flag('Whether people are to be alerted.'),
      failedOverAt: time('When it switched.'),
    },
    example: {
      ...email,
      backup,
      trigger: 'automatic',
      error: { code: 'down', message: 'Connection timeout after 30 seconds' },
      alert: true,
      failedOverAt: '2026-11-23T10:42:15.000Z',
    },
  },
  'integration.restored': {
    description: 'Calls go through the primary integration again.',
    data: {
      ...integration,
      backup: object('Where calls went meanwhile.', integration),
      trigger: oneOf('A rule or a person.', ['automatic', 'manual']),
      alert: flag('Whether people are to be alerted.'),
      failedOverAt: time('When it had switched to the backup.'),
      restoredAt: time('When it switched back.'),
    },
    example: {
      ...email,
      backup,
      trigger: 'automatic',
      alert: true,
      failedOverAt: '2026-11-23T10:42:15.000Z',
      restoredAt: '2026-11-23T11:12:00.000Z',
    },
  },
  'integration.reauthentication_required': {
    description: 'The provider no longer accepts the stored authorization. A person has to reconnect.',
    data: {
      ...integration,
      account: nullable(text('Account at the provider.')),
      reason: oneOf('Why.', ['revoked', 'expired', 'password_changed', 'unknown']),
      requiredAt: time('When the provider refused.'),
    },
    example: {
      ...calendar,
      account: 'john@company.example',
      reason: 'revoked',
      requiredAt: '2026-11-23T10:20:00.000Z',
    },
  },
  'integration.credential_expiring': {
    description:
      'A credential expires soon, or is older than it should be. Replace it before it stops working.',
    data: {
      ...integration,
      credential: oneOf('What it is.', ['api_key', 'password', 'token', 'certificate']),
      ageDays: count('Days since it was stored.'),
      expiresAt: nullable(time('When it expires; null when it only is old.')),
    },
    example: { ...email, credential: 'api_key', ageDays: 90, expiresAt: null },
  },
});

const webhooks = defineGroup('Trunkline', {
  'webhook.ping': {
    description:
      'Sent when an address is checked before a webhook is saved. No secret exists yet, so its signature cannot be verified and may be refused.',
    data: { message: text('A note for the reader of the log.') },
    example: { message: 'Is this endpoint reachable?' },
  },
  'webhook.failing': {
    description: `No delivery to a webhook has succeeded for ${failingDays.notice} days. It is sent once; after ${failingDays.disable} days the webhook is switched off, and its deliveries are held.`,
    data: {
      ...webhook,
      consecutiveFailures: count('Failed attempts in a row.'),
      lastStatus: count('HTTP status of the last attempt; 0 = no answer.'),
      error: fault,
      disablesAt: nullable(
        time('When it is switched off if nothing succeeds until then; null when it is not.'),
      ),
      failingSince: time('When the first of them failed.'),
    },
    example: {
      ...zapier,
      consecutiveFailures: 5,
      lastStatus: 500,
      error: { code: 'http_error', message: 'The endpoint failed with 500.' },
      disablesAt: '2026-11-28T09:45:00.000Z',
      failingSince: '2026-11-23T09:45:00.000Z',
    },
  },
  'webhook.recovered': {
    description: 'A failing webhook accepts deliveries again.',
    data: {
      ...webhook,
      failingSince: time('When it had begun to fail.'),
      deadLetters: count('Its deliveries in the dead-letter queue, which can be retried now.'),
      recoveredAt: time('When a delivery succeeded.'),
    },
    example: {
      ...zapier,
      failingSince: '2026-11-23T09:45:00.000Z',
      deadLetters: 12,
      recoveredAt: '2026-11-23T13:05:20.000Z',
    },
  },
  'webhook.disabled': {
    description: 'A webhook was switched off, by a person or by a rule. Other webhooks get this event.',
    data: {
      ...webhook,
      reason: oneOf('`gone`: it answered 410; `failing`: it failed for days.', ['person', 'gone', 'failing']),
      disabledBy: person,
      heldDeliveries: count('Deliveries that wait until it is switched on again.'),
      disabledAt: time('When it was switched off.'),
    },
    example: {
      ...zapier,
      reason: 'gone',
      disabledBy: null,
      heldDeliveries: 4,
      disabledAt: '2026-11-23T14:00:00.000Z',
    },
  },
  'webhook.secret_regenerated': {
    description: 'A webhook got a new signing secret. The secret itself is never in an event.',
    data: {
      ...webhook,
      regeneratedBy: person,
      previousSecretExpiresAt: nullable(
        time('Until then both signatures are sent; null = the old one ended.'),
      ),
      regeneratedAt: time('When it was made.'),
    },
    example: {
      ...zapier,
      regeneratedBy: 'John Smith',
      previousSecretExpiresAt: '2026-11-24T14:30:00.000Z',
      regeneratedAt: '2026-11-23T14:30:00.000Z',
    },
  },
  'delivery.dead_lettered': {
    description:
      'A delivery was given up and lies in the dead-letter queue. Dead letters of this event make no new one.',
    data: {
      ...webhook,
      deliveryId: uuid('Id of the delivery.'),
      eventId: text('Id of the event that was not delivered.'),
      eventType: text('Type of that event.'),
      attempts: count('Attempts made.'),
      lastStatus: count('HTTP status of the last attempt; 0 = no answer.'),
      error: fault,
      expiresAt: time('Until then it can be retried.'),
      deadLetteredAt: time('When it was given up.'),
    },
    example: {
      ...zapier,
      deliveryId: '019ab125-1b00-7e02-a4d7-90c1f2e3b455',
      eventId: 'evt-job-1234-created',
      eventType: 'job.created',
      attempts: 4,
      lastStatus: 500,
      error: { code: 'http_error', message: 'The endpoint failed with 500.' },
      expiresAt: '2026-11-30T09:46:31.000Z',
      deadLetteredAt: '2026-11-23T09:46:31.000Z',
    },
  },
});

const security = defineGroup('Trunkline', {
  'api_key.regenerated': {
    description: 'The API key was replaced. The key itself is never in an event.',
    data: {
      keyPreview: text('First and last characters of the new key.'),
      regeneratedBy: person,
      previousKeyExpiresAt: nullable(time('Until then the old key works too; null = it ended at once.')),
      regeneratedAt: time('When it was made.'),
    },
    example: {
      keyPreview: 'tl_live_Ab12••••••••wxyz',
      regeneratedBy: 'John Smith',
      previousKeyExpiresAt: null,
      regeneratedAt: '2026-11-23T15:00:00.000Z',
    },
  },
});

const alert = {
  alertId: uuid('Id of the alert.'),
  severity: oneOf('How bad it is.', ['info', 'warning', 'critical']),
  title: text('What is wrong.'),
  impact: text('What that means, in plain words.'),
  subjects: list('What it is about.', text('Name of an integration or a webhook.')),
  openedAt: time('When it was opened.'),
};
const outage = {
  alertId: '019ab126-2c10-7b3a-8d15-3e7f9a0b1c77',
  severity: 'critical',
  title: 'Email: connection timeout',
  impact: 'Emails are not sent.',
  subjects: ['Email'],
  openedAt: '2026-11-23T10:42:15.000Z',
};

const alerts = defineGroup('Trunkline', {
  'alert.opened': {
    description: 'Something needs attention. The same matter opens only one alert, however often it recurs.',
    data: alert,
    example: outage,
  },
  'alert.resolved': {
    description: 'What an alert was about is in order again.',
    data: {
      ...alert,
      automatic: flag('True when the fact itself ended it, false when a person did.'),
      resolvedAt: time('When it was resolved.'),
    },
    example: { ...outage, automatic: true, resolvedAt: '2026-11-23T10:57:00.000Z' },
  },
});

const automations = defineGroup('Trunkline', {
  'automation.dead_lettered': {
    description: 'A run of an automation was given up and can be retried. No automation runs for this event.',
    data: {
      automationId: uuid('Id of the automation.'),
      name: text('Name of the automation.'),
      runId: uuid('Id of the run.'),
      eventType: nullable(text('Type of the event that made it run; null for a time of day.')),
      step: nullable(text('Name of the step that failed; null when none had begun.')),
      error: fault,
      deadLetteredAt: time('When it was given up.'),
    },
    example: {
      automationId: '019ab128-3c40-7d55-9e10-2f8a6b4c1d77',
      name: 'Escalations to human',
      runId: '019ab128-51a0-7f02-8c33-7b9d0e2f4a18',
      eventType: 'escalation.triggered',
      step: 'post',
      error: { code: 'config', message: 'The channel does not exist' },
      deadLetteredAt: '2026-11-23T12:40:00.000Z',
    },
  },
});

const verification = defineGroup('Trunkline', {
  'verification.finished': {
    description: 'All integrations were verified, once a month by themselves or because somebody asked.',
    data: {
      verificationId: uuid('Id of the verification and its report.'),
      failed: count('Integrations that do not work.'),
      warning: count('Integrations that work and need attention.'),
      ok: count('Integrations that are in order.'),
      skipped: count('Integrations that are switched off.'),
      failedIntegrations: list('Those that do not work.', text('Name of an integration.')),
      finishedAt: time('When the report was written.'),
    },
    example: {
      verificationId: '019ab127-1f30-7a44-b2c1-6d0e5f7a8b90',
      failed: 1,
      warning: 2,
      ok: 14,
      skipped: 1,
      failedIntegrations: ['Email'],
      finishedAt: '2026-12-01T00:02:31.000Z',
    },
  },
});

const actions = defineGroup('Trunkline', {
  'action.last_resort': {
    description:
      'Every integration failed to do something, and what was chosen for that case has taken it. Sent for the first action of a capability, not for those that follow while it holds some.',
    data: {
      actionId: uuid('Id of the action.'),
      capability: text('What was to be done, such as `email.send`.'),
      label: text('The same in words.'),
      lastResortId: text('Id of what is held for this capability; always the same one.'),
      lastResort: oneOf('What holds it now.', ['queue', 'keep', 'file', 'by_hand']),
      error: fault,
      since: time('Since when.'),
    },
    example: {
      actionId: '019ab128-3a40-7c55-9d02-7e1f6b8c9da1',
      capability: 'email.send',
      label: 'Send email',
      lastResortId: '5f2d8c1e-7b3a-3f64-8d10-2c9e4a6b7f35',
      lastResort: 'queue',
      error: { code: 'down', message: 'Connection timeout' },
      since: '2026-11-23T10:42:15.000Z',
    },
  },
});

const inbound = defineGroup('Trunkline', {
  'inbound.failed': {
    description:
      'The processing of a webhook that came in was given up after several tries. It is kept and can be processed again.',
    data: {
      messageId: uuid('Id of the webhook that came in.'),
      sourceId: uuid('Id of the source that it came to.'),
      source: text('Name of the source.'),
      provider: text('Slug of the provider, or `generic`.'),
      attempts: count('Tries.'),
      error: text('What went wrong at the last one.'),
      receivedAt: time('When it came in.'),
      failedAt: time('When it was given up.'),
    },
    example: {
      messageId: '019ab12a-5c20-7d11-8e42-6f3a1b9c0d21',
      sourceId: '019ab12a-5c20-7d11-8e42-6f3a1b9c0d22',
      source: 'Bounces from SendGrid',
      provider: 'sendgrid',
      attempts: 8,
      error: 'More events are arriving than can be stored.',
      receivedAt: '2026-11-23T10:30:24.000Z',
      failedAt: '2026-11-23T14:02:10.000Z',
    },
  },
});

/** The hub's own events: what happens to integrations, webhooks out and in, keys, alerts and verifications. */
export const trunklineEvents = [
  ...integrations,
  ...webhooks,
  ...security,
  ...alerts,
  ...automations,
  ...verification,
  ...actions,
  ...inbound,
];
