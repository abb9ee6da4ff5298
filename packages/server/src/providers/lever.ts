import { normalizeLever } from './adapters/lever-inbound.ts';
import { leverAdapters } from './adapters/lever.ts';
import type { CredentialField, Provider } from './provider.ts';

const shared: readonly CredentialField[] = [
  {
    key: 'performAsUserId',
    label: 'User to act as',
    secret: false,
    help: 'The Lever user id of the person who shall appear as the creator of candidates.',
    example: '00000000-0000-0000-0000-000000000000',
    level: 'account',
    optional: true,
  },
  {
    key: 'webhookSignatureToken',
    label: 'Webhook signature token',
    secret: true,
    help: 'Lever → Settings → Integrations and API → Webhooks. Every webhook has one of its own.',
    level: 'account',
    optional: true,
  },
];

export const lever: Provider = {
  slug: 'lever',
  name: 'Lever',
  category: 'ats',
  description: 'Tracks applicants; imports candidates and job postings and follows changes.',
  website: 'https://www.lever.co',
  docsUrl: 'https://hire.lever.co/developer/documentation',
  statusPageUrl: 'https://status.lever.co',
  selfServe: true,
  features: ['Candidate import', 'Job postings', 'Application and hiring events'],
  setupSteps: [
    'In Lever, open Settings → Integrations and API as a super administrator and create an API key.',
    'Give the key the postings and opportunities endpoints, and copy it.',
    'In the same place, add webhooks with the address that is shown here and copy the signature token.',
  ],
  auth: [
    {
      type: 'basic',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Lever → Settings → Integrations and API → API credentials.',
          level: 'account',
        },
        ...shared,
      ],
      headers: {},
      basic: ['{apiKey}', ''],
    },
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://auth.lever.co/authorize',
      tokenUrl: 'https://auth.lever.co/oauth/token',
      revokeUrl: null,
      pkce: null,
      tokenAuthMethod: 'post',
      refreshable: true,
      accessTokenTtlSeconds: 3600,
      rotatesRefreshToken: true,
      extraAuthorizeParams: { audience: 'https://api.lever.co/v1/', prompt: 'consent' },
      scopeSeparator: ' ',
      scopes: [
        { scope: 'offline_access', means: 'Stay connected without asking again', required: true },
        { scope: 'postings:read:admin', means: 'Read the job postings', required: true },
        { scope: 'opportunities:read:admin', means: 'Read the candidates', required: true },
        { scope: 'opportunities:write:admin', means: 'Create and change candidates', required: false },
        { scope: 'webhooks:write:admin', means: 'Set up webhooks', required: false },
      ],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID',
          secret: false,
          help: 'Lever gives it to you when it registers your app.',
          level: 'app',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'Comes together with the client ID.',
          level: 'app',
        },
        ...shared,
      ],
      headers: { authorization: 'Bearer {accessToken}' },
    },
  ],
  baseUrl: 'https://api.lever.co/v1',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/postings?limit=1',
    expect: [200],
    why: 'Reads one job posting, so it proves the key and its right to the postings.',
  },
  errors: [
    {
      status: [400],
      contains: 'perform_as',
      fault: 'config',
      title: 'The user to act as is missing',
      cause: 'Lever wants to know who creates a candidate.',
      fix: 'Enter the id of a Lever user as the user to act as.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'Lever does not accept the credentials',
      cause: 'The key is wrong, was revoked, or is of the sandbox.',
      fix: 'Create a key in production and paste it, or reconnect.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The key may not do this',
      cause: 'It lacks this endpoint, or the data is confidential.',
      fix: 'Let a super administrator edit the key in Lever.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of calls a second is reached.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: { perSecond: 8, published: '10 calls a second for each key, with short bursts to 20.' },
  adapters: leverAdapters,
  settings: [],
  inbound: {
    scheme: 'lever-body-hmac',
    headers: [],
    algorithm: 'custom',
    encoding: 'hex',
    key: 'webhookSignatureToken',
    signed: '{token}{triggeredAt}',
    toleranceSeconds: 300,
    replayId: 'token',
    notes:
      'The HMAC-SHA256 stands in the body as signature, beside token and triggeredAt in milliseconds. It does not cover the data: read the record by API before acting.',
    normalize: normalizeLever,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"data":[{"id":"00000000-0000-0000-0000-000000000001","text":"Engineer","state":"published"}],"hasNext":false}',
    },
    revoked: { status: 401, body: '{"code":"Unauthorized","message":"Not authorized"}' },
    rateLimited: { status: 429, body: 'Too Many Requests' },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'partial',
  notes:
    'The sandbox of Lever has another address, api.sandbox.lever.co; keys of one do not work at the other.',
};
