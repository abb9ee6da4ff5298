import {
  googleClientId,
  googleClientSecret,
  googleScopeMissing,
  googleSignedOut,
  pushAudience,
  pushServiceAccount,
} from './parts/google.ts';
import type { Provider } from './provider.ts';

export const googleMeet: Provider = {
  slug: 'google-meet',
  name: 'Google Meet',
  category: 'video',
  description: 'Makes video meetings for interviews, and reads who met and when.',
  website: 'https://meet.google.com',
  docsUrl: 'https://developers.google.com/workspace/meet/api/guides/overview',
  statusPageUrl: 'https://www.google.com/appsstatus/dashboard/',
  selfServe: true,
  features: ['Video meetings for interviews', 'Records of past meetings', 'Meeting events'],
  setupSteps: [
    'Open the Google Cloud console, create or choose a project, and enable the Google Meet API.',
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
        {
          scope: 'https://www.googleapis.com/auth/meetings.space.created',
          means: 'Make meetings, and manage those that were made here',
          required: true,
        },
        {
          scope: 'https://www.googleapis.com/auth/meetings.space.readonly',
          means: 'Read any meeting that the person can open',
          required: false,
        },
      ],
      fields: [googleClientId, googleClientSecret, pushAudience, pushServiceAccount],
      headers: { authorization: 'Bearer {accessToken}' },
    },
  ],
  baseUrl: 'https://meet.googleapis.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v2/conferenceRecords?pageSize=1',
    expect: [200],
    why: 'Lists past meetings, of which there may be none; proves the token and the permission.',
  },
  errors: [
    {
      contains: 'invalid_grant',
      fault: 'reauth',
      title: 'Google no longer accepts the connection',
      cause: 'It was revoked or has expired.',
      fix: 'Reconnect; publish the OAuth app if it is still in testing.',
    },
    {
      contains: 'SERVICE_DISABLED',
      fault: 'config',
      title: 'The Google Meet API is switched off',
      cause: 'It is not enabled in the Google Cloud project of the client ID.',
      fix: 'Enable the Google Meet API in the Google Cloud console.',
    },
    googleScopeMissing,
    {
      status: [403],
      contains: 'RATE_LIMIT_EXCEEDED',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The quota of the project or the account for a minute is used up.',
      fix: 'Nothing to do: calls go on when Google takes them again.',
    },
    googleSignedOut,
    {
      status: [403],
      fault: 'scope',
      title: 'Google refuses this meeting',
      cause: 'The meeting was made by somebody else.',
      fix: 'Request the permission to read meetings, or connect the account that made it.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The quota of the project or the account for a minute is used up.',
      fix: 'Nothing to do: calls go on when Google takes them again.',
    },
  ],
  limits: { published: null },
  settings: [],
  inbound: {
    scheme: 'google-pubsub-oidc',
    headers: ['Authorization'],
    algorithm: 'custom',
    replayId: 'message.messageId',
    notes:
      'The bearer token is a JWT that Google signs (RS256); issuer, audience, service account and expiry are checked. Events come from a subscription of the Google Workspace Events API, which ends and has to be renewed.',
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"conferenceRecords":[]}' },
    revoked: {
      status: 401,
      body: '{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}',
    },
    rateLimited: {
      status: 429,
      body: '{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED"}}',
    },
    down: {
      status: 503,
      body: '{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}',
    },
  },
  evidence: 'partial',
  notes:
    'A meeting of its own has no date and no guests. For a dated one with guests, connect Google Calendar, which adds the Meet link by itself.',
};
