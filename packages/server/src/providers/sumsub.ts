import { normalizeSumsub } from './adapters/sumsub-inbound.ts';
import { sumsubAdapters } from './adapters/sumsub.ts';
import type { Provider } from './provider.ts';

export const sumsub: Provider = {
  slug: 'sumsub',
  name: 'Sumsub',
  category: 'kyc',
  description: 'Verifies the identity of people and companies by their documents.',
  website: 'https://sumsub.com',
  docsUrl: 'https://docs.sumsub.com',
  statusPageUrl: 'https://status.sumsub.com',
  selfServe: true,
  features: ['Identity verification', 'Document upload', 'Verification workflows', 'Result events'],
  setupSteps: [
    'In the Sumsub dashboard, open the section for developers and create an app token.',
    'Copy the token and its secret key at once: Sumsub shows the secret key only then.',
    'Choose the verification level and copy its name.',
    'In the webhook manager, add the address that is shown here and copy its secret key.',
  ],
  auth: [
    {
      type: 'signed',
      scheme: 'sumsub-hmac',
      fields: [
        {
          key: 'appToken',
          label: 'App token',
          secret: true,
          help: 'Sumsub → Dev space → App tokens. It starts with sbx: for the sandbox or prd: for production.',
          example: 'prd:…',
          level: 'account',
          pattern: /^(sbx|prd):\S+$/,
        },
        {
          key: 'secretKey',
          label: 'Secret key',
          secret: true,
          help: 'Shown once, together with the app token; it signs every call.',
          level: 'account',
        },
        {
          key: 'levelName',
          label: 'Verification level',
          secret: false,
          help: 'The name of the level, exactly as the Sumsub dashboard shows it.',
          example: 'basic-kyc-level',
          level: 'account',
        },
        {
          key: 'webhookSecret',
          label: 'Webhook secret key',
          secret: true,
          help: 'Sumsub → Dev space → Webhooks → your webhook → Secret key.',
          level: 'account',
          optional: true,
        },
      ],
    },
  ],
  baseUrl: 'https://api.sumsub.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/resources/applicants/-;externalUserId=trunkline-health-check/one',
    expect: [404],
    why: 'Asks for an applicant that nobody has: 404 comes only after token and signature were accepted.',
  },
  errors: [
    {
      status: [401],
      fault: 'reauth',
      title: 'The token or the signature is not accepted',
      cause: 'The token or its secret key is wrong, or the clock of this server is off by over a minute.',
      fix: 'Set the clock; if it is right, paste a new app token and its secret key.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The token may not do this',
      cause: 'The app token lacks a permission.',
      fix: 'Create an app token with the permission, then paste it.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The level or the applicant is not known',
      cause: 'It does not exist in this mode: sandbox and production are apart.',
      fix: 'Check the name of the level, and whether the token is of the sandbox or of production.',
    },
    {
      status: [409],
      fault: 'badInput',
      title: 'The applicant exists already',
      cause: 'Somebody with the same external id was created before.',
      fix: 'Read that applicant instead of creating one.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of Sumsub is reached.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: { published: 'On the authentication page of the documentation; no number is known here.' },
  adapters: sumsubAdapters,
  settings: [],
  inbound: {
    scheme: 'sumsub-digest',
    headers: ['X-Payload-Digest', 'X-Payload-Digest-Alg'],
    algorithm: 'custom',
    encoding: 'hex',
    key: 'webhookSecret',
    signed: '{rawBody}',
    replayId: 'correlationId + type',
    notes:
      'X-Payload-Digest-Alg names the hash: HMAC_SHA256_HEX or HMAC_SHA512_HEX; HMAC_SHA1_HEX is refused. No time is signed; createdAtMs is in the body. Answer within five seconds.',
    normalize: normalizeSumsub,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 404,
      body: '{"description":"Applicant not found","code":404,"correlationId":"req-00000000-0000-0000-0000-000000000001"}',
    },
    revoked: {
      status: 401,
      body: '{"description":"Unauthorized","code":401,"correlationId":"req-00000000-0000-0000-0000-000000000002"}',
    },
    rateLimited: {
      status: 429,
      body: '{"description":"Too many requests","code":429,"correlationId":"req-00000000-0000-0000-0000-000000000003"}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'partial',
  notes: 'The beginning of the app token decides between sandbox and production; the address is the same.',
};
