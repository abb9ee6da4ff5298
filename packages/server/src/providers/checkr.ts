import { normalizeCheckr } from './adapters/checkr-inbound.ts';
import { checkrAdapters } from './adapters/checkr.ts';
import type { Provider } from './provider.ts';

export const checkr: Provider = {
  slug: 'checkr',
  name: 'Checkr',
  category: 'background-checks',
  description: 'Orders background checks by inviting the candidate, and reports the results.',
  website: 'https://checkr.com',
  docsUrl: 'https://docs.checkr.com',
  statusPageUrl: null,
  selfServe: true,
  features: [
    'Invite candidates to a background check',
    'Packages of your account',
    'Results as they come in',
  ],
  setupSteps: [
    'In the Checkr Dashboard, open Account Settings → Developer Settings and create a secret API key.',
    'For real checks, finish the account credentialing that Checkr asks for; until then, use a test key.',
    'To get results by webhook, add the inbound address that is shown here in Developer Settings.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'apiKey',
          label: 'Secret API key',
          secret: true,
          help: 'Checkr Dashboard → Account Settings → Developer Settings. A live key orders real checks, a test key does not.',
          example: 'checkr-secret-key',
          level: 'account',
        },
      ],
      headers: {},
      basic: ['{apiKey}', ''],
    },
  ],
  baseUrl: 'https://api.checkr.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/v1/packages',
    expect: [200],
    why: 'Lists the packages of the account: reads only, and a check cannot be ordered without one.',
  },
  errors: [
    {
      status: [401],
      fault: 'reauth',
      title: 'The API key is not accepted',
      cause: 'The key is wrong, was deleted, or belongs to another environment.',
      fix: 'Paste a live key for real checks, or a test key for test data.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The account may not order checks yet',
      cause: 'Checkr has not credentialed the account for real checks.',
      fix: 'Finish the account credentialing in Checkr, then test again.',
    },
    {
      status: [400],
      fault: 'badInput',
      title: 'Candidate data is missing',
      cause: 'Data of the candidate or the place of work is missing.',
      fix: 'Send the place of work with its country, and with the state for the United States.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The account made more than 1,200 calls in a minute.',
      fix: 'Nothing to do: calls go on at the time that Checkr names.',
    },
  ],
  limits: {
    perSecond: 15,
    published: '1,200 calls a minute for each account, told in the X-Ratelimit headers of every answer.',
  },
  adapters: checkrAdapters,
  settings: [
    {
      key: 'package',
      label: 'Package',
      help: 'The package that is ordered when none is named.',
      type: 'text',
      default: '',
    },
  ],
  inbound: {
    scheme: 'checkr-hmac',
    headers: ['X-Checkr-Signature'],
    algorithm: 'hmac-sha256',
    encoding: 'hex',
    key: 'apiKey',
    signed: '{rawBody}',
    replayId: 'id',
    notes:
      'No timestamp is signed, so repetitions are recognized by the id alone. Checkr takes at most two addresses, and removes one that fails for 60 days.',
    normalize: normalizeCheckr,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"object":"list","count":1,"data":[{"object":"package","name":"Basic","slug":"basic"}]}',
    },
    revoked: { status: 401, body: '{"error":"Bad authentication error"}' },
    rateLimited: {
      status: 429,
      headers: {
        'x-ratelimit-limit': '1200',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1764000000',
      },
      body: '{"error":"Too many requests"}',
    },
    down: { status: 503, body: '{"error":"Service unavailable"}' },
  },
  evidence: 'partial',
  notes:
    'Certified Checkr partners can connect customers by OAuth instead; that way is not part of this connection.',
};
