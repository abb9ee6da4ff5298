import type { Provider } from './provider.ts';

export const papayaGlobal: Provider = {
  slug: 'papaya-global',
  name: 'Papaya Global',
  category: 'payroll',
  description: 'Pays people in many countries: employees, contractors and other beneficiaries.',
  website: 'https://www.papayaglobal.com',
  docsUrl: 'https://docs.papayaglobal.com',
  statusPageUrl: null,
  selfServe: false,
  features: ['See wallets', 'Add beneficiaries', 'Order payments after approval'],
  setupSteps: [
    'Ask Papaya Global for API access with your contract.',
    'You get an API key and a client secret; ask for a pair of the sandbox to try it out first.',
    'Choose a token name that tells later which system the tokens belong to.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'apiKey',
          label: 'API key',
          secret: true,
          help: 'Papaya Global gives it with the API access.',
          example: '00000000-0000-0000-0000-000000000000',
          level: 'account',
        },
        {
          key: 'clientSecret',
          label: 'Client secret',
          secret: true,
          help: 'Given together with the API key.',
          level: 'account',
        },
        {
          key: 'keyName',
          label: 'Token name',
          secret: false,
          help: 'A name of your own for the tokens that are asked for, such as the name of this system.',
          example: 'hub',
          level: 'account',
        },
        {
          key: 'environment',
          label: 'Environment',
          secret: false,
          help: 'The one that your API key was issued for.',
          example: 'api',
          level: 'account',
          options: [
            { value: 'api', label: 'Production' },
            { value: 'sandbox', label: 'Sandbox' },
          ],
        },
      ],
      // The token comes from POST /token, with the key and the secret, and lives for a day.
      headers: { authorization: 'Bearer {accessToken}' },
    },
  ],
  baseUrl: 'https://{environment}.papayaglobal.com/api/v1',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/payments/wallets?take=1',
    expect: [200],
    why: 'Reads one wallet with the token of the day.',
  },
  errors: [
    {
      status: [401],
      fault: 'reauth',
      title: 'Papaya Global does not accept the token',
      cause: 'The token is older than a day, or the API key and secret are wrong.',
      fix: 'A new token is asked for; if this stays, enter the API key and client secret again.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'A permission is missing',
      cause: 'The API access does not include this.',
      fix: 'Ask Papaya Global to add it to your access.',
    },
    {
      status: [400],
      fault: 'badInput',
      title: 'The data does not fit the country',
      cause: 'What a beneficiary needs differs by country and currency.',
      fix: 'Look up the fields for that country and currency, complete them and send again.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'Papaya Global limits how many calls it takes.',
      fix: 'Nothing to do: calls go on when Papaya Global takes them again.',
    },
  ],
  limits: { published: 'Not published; ask Papaya Global.' },
  settings: [],
  inbound: null,
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"items":[{"id":"1","currency":"EUR"}],"paging":{"total":1}}' },
    revoked: { status: 401, body: '{"message":"Unauthorized"}' },
    rateLimited: { status: 429, headers: { 'retry-after': '30' }, body: '{"message":"Too Many Requests"}' },
    down: { status: 503, body: '{"message":"Service Unavailable"}' },
  },
  evidence: 'partial',
  notes:
    'Known from a third party’s description only: confirm it with Papaya Global. Payments move money, so keep them behind an approval.',
};
