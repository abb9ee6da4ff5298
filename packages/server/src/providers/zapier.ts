import type { Provider } from './provider.ts';

export const zapier: Provider = {
  slug: 'zapier',
  name: 'Zapier',
  category: 'automation',
  description: 'Starts Zaps when something happens here, and takes calls from Zaps.',
  website: 'https://zapier.com',
  docsUrl: 'https://docs.zapier.com',
  statusPageUrl: 'https://status.zapier.com',
  selfServe: true,
  startsAt: 'https://hooks.zapier.com/hooks/',
  features: ['Automate workflows with 5000+ apps', 'Start a Zap from any event', 'Take calls from a Zap'],
  setupSteps: [
    'In Zapier, create a Zap with the trigger Webhooks by Zapier and the event Catch Hook.',
    'Copy the address that Zapier shows for the trigger, with the slash at its end.',
    'Publish the Zap: while it is off, Zapier takes events and does nothing with them.',
  ],
  auth: [
    {
      type: 'api_key',
      fields: [
        {
          key: 'hookUrl',
          label: 'Catch Hook address',
          secret: true,
          help: 'Zapier → your Zap → the Webhooks by Zapier trigger → Test. Whoever knows it can start the Zap.',
          example: 'https://hooks.zapier.com/hooks/catch/123456/abcdef/',
          level: 'account',
          pattern: /^https:\/\/hooks\.zapier\.com\/hooks\/catch\/\d+\/[A-Za-z0-9]+\/$/,
        },
        {
          key: 'inboundToken',
          label: 'Token for calls from Zapier',
          secret: true,
          help: 'A long random text of your own. Put it into the Authorization header of the POST step of your Zap.',
          level: 'account',
          optional: true,
        },
      ],
      headers: {},
    },
  ],
  baseUrl: 'https://hooks.zapier.com',
  health: {
    kind: 'form',
    why: 'Every call to a Catch Hook starts the Zap, so only the form of its address is checked.',
  },
  errors: [
    {
      status: [410],
      fault: 'reauth',
      title: 'The Catch Hook no longer exists',
      cause: 'The Zap or its trigger was deleted in Zapier.',
      fix: 'Create a new Catch Hook and paste its address.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The address is not complete',
      cause: 'Zapier does not know it; often the slash at its end is missing.',
      fix: 'Copy the whole address from the trigger again.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many events',
      cause: 'Zapier takes a limited number of events in five minutes.',
      fix: 'Nothing to do: events go on later. Subscribe to fewer of them if it happens often.',
    },
  ],
  limits: { perSecond: 30, published: 'About 20,000 calls in 5 minutes for each Zapier user.' },
  settings: [],
  inbound: {
    scheme: 'hub-issued-token',
    headers: ['Authorization'],
    algorithm: 'token',
    key: 'inboundToken',
    notes: 'Webhooks by Zapier signs nothing, so the token in the header is the only proof.',
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"attempt":"0191-a","id":"0191-b","request_id":"0191-c","status":"success"}',
    },
    revoked: { status: 410, body: 'Gone' },
    rateLimited: { status: 429, headers: { 'retry-after': '60' }, body: 'Too Many Requests' },
    down: { status: 503, body: 'Service Unavailable' },
  },
  evidence: 'partial',
  notes: 'An answer with the status success means that the event is queued, also when the Zap is off.',
};
