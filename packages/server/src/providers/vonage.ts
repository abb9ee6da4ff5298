import { vonageAdapters } from './adapters/vonage.ts';
import type { Provider } from './provider.ts';

export const vonage: Provider = {
  slug: 'vonage',
  name: 'Vonage',
  category: 'sms',
  description: 'Sends text messages through the Messages API, and reports deliveries and replies.',
  website: 'https://www.vonage.com',
  docsUrl: 'https://developer.vonage.com',
  statusPageUrl: 'https://vonageapi.statuspage.io',
  selfServe: true,
  features: ['Send text messages', 'Delivery reports', 'Replies'],
  setupSteps: [
    'In the Vonage Dashboard, open API Settings and copy the API key and secret.',
    'On the same page, choose the Messages API for text messages.',
    'Buy a number, or use a sender name where the country allows one.',
    'For reports and replies, enter the inbound address that is shown here as webhook.',
  ],
  auth: [
    {
      type: 'basic',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Vonage Dashboard → API Settings, at the top of the page.',
          example: 'abcd1234',
          level: 'account',
        },
        {
          key: 'apiSecret',
          label: 'API secret',
          secret: true,
          help: 'On the same page. Either of the two secrets works.',
          level: 'account',
        },
        {
          key: 'from',
          label: 'Sender number or name',
          secret: false,
          help: 'A number of your account as digits with the country code and no plus, or a sender name.',
          example: '14155550100',
          level: 'account',
        },
        {
          key: 'signatureSecret',
          label: 'Webhook signature secret',
          secret: true,
          help: 'The signature secret of this API key, in the API Settings of the Vonage Dashboard. It proves that events really come from Vonage.',
          level: 'account',
          optional: true,
        },
      ],
      headers: {},
      basic: ['{apiKey}', '{apiSecret}'],
    },
  ],
  baseUrl: 'https://api.nexmo.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: 'https://rest.nexmo.com/account/get-balance',
    expect: [200],
    why: 'Reads the balance with the same login, and sends nothing.',
  },
  errors: [
    {
      status: [401],
      fault: 'reauth',
      title: 'Vonage does not accept the login',
      cause: 'The API key or the secret is wrong, or the secret was revoked.',
      fix: 'Copy both again from the Vonage Dashboard.',
    },
    {
      status: [402],
      fault: 'quota',
      title: 'The balance is too low',
      cause: 'There is not enough money in the Vonage account for this message.',
      fix: 'Top up the account in the Vonage Dashboard.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'Vonage refuses this',
      cause: 'The account may not do this.',
      fix: 'Look at the account in the Vonage Dashboard.',
    },
    {
      status: [422],
      fault: 'badInput',
      title: 'A value is not valid',
      cause: 'A number or another value is not as Vonage wants it.',
      fix: 'Enter numbers as digits with the country code and no plus.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of this API key or of the number is reached.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: {
    perSecond: 20,
    published: 'About 30 text messages a second for each API key; fewer for numbers of the United States.',
  },
  adapters: vonageAdapters,
  settings: [],
  inbound: {
    scheme: 'vonage-jwt',
    headers: ['Authorization'],
    algorithm: 'custom',
    key: 'signatureSecret',
    toleranceSeconds: 300,
    replayId: 'jti',
    notes:
      'The bearer token is a JWT under HS256 and no other algorithm; its payload_hash has to be the SHA-256 of the body. The time is the claim iat.',
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"value":10.28,"autoReload":false}' },
    revoked: { status: 401, body: '{"error-code":"401","error-code-label":"authentication failed"}' },
    rateLimited: {
      status: 429,
      body: '{"type":"https://developer.vonage.com/en/api-errors#throttled","title":"Rate Limit Hit","detail":"Please wait, then retry your request","instance":"bf0ca0bf927b3b52e3cb03217e1a1ddf"}',
    },
    down: { status: 503, body: '{"title":"Service Unavailable"}' },
  },
  evidence: 'checked',
  notes:
    'Text messages use the key and secret. A sign-in with an application and its private key is not part of this connection.',
};
