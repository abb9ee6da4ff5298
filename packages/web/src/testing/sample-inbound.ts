import type { InboundMessage, InboundSource } from '@trunkline/contract/inbound';

/** A source as the server tells of it, for tests. */
export const sampleSource: InboundSource = {
  id: '01890000-0000-7000-8000-00000000000a',
  provider: 'sendgrid',
  providerName: 'SendGrid',
  name: 'Bounces',
  integrationId: null,
  url: 'https://hub.example/webhooks/sendgrid/s_1',
  enabled: true,
  keyFrom: 'source',
  keyLabel: 'Event webhook verification key',
  keyHelp: 'SendGrid → Settings → Mail Settings → Event Webhook.',
  signature: null,
  scheme: 'sendgrid-ecdsa',
  handshake: null,
  previousKeyUntil: null,
  proposal: null,
  switches: [
    { eventType: 'email.bounced', label: 'Bounces', enabled: true },
    { eventType: 'email.opened', label: 'Opens', enabled: false },
  ],
  allowedAddresses: [],
  perMinute: 3_000,
  lastReceivedAt: '2026-11-29T09:00:00.000Z',
  lastEventType: 'email.bounced',
  received24h: 12,
  failed: 0,
  refused24h: 0,
  lastRefusal: null,
  createdAt: '2026-11-01T10:00:00.000Z',
  createdBy: 'Ann',
  updatedAt: '2026-11-01T10:00:00.000Z',
};

/** A webhook that came in at it. */
export const sampleMessage: InboundMessage = {
  id: '01890000-0000-7000-8000-00000000000b',
  sourceId: sampleSource.id,
  sourceName: sampleSource.name,
  provider: 'sendgrid',
  state: 'processed',
  kind: 'bounce',
  bytes: 2_048,
  repeats: 0,
  events: [{ id: 'in_1', type: 'email.bounced' }],
  eventCount: 1,
  attempts: 1,
  error: null,
  receivedAt: '2026-11-29T09:00:00.000Z',
  processedAt: '2026-11-29T09:00:01.000Z',
};
