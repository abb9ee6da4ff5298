import { normalizeMicrosoft } from './adapters/microsoft-inbound.ts';
import {
  clientSecretExpired,
  clientSecretWrong,
  consentMissing,
  microsoftAccount,
  microsoftClientId,
  microsoftClientSecret,
  microsoftSignedOut,
  refreshTokenExpired,
  tenantId,
} from './parts/microsoft.ts';
import { microsoft365Adapters } from './adapters/microsoft-365.ts';
import type { Provider } from './provider.ts';

export const microsoft365: Provider = {
  slug: 'microsoft-365',
  name: 'Microsoft 365 (Outlook)',
  category: 'calendar',
  description: 'Puts interviews into Outlook calendars, finds free times, and sends Outlook mail.',
  website: 'https://www.microsoft.com/microsoft-365',
  docsUrl: 'https://learn.microsoft.com/graph/outlook-mail-concept-overview',
  statusPageUrl: 'https://status.cloud.microsoft',
  selfServe: true,
  features: [
    'Sync meetings and events',
    'Interviews in the calendar',
    'Send mail as a person',
    'Notice of changes',
  ],
  setupSteps: [
    'Open the Microsoft Entra admin center and register an application.',
    'Add the redirect address that is shown here, for the platform Web.',
    'Under Certificates & secrets, create a client secret and copy its value at once.',
    'Copy the application (client) ID and, for an app of one organization only, the directory (tenant) ID.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://login.microsoftonline.com/{tenantId}/oauth2/v2.0/authorize',
      tokenUrl: 'https://login.microsoftonline.com/{tenantId}/oauth2/v2.0/token',
      revokeUrl: null,
      pkce: true,
      tokenAuthMethod: 'post',
      refreshable: true,
      accessTokenTtlSeconds: 3600,
      rotatesRefreshToken: true,
      extraAuthorizeParams: { response_mode: 'query' },
      scopeSeparator: ' ',
      scopes: [
        { scope: 'openid', means: 'Know which account is connected', required: true },
        { scope: 'offline_access', means: 'Stay connected when the person is away', required: true },
        { scope: 'User.Read', means: 'Read the profile of the person', required: true },
        { scope: 'Calendars.ReadWrite', means: 'Read and change the person’s calendars', required: true },
        { scope: 'Mail.Send', means: 'Send mail as the person', required: false },
        { scope: 'Mail.Read', means: 'Read the person’s mail', required: false },
      ],
      fields: [
        microsoftClientId,
        microsoftClientSecret,
        tenantId,
        {
          key: 'clientState',
          label: 'Token for notices of changes',
          secret: true,
          help: 'A long random text that you choose. Microsoft sends it back with every notice of a change.',
          level: 'account',
          optional: true,
          pattern: /^[\x21-\x7e]{16,128}$/,
        },
      ],
      headers: { authorization: 'Bearer {accessToken}' },
      account: microsoftAccount,
    },
  ],
  baseUrl: 'https://graph.microsoft.com/v1.0',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/me',
    expect: [200],
    why: 'Names the person who is connected, and needs no permission but to read the profile.',
  },
  errors: [
    consentMissing,
    refreshTokenExpired,
    clientSecretExpired,
    clientSecretWrong,
    {
      contains: 'invalid_grant',
      fault: 'reauth',
      title: 'Microsoft no longer accepts the connection',
      cause: 'It was revoked, or the password or the sign-in rules have changed.',
      fix: 'Reconnect the account.',
    },
    {
      contains: 'MailboxNotEnabledForRESTAPI',
      fault: 'config',
      title: 'The account has no mailbox',
      cause: 'The account has no mailbox in Exchange Online.',
      fix: 'Connect an account with a licensed mailbox.',
    },
    microsoftSignedOut,
    {
      status: [403],
      fault: 'scope',
      title: 'A permission is missing',
      cause: 'The account has not agreed to a permission that this needs, or may not do this.',
      fix: 'Request the additional permission, or ask the Microsoft 365 administrator.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit for this app and mailbox is reached.',
      fix: 'Nothing to do: calls go on at the time that Microsoft names.',
    },
  ],
  limits: {
    perSecond: 10,
    published: '10,000 calls in ten minutes for each app and mailbox, four at once.',
  },
  adapters: microsoft365Adapters,
  settings: [
    {
      key: 'defaultCalendar',
      label: 'Default calendar',
      help: 'Where new events go and events are listed from, unless a call names another: primary, or the ID of another calendar.',
      type: 'text',
      default: 'primary',
    },
  ],
  inbound: {
    scheme: 'microsoft-graph-change-notification',
    headers: [],
    algorithm: 'token',
    key: 'clientState',
    replayId: 'value[].id',
    handshake:
      'A POST with validationToken in its address is answered within ten seconds with 200, text/plain, and the decoded token as the body.',
    notes:
      'The token stands in the body, as clientState of every item. Answer with 202 within three seconds. A subscription to mail or events ends after seven days at most and has to be renewed.',
    normalize: normalizeMicrosoft,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"id":"87d349ed-44d7-43e1-9a83-5f2406dee5bd","displayName":"Ada Example","mail":"ada@example.com","userPrincipalName":"ada@example.com"}',
    },
    revoked: {
      status: 401,
      body: '{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}',
    },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '10' },
      body: '{"error":{"code":"TooManyRequests","message":"Too many requests."}}',
    },
    down: {
      status: 503,
      body: '{"error":{"code":"serviceNotAvailable","message":"The service is not available."}}',
    },
  },
  evidence: 'partial',
  notes:
    'Microsoft has no address to end a connection: after disconnecting, remove the app in the account as well. Client secrets expire; note the day.',
};
