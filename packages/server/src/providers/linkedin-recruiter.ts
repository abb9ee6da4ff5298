import { linkedinRecruiterAdapters } from './adapters/linkedin-recruiter.ts';
import type { Provider } from './provider.ts';

export const linkedinRecruiter: Provider = {
  slug: 'linkedin-recruiter',
  name: 'LinkedIn Recruiter (RSC)',
  category: 'job-boards',
  description:
    'Keeps jobs, candidates and applications in step with LinkedIn Recruiter (Recruiter System Connect).',
  website: 'https://business.linkedin.com/talent-solutions/recruiter',
  docsUrl: 'https://learn.microsoft.com/en-us/linkedin/talent/recruiter-system-connect',
  statusPageUrl: 'https://www.linkedin-apistatus.com',
  selfServe: false,
  features: ['Sync jobs with Recruiter', 'Sync candidates and applications', 'Events when something changes'],
  setupSteps: [
    'Join the LinkedIn Talent Solutions partner program; it takes a signed agreement and a certification.',
    'Create the child app of this customer and note its client ID and secret.',
    'Have an administrator of the customer enable the integration in Recruiter, under ATS integrations.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'client_credentials',
      authorizationUrl: null,
      tokenUrl: 'https://www.linkedin.com/oauth/v2/accessToken',
      revokeUrl: null,
      pkce: false,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: 1800,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      scopes: [],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID of the customer’s child app',
          secret: false,
          help: 'Created under your parent app in the partner program, one for each customer.',
          level: 'account',
        },
        {
          key: 'clientSecret',
          label: 'Client secret of the customer’s child app',
          secret: true,
          help: 'Given together with the client ID of the child app.',
          level: 'account',
        },
        {
          key: 'integrationContext',
          label: 'Company or contract URN',
          secret: false,
          help: 'Names the customer’s company or contract at LinkedIn; known once the integration is enabled in Recruiter.',
          example: 'urn:li:organization:1234',
          level: 'account',
          pattern: /^urn:li:[A-Za-z]+:.+$/,
        },
      ],
      headers: {
        authorization: 'Bearer {accessToken}',
        'linkedin-version': '{apiVersion}',
        'x-restli-protocol-version': '2.0.0',
      },
    },
  ],
  baseUrl: 'https://api.linkedin.com',
  health: {
    kind: 'token',
    why: 'A token request proves the child app; a read of data would need a contract that is enabled already.',
  },
  errors: [
    {
      contains: 'invalid_client',
      fault: 'reauth',
      title: 'The child app is not accepted',
      cause: 'The client ID or the client secret is wrong.',
      fix: 'Enter the pair of this customer’s child app again.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'LinkedIn no longer accepts the token',
      cause: 'The token is older than 30 minutes, or the child app was withdrawn.',
      fix: 'A new token is asked for; if this stays, enter the pair of the child app again.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The integration is not enabled',
      cause: 'The customer has not enabled it in Recruiter, or the partner is not approved.',
      fix: 'Have an administrator of the customer enable it in Recruiter, under ATS integrations.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'The limit of today is reached',
      cause: 'LinkedIn limits calls a day for each endpoint.',
      fix: 'Nothing to do: calls go on after midnight UTC.',
    },
  ],
  limits: {
    perDay: 4500,
    published:
      '5,000 calls a UTC day for each of the integration endpoints; other endpoints have limits of their own.',
  },
  adapters: linkedinRecruiterAdapters,
  settings: [
    {
      key: 'apiVersion',
      label: 'API version',
      help: 'Year and month of the LinkedIn API version. LinkedIn retires one after about a year.',
      type: 'text',
      default: '202604',
    },
  ],
  inbound: {
    scheme: 'linkedin-hmacsha256',
    headers: ['X-LI-Signature'],
    algorithm: 'hmac-sha256',
    encoding: 'hex',
    key: 'clientSecret',
    signed: 'hmacsha256={rawBody}',
    replayId: 'notificationId',
    handshake:
      'A GET with challengeCode is answered with JSON of challengeCode and challengeResponse, the hexadecimal HMAC-SHA256 of the code under the client secret; applicationId says of which child app.',
    notes:
      'Each customer needs an address of its own. Events carry IDs only: read what they mean by the API.',
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"access_token":"simulated","expires_in":1800}' },
    revoked: {
      status: 401,
      body: '{"error":"invalid_client","error_description":"Client authentication failed"}',
    },
    rateLimited: {
      status: 429,
      body: '{"status":429,"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached."}',
    },
    down: { status: 503, body: '{"status":503,"message":"Service Unavailable"}' },
  },
  evidence: 'partial',
  notes: 'Works only for certified partners and for customers with a Recruiter contract.',
};
