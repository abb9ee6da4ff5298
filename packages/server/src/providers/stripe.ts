import { normalizeStripe, stripeSwitches } from './adapters/stripe-inbound.ts';
import { stripeAdapters } from './adapters/stripe.ts';
import { stripeInDoubt } from './parts/stripe-in-doubt.ts';
import type { Provider } from './provider.ts';

export const stripe: Provider = {
  slug: 'stripe',
  name: 'Stripe',
  category: 'payments',
  description: 'Takes card and bank payments, and keeps customers and invoices.',
  website: 'https://stripe.com',
  docsUrl: 'https://docs.stripe.com/api',
  statusPageUrl: 'https://status.stripe.com',
  selfServe: true,
  features: ['Payments', 'Customers', 'Payment, refund and dispute events'],
  setupSteps: [
    'In the Stripe Dashboard, open Developers → API keys and create a restricted key.',
    'Give it Balance read, and write for what you want to do, such as Customers and PaymentIntents.',
    'Under Developers → Webhooks, add the address that is shown here and copy its signing secret.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'secretKey',
          label: 'Secret or restricted key',
          secret: true,
          help: 'Stripe → Developers → API keys. Prefer a restricted key; it starts with rk_.',
          example: 'rk_live_…',
          level: 'account',
          pattern: /^(sk|rk)_(live|test)_\S+$/,
        },
        {
          key: 'webhookSecret',
          label: 'Webhook signing secret',
          secret: true,
          help: 'Stripe → Developers → Webhooks → your endpoint → Signing secret. It starts with whsec_.',
          example: 'whsec_…',
          level: 'account',
          optional: true,
          pattern: /^whsec_\S+$/,
        },
      ],
      headers: { authorization: 'Bearer {secretKey}' },
    },
  ],
  baseUrl: 'https://api.stripe.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v1/balance',
    expect: [200],
    why: 'Reads the balance; its livemode tells live from test. A restricted key needs Balance read.',
  },
  errors: [
    stripeInDoubt,
    {
      contains: 'card_declined',
      fault: 'badInput',
      title: 'The card was declined',
      cause: 'The bank of the card refused the payment; the decline code says why.',
      fix: 'Ask the customer for another card or another way to pay.',
    },
    {
      contains: 'lock_timeout',
      fault: 'rateLimit',
      title: 'The object is in use',
      cause: 'Another call is changing the same object just now.',
      fix: 'Nothing to do: the call is repeated with the same idempotency key.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'The key is not accepted',
      cause: 'It is wrong, was rolled, or belongs to another account.',
      fix: 'Copy a current key from Developers → API keys and paste it.',
    },
    {
      status: [402],
      fault: 'badInput',
      title: 'The payment failed',
      cause: 'The call was right, but the payment could not be made.',
      fix: 'Look at the code in the answer and ask the customer for another way to pay.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The key lacks a permission',
      cause: 'The restricted key may not do this.',
      fix: 'Edit the key in Stripe and add the permission that the answer names.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of calls a second is reached.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: {
    perSecond: 20,
    published: '100 calls a second in live mode and 25 in a sandbox; lower for some resources.',
  },
  adapters: stripeAdapters,
  settings: [],
  inbound: {
    scheme: 'stripe-v1',
    headers: ['Stripe-Signature'],
    algorithm: 'hmac-sha256',
    encoding: 'hex',
    prefix: 'v1=',
    key: 'webhookSecret',
    signed: '{timestamp}.{rawBody}',
    timestampHeader: 'Stripe-Signature',
    toleranceSeconds: 300,
    replayId: 'id',
    notes:
      'The header reads t=seconds,v1=hex and may hold several v1, of which one must match; others such as v0 do not count. The secret is used whole, with whsec_.',
    switches: stripeSwitches,
    normalize: normalizeStripe,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"object":"balance","available":[{"amount":0,"currency":"usd"}],"livemode":false,"pending":[{"amount":0,"currency":"usd"}]}',
    },
    revoked: {
      status: 401,
      body: '{"error":{"message":"Invalid API Key provided: rk_test_****","type":"invalid_request_error"}}',
    },
    rateLimited: {
      status: 429,
      body: '{"error":{"code":"rate_limit","message":"Request rate limit exceeded.","type":"invalid_request_error"}}',
    },
    down: {
      status: 503,
      body: '{"error":{"message":"Stripe is temporarily unavailable.","type":"api_error"}}',
    },
  },
  evidence: 'checked',
  notes: 'Test and live mode have their own keys, webhooks and data.',
};
