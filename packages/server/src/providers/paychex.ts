import { payrollLayout } from '../lib/files/layouts.ts';
import { payrollFileAdapters } from './adapters/payroll-file.ts';
import type { Provider } from './provider.ts';

export const paychex: Provider = {
  slug: 'paychex',
  name: 'Paychex Flex',
  category: 'payroll',
  description: 'Payroll and HR data of companies that use Paychex Flex.',
  website: 'https://www.paychex.com',
  docsUrl: 'https://developer.paychex.com/documentation',
  statusPageUrl: null,
  selfServe: true,
  features: ['Companies that granted access', 'Read workers', 'Add new hires'],
  setupSteps: [
    'In Paychex Flex, open Company Settings → Integrated Apps as an administrator.',
    'Create an app for your company and choose what it may read and change.',
    'Copy the API key and the API secret.',
  ],
  auth: [
    {
      type: 'oauth2',
      grant: 'client_credentials',
      authorizationUrl: null,
      tokenUrl: 'https://api.paychex.com/auth/oauth/v2/token',
      revokeUrl: null,
      pkce: false,
      tokenAuthMethod: 'post',
      refreshable: false,
      accessTokenTtlSeconds: null,
      rotatesRefreshToken: false,
      extraAuthorizeParams: {},
      scopeSeparator: ' ',
      // What the app may do is chosen in Paychex Flex.
      scopes: [],
      fields: [
        {
          key: 'clientId',
          label: 'API key',
          secret: false,
          help: 'Paychex Flex → Company Settings → Integrated Apps → your app.',
          level: 'account',
        },
        {
          key: 'clientSecret',
          label: 'API secret',
          secret: true,
          help: 'Given together with the API key.',
          level: 'account',
        },
      ],
      headers: { authorization: 'Bearer {accessToken}' },
    },
  ],
  baseUrl: 'https://api.paychex.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/companies',
    expect: [200],
    why: 'Lists the companies that granted the app access.',
  },
  errors: [
    {
      contains: 'invalid_client',
      fault: 'reauth',
      title: 'The API key is not accepted',
      cause: 'The API key or the API secret is wrong.',
      fix: 'Copy both again from the app in Paychex Flex.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'Paychex does not accept the token',
      cause: 'The token has expired, or the API key and secret are wrong.',
      fix: 'A new token is asked for; if this stays, copy both again from the app in Paychex Flex.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'A permission is missing',
      cause: 'The company has not granted the app this permission.',
      fix: 'Edit the app in Paychex Flex under Company Settings → Integrated Apps.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The company is not linked',
      cause: 'The company has not granted this app access, or the record does not exist.',
      fix: 'Look at the list of companies that the app may see.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'Paychex limits how many calls it takes.',
      fix: 'Nothing to do: calls go on when Paychex takes them again.',
    },
  ],
  limits: { published: 'Not published.' },
  adapters: payrollFileAdapters(payrollLayout),
  settings: [],
  inbound: null,
  exchange: null,
  simulate: {
    healthy: { status: 200, body: '{"content":[{"companyId":"00EXAMPLE","legalName":"Acme Inc."}]}' },
    revoked: { status: 401, body: '{"error":"invalid_client"}' },
    rateLimited: {
      status: 429,
      headers: { 'retry-after': '30' },
      body: '{"errors":[{"description":"Too many requests"}]}',
    },
    down: { status: 503, body: '{"errors":[{"description":"Service unavailable"}]}' },
  },
  evidence: 'partial',
  notes:
    'An app of your own serves your own company; serving many companies needs the Paychex partner program.',
};
