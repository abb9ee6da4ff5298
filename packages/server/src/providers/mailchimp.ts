import type { AccountFact, CredentialField, Provider } from './provider.ts';

const dataCenter: CredentialField = {
  key: 'dc',
  label: 'Data center',
  secret: false,
  help: 'The first part of the address when you are signed in, such as us6; API keys end with it too.',
  example: 'us6',
  level: 'account',
  pattern: /^[a-z]{2}\d+$/,
};

const shared: readonly CredentialField[] = [
  {
    key: 'listId',
    label: 'Audience ID',
    secret: false,
    help: 'Mailchimp → Audience → Settings → Audience name and defaults.',
    example: 'a1b2c3d4e5',
    level: 'account',
    optional: true,
  },
  {
    key: 'webhookToken',
    label: 'Token for webhooks',
    secret: true,
    help: 'A long random text of your own. It goes into the address of the webhook in the audience settings.',
    level: 'account',
    optional: true,
  },
];

/** Says where the account lives; this one call wants the word OAuth before the token. */
const metadata = (pointer: string): AccountFact => ({
  from: 'call',
  path: 'https://login.mailchimp.com/oauth2/metadata',
  headers: { authorization: 'OAuth {accessToken}' },
  pointer,
});

export const mailchimp: Provider = {
  slug: 'mailchimp',
  name: 'Mailchimp',
  category: 'marketing',
  description: 'Keeps audiences up to date, and tells about subscribers and campaigns.',
  website: 'https://mailchimp.com',
  docsUrl: 'https://mailchimp.com/developer/marketing/api/',
  statusPageUrl: 'https://status.mailchimp.com',
  selfServe: true,
  features: ['Add and update audience members', 'Campaigns', 'Subscribe and unsubscribe events'],
  setupSteps: [
    'In Mailchimp, open Profile → Extras → Registered apps and register an app with the redirect address that is shown here.',
    'Copy its client ID and client secret.',
    'To connect without an app, create a key under Profile → Extras → API keys instead.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: 'https://login.mailchimp.com/oauth2/authorize',
      tokenUrl: 'https://login.mailchimp.com/oauth2/token',
      revokeUrl: null,
      pkce: null,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: null,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      scopes: [],
      fields: [
        {
          key: 'clientId',
          label: 'Client ID',
          secret: false,
          help: 'Mailchimp → Profile → Extras → Registered apps → your app.',
          level: 'app',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'On the same page.',
          level: 'app',
        },
        { ...dataCenter, help: 'Left empty, it comes with the sign-in.', optional: true },
        ...shared,
      ],
      headers: { authorization: 'Bearer {accessToken}' },
      account: [metadata('/login/email')],
      brings: { dc: metadata('/dc') },
    },
    {
      type: 'basic',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Mailchimp → Profile → Extras → API keys. It ends with the data center.',
          example: '0123456789abcdef0123456789abcdef-us6',
          level: 'account',
        },
        dataCenter,
        ...shared,
      ],
      headers: {},
      basic: ['trunkline', '{apiKey}'],
    },
  ],
  baseUrl: 'https://{dc}.api.mailchimp.com/3.0',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/ping',
    expect: [200],
    mustContain: 'health_status',
    why: 'Answers a fixed text, and only when the credentials are valid.',
  },
  errors: [
    {
      contains: 'Member In Compliance State',
      fault: 'badInput',
      title: 'The person has unsubscribed',
      cause: 'Mailchimp does not let anybody else subscribe them again.',
      fix: 'They must subscribe again themselves.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'Mailchimp does not accept the credentials',
      cause: 'The access was revoked, or the data center is of another account.',
      fix: 'Check the data center; if it is right, reconnect.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The account may not do this',
      cause: 'The role of the person who connected or the plan does not allow it.',
      fix: 'Connect as somebody whose role allows it.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The audience is not known',
      cause: 'It was deleted, or is of another account.',
      fix: 'Enter the audience ID again.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls at once',
      cause: 'Mailchimp takes ten calls at once for each user.',
      fix: 'Nothing to do: calls go on one after the other.',
    },
  ],
  limits: { published: '10 calls at once for each user; a call may take up to 120 seconds.' },
  settings: [],
  inbound: {
    scheme: 'mailchimp-secret-url',
    headers: [],
    algorithm: 'token',
    key: 'webhookToken',
    replayId: 'type + fired_at + data[id]',
    handshake: 'A GET comes when the webhook is saved; it is answered 200.',
    notes: 'Mailchimp signs nothing: the secret is in the address. The body is a form.',
  },
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"health_status":"Everything\'s Chimpy!"}' },
    revoked: {
      status: 401,
      body: '{"type":"https://mailchimp.com/developer/marketing/docs/errors/","title":"API Key Invalid","status":401,"detail":"Your API key may be invalid, or you\'ve attempted to access the wrong datacenter.","instance":"00000000-0000-0000-0000-000000000001"}',
    },
    rateLimited: {
      status: 429,
      body: '{"type":"https://mailchimp.com/developer/marketing/docs/errors/","title":"Too Many Requests","status":429,"detail":"You have exceeded the limit of 10 simultaneous connections.","instance":"00000000-0000-0000-0000-000000000002"}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'partial',
  notes: 'There are no scopes, and tokens do not expire. Mandrill, for single emails, is another product.',
};
