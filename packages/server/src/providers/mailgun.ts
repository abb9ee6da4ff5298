import { mailSwitches } from './adapters/mail-events.ts';
import { normalizeMailgun } from './adapters/mailgun-inbound.ts';
import { mailgunAdapters } from './adapters/mailgun.ts';
import { openMail } from './adapters/open-mail.ts';
import type { Provider } from './provider.ts';

export const mailgun: Provider = {
  slug: 'mailgun',
  name: 'Mailgun',
  category: 'email',
  description: 'Sends transactional email, and takes incoming mail through routes.',
  website: 'https://www.mailgun.com',
  docsUrl: 'https://documentation.mailgun.com',
  statusPageUrl: 'https://status.mailgun.com',
  selfServe: true,
  features: ['Send email', 'Delivery, bounce and complaint events', 'Open and click events', 'Incoming mail'],
  setupSteps: [
    'In Mailgun, add your sending domain and set the DNS records that it shows.',
    'Create an account API key and copy it at once: Mailgun shows it only then.',
    'For events, add the inbound address that is shown here as a webhook of the domain.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'An API key of the account, from the API key page of Mailgun. A key for sending from one domain cannot be tested here.',
          level: 'account',
        },
        {
          key: 'domain',
          label: 'Sending domain',
          secret: false,
          help: 'Mailgun → the list of your sending domains.',
          example: 'mg.example.com',
          level: 'account',
          pattern: /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
        },
        {
          key: 'region',
          label: 'Region',
          secret: false,
          help: 'The region that the domain was created in; Mailgun shows it next to the domain.',
          example: 'api',
          level: 'account',
          options: [
            { value: 'api', label: 'US' },
            { value: 'api.eu', label: 'EU' },
          ],
        },
        {
          key: 'webhookSigningKey',
          label: 'HTTP webhook signing key',
          secret: true,
          help: 'Shown by Mailgun near the API keys and the webhooks. It is not the API key.',
          level: 'account',
          optional: true,
        },
      ],
      headers: {},
      basic: ['api', '{apiKey}'],
    },
  ],
  baseUrl: 'https://{region}.mailgun.net',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v4/domains?limit=1',
    expect: [200],
    why: 'Lists one domain of the account, which proves the key and its region.',
  },
  errors: [
    {
      contains: 'Sandbox subdomains',
      fault: 'config',
      title: 'The sandbox domain may not send there',
      cause: 'A sandbox domain sends to authorized recipients only.',
      fix: 'Authorize the recipient in Mailgun, or use a domain of your own.',
    },
    {
      status: [400],
      contains: "'from' parameter",
      fault: 'badInput',
      title: 'The sender address is not valid',
      cause: 'Mailgun does not take the address that the message is from.',
      fix: 'Use an address of the sending domain.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'The API key is not accepted',
      cause: 'The key is wrong, was deleted, or belongs to the other region.',
      fix: 'Check the key and the region together.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The key may not do this',
      cause: 'The role of the key is too small, or the domain may not send.',
      fix: 'Use a key of the account, and check the state of the domain in Mailgun.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The domain was not found',
      cause: 'It is misspelled, or belongs to the other region.',
      fix: 'Check the domain, and switch the region between US and EU.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of the plan or of this endpoint is reached.',
      fix: 'Nothing to do: calls go on when Mailgun takes them again.',
    },
  ],
  limits: { published: 'By plan and endpoint, told in the X-RateLimit headers.' },
  adapters: mailgunAdapters,
  settings: [],
  inbound: {
    scheme: 'mailgun-hmac',
    headers: [],
    // HMAC-SHA256, but over two values of the body and not over its bytes.
    algorithm: 'custom',
    encoding: 'hex',
    key: 'webhookSigningKey',
    signed: '{signature.timestamp}{signature.token}',
    toleranceSeconds: 300,
    replayId: 'signature.token',
    notes:
      'The signature stands in the body and does not cover the event itself, so old timestamps and repeated tokens are refused. Incoming mail brings the same three values as form fields. A 406 tells Mailgun not to try again.',
    switches: mailSwitches,
    normalize: normalizeMailgun,
    open: openMail,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"total_count":1,"items":[{"name":"mg.example.com","state":"active","type":"custom"}]}',
    },
    revoked: { status: 401, body: '{"message":"Invalid private key"}' },
    rateLimited: {
      status: 429,
      headers: { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '0' },
      body: '{"message":"Too many requests"}',
    },
    down: { status: 503, body: '{"message":"Service Unavailable"}' },
  },
  evidence: 'partial',
  notes: 'A domain lives in one region only, and the key, the domain and the region have to fit together.',
};
