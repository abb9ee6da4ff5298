import { twilioVerifyAdapters } from './adapters/twilio-verify.ts';
import { twilioInDoubt } from './parts/twilio-in-doubt.ts';
import type { Provider } from './provider.ts';

export const twilioVerify: Provider = {
  slug: 'twilio-verify',
  name: 'Twilio Verify',
  category: 'sms',
  description: 'Sends one-time codes by text, call, email or WhatsApp, and checks them.',
  website: 'https://www.twilio.com/verify',
  docsUrl: 'https://www.twilio.com/docs/verify/api',
  statusPageUrl: 'https://status.twilio.com',
  selfServe: true,
  features: ['Send one-time codes', 'Check one-time codes', 'Text, call, email or WhatsApp'],
  setupSteps: [
    'In the Twilio Console, open Verify and create a service; its name is shown to the people who get a code.',
    'Copy the SID of the service, and the Account SID and auth token from the front page of the Console.',
  ],
  auth: [
    {
      type: 'basic',
      fields: [
        {
          key: 'accountSid',
          label: 'Account SID',
          secret: false,
          help: 'Twilio Console → Account Info. It starts with AC.',
          example: 'AC00000000000000000000000000000000',
          level: 'account',
          pattern: /^AC[0-9a-fA-F]{32}$/,
        },
        {
          key: 'authToken',
          label: 'Auth token',
          secret: true,
          help: 'On the same page, behind Show. It also proves that events really come from Twilio.',
          example: '32 hexadecimal characters',
          level: 'account',
          pattern: /^[0-9a-fA-F]{32}$/,
        },
        {
          key: 'serviceSid',
          label: 'Verify Service SID',
          secret: false,
          help: 'Twilio Console → Verify → Services → your service. It starts with VA.',
          example: 'VA00000000000000000000000000000000',
          level: 'account',
          pattern: /^VA[0-9a-fA-F]{32}$/,
        },
      ],
      headers: {},
      basic: ['{accountSid}', '{authToken}'],
    },
  ],
  baseUrl: 'https://verify.twilio.com/v2',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/Services/{serviceSid}',
    expect: [200],
    why: 'Proves the login and that the service exists, and sends nothing.',
  },
  errors: [
    twilioInDoubt,
    {
      contains: 'errors/20003',
      fault: 'reauth',
      title: 'Twilio does not accept the login',
      cause: 'The Account SID or the auth token is wrong, or the account is suspended.',
      fix: 'Copy both again from the Twilio Console.',
    },
    {
      contains: 'errors/60203',
      fault: 'rateLimit',
      title: 'Too many codes to this number',
      cause: 'Five codes were sent to it for one verification.',
      fix: 'Wait ten minutes before sending another code.',
    },
    {
      contains: 'errors/60202',
      fault: 'badInput',
      title: 'Too many wrong codes',
      cause: 'Five codes were tried for one verification.',
      fix: 'Start a new verification after ten minutes.',
    },
    {
      contains: 'errors/60200',
      fault: 'badInput',
      title: 'A value is not valid',
      cause: 'The number or another value is not as Twilio wants it.',
      fix: 'Enter the number with a plus and its country code, and choose a way that the service supports.',
    },
    {
      status: [404],
      contains: 'VerificationCheck',
      fault: 'badInput',
      title: 'There is no open code',
      cause: 'The code was used already or has expired; codes live ten minutes.',
      fix: 'Send a new code.',
    },
    {
      status: [404],
      fault: 'config',
      title: 'The Verify service does not exist',
      cause: 'Its SID is wrong, or the service was deleted.',
      fix: 'Copy the SID of the service again from the Twilio Console.',
    },
    {
      status: [401],
      fault: 'reauth',
      title: 'Twilio does not accept the login',
      cause: 'The Account SID or the auth token is wrong.',
      fix: 'Copy both again from the Twilio Console.',
    },
    {
      status: [403],
      fault: 'scope',
      title: 'Twilio refuses this',
      cause: 'The account or the service may not do this.',
      fix: 'Look at the account and the service in the Twilio Console.',
    },
    {
      status: [429],
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'More calls came at once than Twilio takes.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
  ],
  limits: {
    published: 'Five codes and five checks for each verification of a number; a code lives ten minutes.',
  },
  adapters: twilioVerifyAdapters,
  settings: [],
  inbound: {
    scheme: 'twilio-hmac-sha1',
    headers: ['X-Twilio-Signature'],
    // HMAC-SHA1, but over the address and the sorted form fields and not over the bytes of the body.
    algorithm: 'custom',
    encoding: 'base64',
    key: 'authToken',
    replayId: 'verification sid + event type',
    notes:
      'Signed are the whole public address and every form field in the order of the names. For JSON it is the address alone, whose bodySHA256 has to be the hash of the body. Events are set up for each service.',
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"sid":"VA00000000000000000000000000000000","account_sid":"AC00000000000000000000000000000000","friendly_name":"Acme","code_length":6}',
    },
    revoked: {
      status: 401,
      body: '{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}',
    },
    rateLimited: {
      status: 429,
      body: '{"code":20429,"message":"Too Many Requests","more_info":"https://www.twilio.com/docs/errors/20429","status":429}',
    },
    down: {
      status: 503,
      body: '{"code":20503,"message":"Service Unavailable","more_info":"https://www.twilio.com/docs/errors/20503","status":503}',
    },
  },
  evidence: 'partial',
  notes: 'A checked code is right only when the answer says approved.',
};
