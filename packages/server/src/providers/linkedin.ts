import type { Provider } from './provider.ts';

export const linkedin: Provider = {
  slug: 'linkedin',
  name: 'LinkedIn',
  category: 'social',
  description:
    'Shares posts on LinkedIn and connects a member’s account; posting jobs needs approval by LinkedIn.',
  website: 'https://www.linkedin.com',
  docsUrl: 'https://learn.microsoft.com/linkedin/',
  statusPageUrl: 'https://www.linkedin-apistatus.com',
  selfServe: true,
  features: [
    'Share posts as a member',
    'Share posts as a company page, once approved',
    'Sign in with LinkedIn',
  ],
  setupSteps: [
    'Open the LinkedIn developer portal and create an app for your company page.',
    'On the Products tab, add Share on LinkedIn and Sign In with LinkedIn using OpenID Connect.',
    'On the Auth tab, add the redirect address that is shown here, and copy the client ID and secret.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://www.linkedin.com/oauth/v2/authorization',
      tokenUrl: 'https://www.linkedin.com/oauth/v2/accessToken',
      revokeUrl: 'https://www.linkedin.com/oauth/v2/revoke',
      pkce: false,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: 5_184_000,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      scopes: [
        { scope: 'openid', means: 'Know which member connected', required: true },
        { scope: 'profile', means: 'See that member’s name and picture', required: true },
        { scope: 'w_member_social', means: 'Post as that member', required: true },
        { scope: 'email', means: 'See that member’s main email address', required: false },
        {
          scope: 'w_organization_social',
          means: 'Post as a company page, once LinkedIn has approved the app for it',
          required: false,
        },
      ],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID',
          secret: false,
          help: 'LinkedIn developer portal → My apps → your app → Auth.',
          level: 'app',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'On the same tab. It also proves that events really come from LinkedIn.',
          level: 'app',
        },
      ],
      headers: {
        authorization: 'Bearer {accessToken}',
        'linkedin-version': '{apiVersion}',
        'x-restli-protocol-version': '2.0.0',
      },
      account: [
        { from: 'call', path: '/v2/userinfo', pointer: '/email' },
        { from: 'call', path: '/v2/userinfo', pointer: '/name' },
      ],
    },
  ],
  baseUrl: 'https://api.linkedin.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v2/userinfo',
    expect: [200],
    why: 'Says which member is connected, and needs no more than the sign-in permissions.',
  },
  errors: [
    {
      contains: 'NONEXISTENT_VERSION',
      fault: 'config',
      title: 'The API version is retired',
      cause: 'LinkedIn keeps a version for about a year.',
      fix: 'Set a version of the last twelve months in the configuration.',
    },
    {
      status: [426],
      fault: 'config',
      title: 'The API version is retired',
      cause: 'LinkedIn keeps a version for about a year.',
      fix: 'Set a version of the last twelve months in the configuration.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'LinkedIn no longer accepts the connection',
      cause: 'The token is older than 60 days, or was revoked.',
      fix: 'Reconnect; only approved partners get tokens that renew themselves.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'A permission is missing',
      cause: 'The app was not given the product or the scope that this needs.',
      fix: 'Request the product in the LinkedIn developer portal, then reconnect.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'The limit of today is reached',
      cause: 'LinkedIn limits calls a day for each app and each member.',
      fix: 'Nothing to do: calls go on after midnight UTC.',
    },
  ],
  limits: {
    published:
      'Calls a day for each app and each member, by endpoint; shown in the developer portal and reset at midnight UTC.',
  },
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
      'A GET with challengeCode is answered with JSON of challengeCode and challengeResponse, the hexadecimal HMAC-SHA256 of the code under the client secret. It comes again every two hours; three failures block the address.',
    notes: 'Only apps with an approved webhook use get events.',
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"sub":"782bbtaQ","name":"Ada Example","given_name":"Ada"}' },
    revoked: {
      status: 401,
      body: '{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"The token used in the request has been revoked by the user"}',
    },
    rateLimited: {
      status: 429,
      body: '{"status":429,"serviceErrorCode":101,"message":"Resource level throttle limit for calls to this resource is reached."}',
    },
    down: { status: 503, body: '{"status":503,"message":"Service Unavailable"}' },
  },
  evidence: 'partial',
  notes:
    'The open products cover sign-in and sharing only. Posting jobs and reading a member’s contacts need LinkedIn’s approval.',
};
