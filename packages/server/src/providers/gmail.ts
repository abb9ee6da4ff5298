import {
  googleClientId,
  googleClientSecret,
  googleScopeMissing,
  googleSignedOut,
  pushAudience,
  pushServiceAccount,
} from './parts/google.ts';
import type { Provider } from './provider.ts';

export const gmail: Provider = {
  slug: 'gmail',
  name: 'Gmail',
  category: 'email',
  description: 'Sends email from a Google mailbox, and reads it where that is allowed.',
  website: 'https://mail.google.com',
  docsUrl: 'https://developers.google.com/workspace/gmail/api/guides',
  statusPageUrl: 'https://www.google.com/appsstatus/dashboard/',
  selfServe: true,
  features: ['Send email as a person', 'Sync email', 'Notice of new mail'],
  setupSteps: [
    'Open the Google Cloud console, create or choose a project, and enable the Gmail API.',
    'Set up the OAuth consent screen and add the permissions that are listed here.',
    'Create an OAuth client ID of the type Web application, and add the redirect address that is shown here.',
    'Copy the client ID and the client secret.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      revokeUrl: 'https://oauth2.googleapis.com/revoke',
      pkce: true,
      tokenAuthMethod: 'post',
      refreshable: true,
      accessTokenTtlSeconds: 3600,
      rotatesRefreshToken: false,
      extraAuthorizeParams: { access_type: 'offline', prompt: 'consent' },
      scopeSeparator: ' ',
      scopes: [
        { scope: 'openid', means: 'Know which account is connected', required: true },
        { scope: 'email', means: 'See the address of the account', required: true },
        {
          scope: 'https://www.googleapis.com/auth/gmail.send',
          means: 'Send mail as the person, and read nothing',
          required: true,
        },
        {
          scope: 'https://www.googleapis.com/auth/gmail.readonly',
          means: 'Read all mail and settings',
          required: false,
        },
        {
          scope: 'https://www.googleapis.com/auth/gmail.modify',
          means: 'Read, label and move mail, without deleting it for good',
          required: false,
        },
      ],
      fields: [
        googleClientId,
        googleClientSecret,
        {
          key: 'pubsubTopic',
          label: 'Pub/Sub topic for new mail',
          secret: false,
          help: 'Google Cloud console → Pub/Sub → Topics. Needed only for notice of new mail.',
          example: 'projects/my-project/topics/gmail',
          level: 'app',
          optional: true,
          pattern: /^projects\/[^/]+\/topics\/[^/]+$/,
        },
        pushAudience,
        pushServiceAccount,
      ],
      headers: { authorization: 'Bearer {accessToken}' },
    },
  ],
  baseUrl: 'https://gmail.googleapis.com',
  health: {
    kind: 'http',
    method: 'GET',
    // The profile of the mailbox would need a permission to read mail, which sending does not.
    path: 'https://openidconnect.googleapis.com/v1/userinfo',
    expect: [200],
    mustContain: '"email"',
    why: 'Says which account is connected, without a permission to read mail.',
  },
  errors: [
    {
      contains: 'invalid_grant',
      fault: 'reauth',
      title: 'Google no longer accepts the connection',
      cause:
        'It was revoked, was not used for six months, or is older than seven days while the app is in testing.',
      fix: 'Reconnect; publish the OAuth app if it is still in testing.',
    },
    googleScopeMissing,
    {
      contains: 'userRateLimitExceeded',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The quota of this mailbox for a minute is used up.',
      fix: 'Nothing to do: calls go on when Google takes them again.',
    },
    {
      contains: 'rateLimitExceeded',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The quota of the project or the mailbox for a minute is used up.',
      fix: 'Nothing to do: calls go on when Google takes them again.',
    },
    {
      contains: 'dailyLimitExceeded',
      fault: 'quota',
      title: 'The quota of the day is used up',
      cause: 'The project or the mailbox has reached its limit for today.',
      fix: 'Wait until tomorrow, or ask Google for more quota.',
    },
    {
      contains: 'SERVICE_DISABLED',
      fault: 'config',
      title: 'The Gmail API is switched off',
      cause: 'It is not enabled in the Google Cloud project of the client ID.',
      fix: 'Enable the Gmail API in the Google Cloud console.',
    },
    {
      contains: 'failedPrecondition',
      fault: 'config',
      title: 'The account has no mailbox',
      cause: 'Gmail is not switched on for this account.',
      fix: 'Connect an account with a mailbox.',
    },
    googleSignedOut,
    {
      status: [403],
      fault: 'scope',
      title: 'Google refuses this',
      cause: 'A permission is missing, or the administrator of the domain does not allow the app.',
      fix: 'Request the additional permission, or ask the Google Workspace administrator.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The quota of the mailbox for a minute is used up.',
      fix: 'Nothing to do: calls go on when Google takes them again.',
    },
  ],
  limits: {
    perSecond: 2,
    published:
      '15,000 quota units a minute for each person, of which one message takes 100. A mailbox sends about 500 messages a day, with Google Workspace about 2,000.',
  },
  settings: [],
  inbound: {
    scheme: 'google-pubsub-oidc',
    headers: ['Authorization'],
    algorithm: 'custom',
    replayId: 'message.messageId',
    notes:
      'The bearer token is a JWT that Google signs (RS256); issuer, audience, service account and expiry are checked. The push names the mailbox and a history id only; the watch on the mailbox has to be renewed at least every seven days.',
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"sub":"110169484474386276334","email":"ada@example.com","email_verified":true}',
    },
    revoked: {
      status: 401,
      body: '{"error":"invalid_request","error_description":"Invalid Credentials"}',
    },
    rateLimited: {
      status: 429,
      body: '{"error":{"code":429,"message":"Too many concurrent requests for user","errors":[{"message":"Too many concurrent requests for user","domain":"usageLimits","reason":"rateLimitExceeded"}]}}',
    },
    down: { status: 503, body: '{"error":{"code":503,"message":"Backend Error","status":"UNAVAILABLE"}}' },
  },
  evidence: 'partial',
  notes:
    'For a public app, Google verifies the app before it may send, and asks for a yearly security assessment before it may read mail.',
};
