import { normalizeHellosign } from './adapters/hellosign-inbound.ts';
import { hellosignAdapters } from './adapters/hellosign.ts';
import type { Provider } from './provider.ts';

export const hellosign: Provider = {
  slug: 'hellosign',
  name: 'Dropbox Sign (HelloSign)',
  category: 'e-signature',
  description: 'Sends documents for signature and tells when they are signed.',
  website: 'https://sign.dropbox.com',
  docsUrl: 'https://developers.hellosign.com',
  statusPageUrl: 'https://status.hellosign.com',
  selfServe: true,
  features: ['Send for signature', 'Templates', 'Signature tracking'],
  setupSteps: [
    'In Dropbox Sign, open Settings → API and copy the API key.',
    'In the same place, enter the address that is shown here as the account callback.',
    'To send requests that are legally binding, take a plan with API access.',
  ],
  auth: [
    {
      type: 'basic',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Dropbox Sign → Settings → API. It also proves that callbacks come from Dropbox Sign.',
          level: 'account',
        },
        {
          key: 'clientId',
          label: 'API app client ID',
          secret: false,
          help: 'Only for signing inside your own pages: Dropbox Sign → Settings → API → API apps.',
          level: 'account',
          optional: true,
        },
      ],
      headers: {},
      basic: ['{apiKey}', ''],
    },
  ],
  baseUrl: 'https://api.hellosign.com/v3',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/account',
    expect: [200],
    why: 'Reads the account that the key belongs to, and how many requests it has left.',
  },
  errors: [
    {
      contains: 'payment_required',
      fault: 'config',
      title: 'The plan does not cover this',
      cause: 'Requests outside test mode need a paid plan with API access.',
      fix: 'Switch test mode on, or extend the plan at Dropbox Sign.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'The API key is not accepted',
      cause: 'It is wrong or was replaced.',
      fix: 'Copy the current key from Settings → API and paste it.',
    },
    {
      status: [402],
      fault: 'config',
      title: 'The plan does not cover this',
      cause: 'Requests outside test mode need a paid plan with API access.',
      fix: 'Switch test mode on, or extend the plan at Dropbox Sign.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The account may not do this',
      cause: 'The account of the key has no access to it.',
      fix: 'Use the key of an account that has access.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of calls a minute is reached.',
      fix: 'Nothing to do: calls go on at the time that Dropbox Sign names.',
    },
  ],
  limits: {
    perSecond: 1,
    perHour: 1400,
    published: 'For each account and minute: 100 calls, 25 on heavy endpoints, 10 in test mode.',
  },
  adapters: hellosignAdapters,
  settings: [
    {
      key: 'testMode',
      label: 'Test mode',
      help: 'Requests are only for trying out and not legally binding.',
      type: 'switch',
      default: false,
    },
  ],
  inbound: {
    scheme: 'dropbox-sign-event-hash',
    headers: [],
    algorithm: 'custom',
    encoding: 'hex',
    key: 'apiKey',
    signed: '{event.event_time}{event.event_type}',
    toleranceSeconds: 300,
    replayId: 'event.event_hash + signature_request.signature_request_id',
    handshake: 'Every call, the test too, is answered 200 with the text Hello API Event Received.',
    notes:
      'The body is multipart/form-data with the JSON in the field json, and the HMAC-SHA256 in event.event_hash. It does not cover the body: read the request by API before acting.',
    normalize: normalizeHellosign,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"account":{"account_id":"0000000000000000000000000000000000000001","email_address":"ada@example.com","is_paid_hs":false,"quotas":{"api_signature_requests_left":0,"documents_left":3,"templates_left":0}}}',
    },
    revoked: {
      status: 401,
      body: '{"error":{"error_msg":"Unauthorized api key","error_name":"unauthorized"}}',
    },
    rateLimited: {
      status: 429,
      headers: { 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '1764000000' },
      body: '{"error":{"error_msg":"Rate limit exceeded","error_name":"exceeded_rate"}}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'checked',
  notes: 'Callbacks are repeated for about three days until the exact answer text comes.',
};
