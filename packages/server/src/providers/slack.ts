import { normalizeSlack, slackSwitches } from './adapters/slack-inbound.ts';
import { slackAdapters } from './adapters/slack.ts';
import type { ErrorRule, Provider } from './provider.ts';

/** Slack answers 200 to refusals too; these words of its answers mean that nobody is signed in. */
const signedOut: readonly ErrorRule[] = [
  ['token_revoked', 'The app was removed from the workspace, or its token was revoked.'],
  ['token_expired', 'The token was not renewed in time.'],
  ['account_inactive', 'The person or the app that the token belongs to was deactivated.'],
  ['invalid_auth', 'The token is not valid any more.'],
  ['not_authed', 'Slack was not given a token.'],
].map(([contains, cause]) => ({
  contains: contains!,
  fault: 'reauth',
  title: 'Slack no longer accepts the connection',
  cause: cause!,
  fix: 'Reconnect; a workspace administrator may have to approve the app.',
}));

/** Slack documents of these that a part of the call may have been carried out. */
const inDoubt = ['internal_error', 'fatal_error'].map((contains): ErrorRule => ({
  contains,
  fault: 'ambiguous',
  title: 'Slack does not know whether it was done',
  cause: 'It failed on the way, and a part may have been carried out.',
  fix: 'Look in the channel whether the message is there, before sending it again.',
}));

/** Wrong in the message itself. */
const badMessages: readonly ErrorRule[] = [
  ['no_text', 'It has no text.'],
  ['msg_too_long', 'Its text is too long.'],
  ['invalid_blocks', 'Its blocks are not as Slack wants them.'],
  ['invalid_arguments', 'An argument of the call is not as Slack wants it.'],
  ['is_archived', 'Its channel was archived.'],
].map(([contains, cause]) => ({
  contains: contains!,
  fault: 'badInput',
  title: 'Slack refused the message',
  cause: cause!,
  fix: 'Correct the message or choose another channel, and send it again.',
}));

export const slack: Provider = {
  slug: 'slack',
  name: 'Slack',
  category: 'chat',
  description: 'Posts messages to channels and takes replies and commands from them.',
  website: 'https://slack.com',
  docsUrl: 'https://docs.slack.dev',
  statusPageUrl: 'https://slack-status.com',
  selfServe: true,
  features: ['Notifications in a channel', 'Find people by their email'],
  setupSteps: [
    'Open api.slack.com/apps and create an app for your workspace.',
    'Under OAuth & Permissions, add the redirect address that is shown here.',
    'Copy the client ID, client secret and signing secret from Basic Information.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://slack.com/oauth/v2/authorize',
      tokenUrl: 'https://slack.com/api/oauth.v2.access',
      revokeUrl: 'https://slack.com/api/auth.revoke',
      pkce: false,
      tokenAuthMethod: 'basic',
      refreshable: false,
      accessTokenTtlSeconds: null,
      rotatesRefreshToken: true,
      extraAuthorizeParams: {},
      scopeSeparator: ',',
      scopes: [
        { scope: 'chat:write', means: 'Post as the app in channels that it was added to', required: true },
        { scope: 'channels:read', means: 'List the public channels, to choose one from', required: true },
        { scope: 'chat:write.public', means: 'Post in public channels without being added', required: false },
        { scope: 'users:read', means: 'List the people of the workspace', required: false },
        { scope: 'users:read.email', means: 'See their email addresses', required: false },
        { scope: 'incoming-webhook', means: 'Get an address that posts to one channel', required: false },
      ],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID',
          secret: false,
          help: 'Slack → api.slack.com/apps → your app → Basic Information → App Credentials.',
          example: '1234567890.1234567890',
          level: 'app',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'On the same page, behind Show.',
          level: 'app',
        },
        {
          key: 'signingSecret',
          label: 'Signing secret',
          secret: true,
          help: 'On the same page; it proves that events really come from Slack.',
          example: '32 hexadecimal characters',
          level: 'app',
          optional: true,
          pattern: /^[0-9a-f]{32}$/,
        },
      ],
      headers: { authorization: 'Bearer {accessToken}' },
      endedErrors: [
        'invalid_refresh_token',
        'token_revoked',
        'token_expired',
        'invalid_auth',
        'account_inactive',
      ],
      revocation: { method: 'POST', headers: { authorization: 'Bearer {accessToken}' } },
      account: [{ from: 'answer', pointer: '/team/name' }],
    },
  ],
  baseUrl: 'https://slack.com/api',
  health: {
    kind: 'http',
    method: 'POST',
    path: '/auth.test',
    expect: [200],
    mustContain: '"ok":true',
    why: 'Says which workspace and which app the token belongs to. Slack answers 200 to refusals too.',
  },
  errors: [
    {
      contains: 'restricted_action',
      fault: 'scope',
      title: 'The workspace does not allow this',
      cause: 'A setting of the workspace keeps the app from posting there.',
      fix: 'Ask a workspace administrator to allow it, or choose another channel.',
    },
    ...inDoubt,
    {
      contains: 'missing_scope',
      fault: 'scope',
      title: 'A permission is missing',
      cause: 'The app was installed without the permission that this needs.',
      fix: 'Request the additional permission and confirm it in Slack.',
    },
    {
      contains: 'not_in_channel',
      fault: 'config',
      title: 'The app is not in the channel',
      cause: 'It was never added to the channel, or was removed.',
      fix: 'Invite the app to the channel, or allow it to post in public channels.',
    },
    {
      contains: 'channel_not_found',
      fault: 'config',
      title: 'The channel does not exist',
      cause: 'The channel was deleted, or is private and the app is not in it.',
      fix: 'Choose another channel, or invite the app to this one.',
    },
    {
      contains: 'ratelimited',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'Slack allows about one message a second in a channel.',
      fix: 'Nothing to do: messages go on at the time that Slack names.',
    },
    {
      contains: 'rate_limited',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'Too many messages were posted in a short time.',
      fix: 'Nothing to do: messages go on when Slack takes them again.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of this method is reached.',
      fix: 'Nothing to do: calls go on at the time that Slack names.',
    },
    ...signedOut,
    ...badMessages,
  ],
  limits: {
    perSecond: 1,
    published: 'Tiers of calls a minute for each method; about one message a second in a channel.',
  },
  adapters: slackAdapters,
  settings: [
    {
      key: 'channel',
      label: 'Notification channel',
      help: 'Where notifications go.',
      type: 'text',
      default: '#general',
    },
  ],
  inbound: {
    scheme: 'slack-v0',
    headers: ['X-Slack-Signature', 'X-Slack-Request-Timestamp'],
    algorithm: 'hmac-sha256',
    encoding: 'hex',
    prefix: 'v0=',
    key: 'signingSecret',
    signed: 'v0:{timestamp}:{rawBody}',
    timestampHeader: 'X-Slack-Request-Timestamp',
    toleranceSeconds: 300,
    replayId: 'event_id',
    handshake: 'A body of type url_verification is answered with its challenge.',
    notes: 'Answer within three seconds.',
    switches: slackSwitches,
    normalize: normalizeSlack,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"trunkline"}',
    },
    revoked: { status: 200, body: '{"ok":false,"error":"token_revoked"}' },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '30' },
      body: '{"ok":false,"error":"ratelimited"}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'checked',
  notes: 'Bot tokens do not expire unless token rotation is switched on in the app.',
};
