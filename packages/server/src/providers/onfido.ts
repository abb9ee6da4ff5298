import { normalizeOnfido } from './adapters/onfido-inbound.ts';
import { onfidoAdapters } from './adapters/onfido.ts';
import type { Provider } from './provider.ts';

export const onfido: Provider = {
  slug: 'onfido',
  name: 'Onfido (Entrust)',
  category: 'kyc',
  description: 'Verifies people by their document and face, in workflows that you design.',
  website: 'https://onfido.com',
  docsUrl: 'https://documentation.identity.entrust.com/api/latest/',
  statusPageUrl: 'https://status.onfido.com',
  selfServe: true,
  features: ['Identity verification', 'Document upload', 'Verification workflows', 'Result events'],
  setupSteps: [
    'In the Onfido dashboard, create an API token and choose sandbox or live.',
    'Build a workflow and copy its ID.',
    'Add a webhook with the address that is shown here, and copy its token.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'apiToken',
          label: 'API token',
          secret: true,
          help: 'Onfido dashboard, in the settings for developers, under tokens.',
          example: 'api_sandbox.…',
          level: 'account',
        },
        {
          key: 'region',
          label: 'Region',
          secret: false,
          help: 'The region that your account was set up in; a token works only there.',
          example: 'eu',
          level: 'account',
          options: [
            { value: 'eu', label: 'Europe' },
            { value: 'us', label: 'United States' },
            { value: 'ca', label: 'Canada' },
          ],
        },
        {
          key: 'workflowId',
          label: 'Workflow ID',
          secret: false,
          help: 'Onfido dashboard, in the list of workflows.',
          example: '00000000-0000-0000-0000-000000000000',
          level: 'account',
        },
        {
          key: 'webhookToken',
          label: 'Webhook token',
          secret: true,
          help: 'Shown when the webhook is made, in the settings for developers of the dashboard.',
          level: 'account',
          optional: true,
        },
      ],
      headers: { authorization: 'Token token={apiToken}' },
    },
  ],
  baseUrl: 'https://api.{region}.onfido.com/v3.6',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/applicants?per_page=1',
    expect: [200],
    why: 'Lists one applicant, so it proves the token and the region.',
  },
  errors: [
    {
      contains: 'incomplete_registration',
      fault: 'config',
      title: 'The live account is not ready',
      cause: 'Billing or another step before going live is missing.',
      fix: 'Finish these steps in the Onfido dashboard, or use a sandbox token.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'The token is not accepted',
      cause: 'It is wrong, was revoked, or is of another region.',
      fix: 'Choose the region of the token, or create a new one and paste it.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'The account may not do this',
      cause: 'The account is disabled, or not ready for it.',
      fix: 'Finish the set-up of the account in the Onfido dashboard.',
    },
    {
      status: [422],
      fault: 'badInput',
      title: 'A value is missing or not valid',
      cause: 'Onfido checked the values and refused some.',
      fix: 'Look at the fields in the answer, correct them, and send it again.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'The limit of calls a minute is reached.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: {
    perSecond: 6,
    published: '400 calls a minute in production, unless the contract says otherwise.',
  },
  adapters: onfidoAdapters,
  settings: [],
  inbound: {
    scheme: 'onfido-sha2',
    headers: ['X-SHA2-Signature'],
    algorithm: 'hmac-sha256',
    encoding: 'hex',
    key: 'webhookToken',
    signed: '{rawBody}',
    replayId:
      'payload.resource_type + payload.action + payload.object.id + payload.object.completed_at_iso8601',
    notes: 'No time is signed.',
    normalize: normalizeOnfido,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"applicants":[{"id":"00000000-0000-0000-0000-000000000001","first_name":"Ada","last_name":"Example"}]}',
    },
    revoked: {
      status: 401,
      body: '{"error":{"type":"authorization_error","message":"Authorization error: please check your credentials and ensure your account is active","fields":{}}}',
    },
    rateLimited: {
      status: 429,
      body: '{"error":{"type":"rate_limit","message":"Rate limit exceeded","fields":{}}}',
    },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'checked',
  notes: 'Sandbox and live differ by the token; the address is the same.',
};
