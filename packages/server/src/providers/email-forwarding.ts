import { forwardedMailSwitches, normalizeForwardedMail } from './adapters/email-forwarding-inbound.ts';
import { openMail } from './adapters/open-mail.ts';
import { sesMailPlace } from './adapters/ses-mail.ts';
import type { Provider } from './provider.ts';

export const emailForwarding: Provider = {
  slug: 'email-forwarding',
  name: 'Email forwarding',
  category: 'email',
  description: 'Gives people an address to forward mail to, and turns that mail into conversations.',
  website: null,
  docsUrl: 'https://www.rfc-editor.org/rfc/rfc5321',
  statusPageUrl: null,
  selfServe: true,
  features: [
    'Forward emails to create conversations',
    'Replies stay in their conversation',
    'Allowed senders',
  ],
  setupSteps: [
    'Choose a domain for incoming mail and a service that receives it: Mailgun, Amazon SES, SendGrid or Postmark.',
    'Point the MX record of the domain to that service, as its help says.',
    'In that service, pass incoming mail on to the inbound address that is shown here.',
    'Amazon SES: let the rule put mail into a bucket and tell an SNS topic, and connect the bucket here as Amazon S3; an SNS action alone takes mail up to 150 KB.',
    'Forward mail to the address; Gmail and Outlook first send a message with a code or a link to confirm it.',
  ],
  auth: [
    {
      type: 'inbound',
      fields: [
        {
          key: 'inboundAddress',
          label: 'Address for incoming mail',
          secret: false,
          help: 'An address of the domain that the service receives mail for. Make the part before the @ hard to guess.',
          example: 'inbox+u8f3k2@in.example.com',
          level: 'account',
          pattern: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
        },
        {
          key: 'receiver',
          label: 'Service that receives the mail',
          secret: false,
          help: 'The service that the MX record of the domain points to.',
          level: 'account',
          options: [
            { value: 'mailgun', label: 'Mailgun routes' },
            { value: 'amazon-ses', label: 'Amazon SES receipt rule' },
            { value: 'sendgrid', label: 'SendGrid Inbound Parse' },
            { value: 'postmark', label: 'Postmark inbound' },
          ],
        },
        {
          key: 'receiverSecret',
          label: 'Key of that service',
          secret: true,
          help: 'Mailgun: the HTTP webhook signing key. SendGrid: the verification key, after switching signing on. Postmark: user and password of the webhook, as user:password. Amazon SES: the ARN of the topic.',
          level: 'account',
          optional: true,
        },
        {
          key: 'allowedSenders',
          label: 'Allowed senders',
          secret: false,
          help: 'Addresses, or domains with an @ before them, separated by commas. You choose them; empty means everybody.',
          example: '@acme.com, partner@example.com',
          level: 'account',
          optional: true,
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'dns',
    why: 'Looks up the MX record of the domain, which has to point to the receiving service; a test mail proves the rest.',
  },
  errors: [
    {
      contains: 'ENOTFOUND',
      fault: 'config',
      title: 'The domain does not exist',
      cause: 'The domain of the address is misspelled, or is not registered any more.',
      fix: 'Check the address and the registration of its domain.',
    },
    {
      contains: 'ENODATA',
      fault: 'config',
      title: 'The MX record is missing',
      cause: 'The domain does not say which server takes its mail.',
      fix: 'Set the MX record that the receiving service asks for.',
    },
    {
      contains: 'ESERVFAIL',
      fault: 'down',
      title: 'The name server of the domain fails',
      cause: 'Its DNS does not answer properly.',
      fix: 'Look at the DNS of the domain; the next check comes by itself.',
    },
  ],
  limits: { published: null },
  settings: [
    {
      key: 'acceptUnproven',
      label: 'Accept senders that nobody proves',
      help: 'Where allowed senders are named, mail counts only if DKIM, SPF or DMARC prove its domain, as the receiving service checks it (Mailgun: spam filter that marks mail by headers). Switched on, anybody can pose as an allowed sender.',
      type: 'switch',
      default: false,
    },
  ],
  inbound: {
    scheme: 'depends-on-receiver',
    headers: [],
    algorithm: 'custom',
    key: 'receiverSecret',
    replayId: 'Message-ID',
    handshake:
      'Gmail and Outlook send a message with a code or a link before they forward; it is shown to the person.',
    notes:
      'Verified as the receiving service does it. Content is never trusted: size is limited, automatic replies are dropped, and where senders are chosen DKIM, SPF or DMARC have to prove them.',
    switches: forwardedMailSwitches,
    normalize: normalizeForwardedMail,
    open: openMail,
    mailElsewhere: sesMailPlace,
    readsWith: ['allowedSenders', 'acceptUnproven', 'receiver'],
  },
  exchange: null,
  simulate: null,
  evidence: 'recalled',
  notes: 'Nothing is sent through this connection. A message that comes twice is taken once.',
};
