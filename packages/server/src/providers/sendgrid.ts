import { mailSwitches } from './adapters/mail-events.ts';
import { normalizeSendgrid } from './adapters/sendgrid-inbound.ts';
import { sendgridAdapters } from './adapters/sendgrid.ts';
import type { Provider } from './provider.ts';

export const sendgrid: Provider = {
  slug: 'sendgrid',
  name: 'Twilio SendGrid',
  category: 'email',
  description: 'Sends transactional and bulk email, and reports what became of each message.',
  website: 'https://sendgrid.com',
  docsUrl: 'https://www.twilio.com/docs/sendgrid',
  statusPageUrl: 'https://status.sendgrid.com',
  selfServe: true,
  features: ['Send email', 'Delivery, bounce and spam events', 'Open and click events'],
  setupSteps: [
    'In SendGrid, open Settings → Sender Authentication and verify a domain or a single sender.',
    'Open Settings → API Keys, choose Create API Key, and give it Mail Send access.',
    'Copy the key at once: SendGrid shows it only then.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'SendGrid → Settings → API Keys. It starts with SG.',
          example: 'SG.xxxxx.yyyyy',
          level: 'account',
          pattern: /^SG\..+$/,
        },
        {
          key: 'fromEmail',
          label: 'Sender address',
          secret: false,
          help: 'An address of the domain or the single sender that you verified.',
          example: 'no-reply@example.com',
          level: 'account',
          pattern: /^[^@\s]+@[^@\s]+$/,
        },
        {
          key: 'webhookPublicKey',
          label: 'Event webhook verification key',
          secret: false,
          help: 'SendGrid → Settings → Mail Settings → Event Webhook, after switching signing on.',
          example: 'MFkwEwYHKoZIzj0CAQ…',
          level: 'account',
          optional: true,
        },
      ],
      headers: { authorization: 'Bearer {apiKey}' },
    },
  ],
  baseUrl: 'https://api.sendgrid.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v3/scopes',
    expect: [200],
    mustContain: 'mail.send',
    why: 'Lists what the key may do, so it works for any key and shows whether sending is among it.',
  },
  errors: [
    {
      status: [401],
      fault: 'reauth',
      title: 'The API key is not accepted',
      cause: 'The key is wrong, was deleted, or was pasted with a stray space.',
      fix: 'Create a new key and paste all of it; it starts with SG.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'Sending is not allowed',
      cause: 'The key lacks Mail Send access, or the sender is not verified.',
      fix: 'Give the key Mail Send access and verify the sender address or its domain.',
    },
    {
      status: [413],
      fault: 'badInput',
      title: 'The message is too large',
      cause: 'With its attachments it is over 30 MB.',
      fix: 'Send a link instead of the file.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of this endpoint is reached.',
      fix: 'Nothing to do: calls go on at the time that SendGrid names.',
    },
  ],
  limits: {
    published:
      'Per endpoint, in the X-RateLimit headers of every answer. One call takes up to 1,000 recipients.',
  },
  adapters: sendgridAdapters,
  settings: [],
  inbound: {
    scheme: 'sendgrid-ecdsa',
    headers: ['X-Twilio-Email-Event-Webhook-Signature', 'X-Twilio-Email-Event-Webhook-Timestamp'],
    algorithm: 'ecdsa-p256-sha256',
    encoding: 'base64',
    key: 'webhookPublicKey',
    signed: '{timestamp}{rawBody}',
    timestampHeader: 'X-Twilio-Email-Event-Webhook-Timestamp',
    toleranceSeconds: 300,
    replayId: '[].sg_event_id',
    notes: 'Signing is off until it is switched on in the webhook settings.',
    switches: mailSwitches,
    normalize: normalizeSendgrid,
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"scopes":["mail.send","sender_verification_eligible"]}' },
    revoked: {
      status: 401,
      body: '{"errors":[{"field":null,"message":"authorization required"}]}',
    },
    rateLimited: {
      status: 429,
      headers: {
        'x-ratelimit-limit': '600',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1764000000',
      },
      body: '{"errors":[{"field":null,"message":"too many requests"}]}',
    },
    down: { status: 503, body: '{"errors":[{"message":"service unavailable"}]}' },
  },
  evidence: 'checked',
  notes: 'Subusers in the EU use https://api.eu.sendgrid.com.',
};
