import { normalizeStripe, stripeSwitches } from './adapters/stripe-inbound.ts';
import { stripeConnectAdapters } from './adapters/stripe.ts';
import { stripeInDoubt } from './parts/stripe-in-doubt.ts';
import type { CredentialField, Provider } from './provider.ts';

const platformSecretKey: CredentialField = {
  key: 'clientSecret',
  label: 'Platform secret key',
  secret: true,
  help: 'Stripe → Developers → API keys of your platform account. It serves as the client secret too.',
  example: 'sk_live_…',
  level: 'app',
  pattern: /^(sk|rk)_(live|test)_\S+$/,
};
const stripeUserId: CredentialField = {
  key: 'stripeUserId',
  label: 'Connected account',
  secret: false,
  help: 'Stripe → Connect → Connected accounts → the account. It starts with acct_.',
  example: 'acct_1AbCdEfGhIjKlMnO',
  level: 'account',
  pattern: /^acct_[A-Za-z0-9]+$/,
};
const webhookSecret: CredentialField = {
  key: 'webhookSecret',
  label: 'Connect webhook signing secret',
  secret: true,
  help: 'Stripe → Developers → Webhooks → the endpoint for events of connected accounts → Signing secret.',
  example: 'whsec_…',
  level: 'app',
  optional: true,
  pattern: /^whsec_\S+$/,
};
const headers = { authorization: 'Bearer {clientSecret}', 'stripe-account': '{stripeUserId}' };

export const stripeConnect: Provider = {
  slug: 'stripe-connect',
  name: 'Stripe Connect',
  category: 'payments',
  description: 'Acts for the Stripe accounts of your customers, and pays out to them.',
  website: 'https://stripe.com/connect',
  docsUrl: 'https://docs.stripe.com/connect',
  statusPageUrl: 'https://status.stripe.com',
  selfServe: true,
  features: ['Marketplace payouts', 'Payments for connected accounts', 'Events of connected accounts'],
  setupSteps: [
    'In the Stripe Dashboard, set up Connect for your platform account.',
    'To connect accounts that exist already, switch on OAuth in the Connect settings, under Onboarding options.',
    'Add the redirect address that is shown here, and copy the client ID.',
    'Add a webhook for events of connected accounts and copy its signing secret.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://connect.stripe.com/oauth/authorize',
      tokenUrl: 'https://connect.stripe.com/oauth/token',
      revokeUrl: 'https://connect.stripe.com/oauth/deauthorize',
      pkce: false,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: null,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      scopes: [{ scope: 'read_write', means: 'Read the account and act for it', required: true }],
      fields: [
        {
          key: 'clientId',
          label: 'Connect client ID',
          secret: false,
          help: 'Stripe → Settings → Connect → Onboarding options → OAuth. It starts with ca_.',
          example: 'ca_…',
          level: 'app',
          pattern: /^ca_[A-Za-z0-9]+$/,
        },
        platformSecretKey,
        { ...stripeUserId, help: 'Left empty, it comes with the sign-in.', optional: true },
        webhookSecret,
      ],
      headers,
      revocation: {
        method: 'POST',
        headers: { authorization: 'Bearer {clientSecret}' },
        form: { client_id: '{clientId}', stripe_user_id: '{stripeUserId}' },
      },
      account: [
        { from: 'call', path: '/v1/accounts/{stripeUserId}', pointer: '/email' },
        { from: 'answer', pointer: '/stripe_user_id' },
      ],
      brings: { stripeUserId: { from: 'answer', pointer: '/stripe_user_id' } },
    },
    { type: 'api_key', fields: [platformSecretKey, stripeUserId, webhookSecret], headers },
  ],
  baseUrl: 'https://api.stripe.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v1/accounts/{stripeUserId}',
    expect: [200],
    why: 'Proves that the platform may still act for the account; charges_enabled says whether it can be paid.',
  },
  errors: [
    stripeInDoubt,
    {
      contains: 'account_invalid',
      fault: 'reauth',
      title: 'The account is no longer connected',
      cause: 'Its owner disconnected it from your platform, or it does not exist.',
      fix: 'Ask the owner to connect it again.',
    },
    {
      contains: 'invalid_grant',
      fault: 'reauth',
      title: 'The connection was not completed',
      cause: 'The code was used twice or is older than five minutes.',
      fix: 'Start connecting again.',
    },
    {
      contains: 'invalid_client',
      fault: 'config',
      title: 'Client ID and key do not belong together',
      cause: 'One is of live mode and the other of test mode.',
      fix: 'Use the client ID and the key of the same mode.',
    },
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
      title: 'The platform key is not accepted',
      cause: 'It is wrong or was rolled.',
      fix: 'Copy a current key of the platform account and paste it.',
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
      fault: 'reauth',
      title: 'The platform may not act for this account',
      cause: 'The account was disconnected, or the platform key lacks a permission.',
      fix: 'Ask the owner to connect it again; check the permissions of a restricted key.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of calls a second is reached for this account.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: {
    perSecond: 20,
    published: 'As Stripe, counted for each connected account: 100 calls a second live, 25 in a sandbox.',
  },
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
      'The header reads t=seconds,v1=hex and may hold several v1. The account of the event names the connected account; account.application.deauthorized means that it was disconnected.',
    switches: stripeSwitches,
    normalize: normalizeStripe,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"id":"acct_1AbCdEfGhIjKlMnO","object":"account","charges_enabled":true,"payouts_enabled":true,"details_submitted":true}',
    },
    revoked: {
      status: 403,
      body: '{"error":{"code":"account_invalid","message":"The provided key does not have access to this account. Application access may have been revoked.","type":"invalid_request_error"}}',
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
  evidence: 'partial',
  adapters: stripeConnectAdapters,
  notes:
    'Stripe advises new platforms to onboard accounts with account links instead of OAuth: connect those with the platform key and the account. Accounts to pay out to are made by the platform, so connect it as Stripe for that; customers are made in the connected account.',
};
