import { frenchPayrollLayout } from '../lib/files/layouts.ts';
import { payrollFileAdapters } from './adapters/payroll-file.ts';
import type { Provider } from './provider.ts';

export const silae: Provider = {
  slug: 'silae',
  name: 'Silae',
  category: 'payroll',
  description: 'French payroll, often run by the accounting firm of a company.',
  website: 'https://www.silae.fr',
  docsUrl: 'https://silae-api.document360.io',
  statusPageUrl: null,
  selfServe: false,
  features: ['One payroll file (dossier)', 'Accounting entries of a period'],
  setupSteps: [
    'Ask Silae, or the accounting firm that runs your payroll, for access to the payroll API.',
    'You get a client ID, a client secret and a subscription key.',
    'Have the firm open your payroll file (dossier) to this access, and note its number.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'client_credentials',
      authorizationUrl: null,
      tokenUrl: 'https://payroll-api-auth.silae.fr/oauth2/v2.0/token',
      revokeUrl: null,
      pkce: false,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: 3600,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      scopes: [
        {
          scope: 'https://silaecloudb2c.onmicrosoft.com/36658aca-9556-41b7-9e48-77e90b006f34/.default',
          means: 'Use the payroll API; the same for everybody',
          required: true,
        },
      ],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID',
          secret: false,
          help: 'Silae or your accounting firm gives it with the API access.',
          level: 'account',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'Given together with the client ID.',
          level: 'account',
        },
        {
          key: 'subscriptionKey',
          label: 'Subscription key',
          secret: true,
          help: 'Given together with the client ID; use the key of the payroll product.',
          level: 'account',
        },
        {
          key: 'dossier',
          label: 'Payroll file number (dossier)',
          secret: false,
          help: 'The number of your payroll file; ask the firm that runs your payroll.',
          example: '12345',
          level: 'account',
        },
      ],
      headers: {
        authorization: 'Bearer {accessToken}',
        'ocp-apim-subscription-key': '{subscriptionKey}',
        dossiers: '{dossier}',
      },
    },
  ],
  baseUrl: 'https://payroll-api.silae.fr/payroll',
  health: {
    kind: 'token',
    why: 'A token request proves the client ID and secret, not the subscription key; no light read is known.',
  },
  errors: [
    {
      contains: 'subscription key',
      fault: 'reauth',
      title: 'The subscription key is not accepted',
      cause: 'The subscription key is missing or wrong.',
      fix: 'Enter the key of the payroll product.',
    },
    {
      contains: 'invalid_client',
      fault: 'reauth',
      title: 'The client is not accepted',
      cause: 'The client ID or the client secret is wrong.',
      fix: 'Ask Silae or the firm for the right pair.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'Silae does not accept the token',
      cause: 'The token has expired, or the access was withdrawn.',
      fix: 'A new token is asked for; if this stays, ask Silae or the firm.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The payroll file is not open to this access',
      cause: 'The firm has not granted the payroll file to this client.',
      fix: 'Have the firm grant it, or check its number.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'Silae limits how many calls it takes.',
      fix: 'Nothing to do: calls go on when Silae takes them again.',
    },
  ],
  limits: {
    published: 'Token requests are said to be limited to 60 a minute; limits of the API are not known.',
  },
  adapters: payrollFileAdapters(frenchPayrollLayout),
  settings: [],
  inbound: null,
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"access_token":"simulated","token_type":"Bearer","expires_in":3600}' },
    revoked: { status: 401, body: '{"error":"invalid_client"}' },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '30' },
      body: '{"statusCode":429,"message":"Rate limit is exceeded."}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'partial',
  notes:
    'The addresses come from public projects, not from Silae’s own documents: confirm them with your access.',
};
