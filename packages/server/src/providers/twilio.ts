import { messageSwitches } from './adapters/message-events.ts';
import { normalizeTwilio } from './adapters/twilio-inbound.ts';
import { twilioAdapters } from './adapters/twilio.ts';
import { twilioInDoubt } from './parts/twilio-in-doubt.ts';
import type { Provider } from './provider.ts';

export const twilio: Provider = {
  slug: 'twilio',
  name: 'Twilio SMS',
  category: 'sms',
  description: 'Sends text messages, and reports deliveries and replies.',
  website: 'https://www.twilio.com',
  docsUrl: 'https://www.twilio.com/docs/messaging',
  statusPageUrl: 'https://status.twilio.com',
  selfServe: true,
  features: ['Send text messages', 'Delivery reports', 'Replies'],
  setupSteps: [
    'In the Twilio Console, buy a number that can send texts, or make a Messaging Service.',
    'For numbers of the United States, register your brand and campaign for A2P 10DLC.',
    'Copy the Account SID and the auth token from the front page of the Console.',
    'For replies, enter the inbound address that is shown here as the webhook of the number.',
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
          key: 'from',
          label: 'Sender number or Messaging Service SID',
          secret: false,
          help: 'A number of your account with its country code, or the SID of a Messaging Service, which starts with MG.',
          example: '+15005550006',
          level: 'account',
        },
      ],
      headers: {},
      basic: ['{accountSid}', '{authToken}'],
    },
  ],
  baseUrl: 'https://api.twilio.com',
  health: {
    kind: 'http',
    method: 'GET',
    path: '/2010-04-01/Accounts/{accountSid}.json',
    expect: [200],
    mustContain: '"active"',
    why: 'Reads the account itself, which has to be active.',
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
      contains: '"suspended"',
      fault: 'config',
      title: 'The Twilio account is suspended',
      cause: 'Twilio has suspended the account.',
      fix: 'Open the Twilio Console and follow what it says.',
    },
    {
      contains: '"closed"',
      fault: 'config',
      title: 'The Twilio account is closed',
      cause: 'The account was closed.',
      fix: 'Connect another account.',
    },
    {
      contains: 'errors/21211',
      fault: 'badInput',
      title: 'The number of the recipient is not valid',
      cause: 'It is not a phone number, or its country code is missing.',
      fix: 'Enter the number with a plus and its country code.',
    },
    {
      contains: 'errors/21610',
      fault: 'badInput',
      title: 'The recipient does not want messages',
      cause: 'The recipient has replied STOP.',
      fix: 'Do not send until the recipient agrees again.',
    },
    {
      contains: 'errors/21608',
      fault: 'config',
      title: 'A trial account may not send there',
      cause: 'A trial account sends to verified numbers only.',
      fix: 'Verify the number in Twilio, or upgrade the account.',
    },
    {
      contains: 'errors/21408',
      fault: 'config',
      title: 'The country is not allowed',
      cause: 'Messages to the country of this number are switched off in the account.',
      fix: 'Allow the country in the messaging settings of the Twilio Console.',
    },
    {
      contains: 'errors/20429',
      fault: 'rateLimit',
      title: 'Too many calls',
      cause: 'More calls came at once than Twilio takes.',
      fix: 'Nothing to do: calls go on more slowly.',
    },
    {
      contains: '30034',
      fault: 'config',
      title: 'The number is not registered',
      cause: 'A number of the United States needs a registration for A2P 10DLC.',
      fix: 'Register brand and campaign in Twilio, and add the number to the campaign.',
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
      cause: 'The account may not do this.',
      fix: 'Look at the state and the permissions of the account in the Twilio Console.',
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
    published:
      'By sender: about one message a second for a long number of the United States, three for toll-free, 100 for a short code. Twilio queues what is over it.',
  },
  adapters: twilioAdapters,
  settings: [],
  inbound: {
    scheme: 'twilio-hmac-sha1',
    headers: ['X-Twilio-Signature'],
    // HMAC-SHA1, but over the address and the sorted form fields and not over the bytes of the body.
    algorithm: 'custom',
    encoding: 'base64',
    key: 'authToken',
    replayId: 'MessageSid + MessageStatus',
    notes:
      'Signed are the whole public address and every form field in the order of the names. For JSON it is the address alone, whose bodySHA256 has to be the hash of the body. No timestamp, so repetitions are recognized by their ids. A reply is answered with TwiML.',
    switches: messageSwitches,
    normalize: normalizeTwilio,
  },
  exchange: null,
  simulate: {
    healthy: {
      status: 200,
      body: '{"sid":"AC00000000000000000000000000000000","friendly_name":"Acme","status":"active","type":"Full"}',
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
  evidence: 'checked',
  notes:
    'API keys of Twilio could send too, but events are always signed with the auth token. A new auth token ends this connection until it is entered here.',
};
