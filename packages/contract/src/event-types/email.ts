import { defineGroup } from './event-type.ts';
import { email as address, flag, nullable, oneOf, text, time, url } from './schema.ts';

const mail = {
  messageId: text('Id of the message: the same in all events about it.'),
  to: address('Recipient.'),
  'subject?': text('Subject line.'),
  provider: text('Slug of the provider that carries it.'),
  'campaignId?': nullable(text('Id of the campaign that it belongs to.')),
  'contactId?': nullable(text('Id of the contact it was sent to.')),
};

const example = {
  messageId: 'abc123@mail.example.com',
  to: 'anna.berg@contoso.example',
  subject: 'Interview invitation',
  provider: 'sendgrid',
  campaignId: null,
  contactId: 'CON-7781',
};

export const emailEvents = defineGroup('Email', {
  'email.sent': {
    description: 'A message was handed to the provider. It has not reached the recipient yet.',
    data: { ...mail, from: address('Sender.'), sentAt: time('When it was handed over.') },
    example: { ...example, from: 'noreply@example.com', sentAt: '2026-11-23T10:30:22.000Z' },
  },
  'email.delivered': {
    description: "The recipient's server accepted a message.",
    data: { ...mail, deliveredAt: time('When it was accepted.') },
    example: { ...example, deliveredAt: '2026-11-23T10:30:23.200Z' },
  },
  'email.deferred': {
    description: "The recipient's server asked to try again later; the provider keeps trying.",
    data: {
      ...mail,
      reason: text("The server's answer."),
      deferredAt: time('When it answered.'),
    },
    example: {
      ...example,
      reason: '451 4.7.1 Greylisted, please try again later',
      deferredAt: '2026-11-23T10:30:25.000Z',
    },
  },
  'email.bounced': {
    description: 'A message came back. After a hard bounce the address should get no more mail.',
    data: {
      ...mail,
      kind: oneOf('`hard`: the address does not work; `soft`: a passing fault.', ['hard', 'soft']),
      reason: text("The server's answer."),
      bouncedAt: time('When it came back.'),
    },
    example: {
      ...example,
      kind: 'hard',
      reason: '550 5.1.1 The account does not exist',
      bouncedAt: '2026-11-23T10:30:24.000Z',
    },
  },
  'email.dropped': {
    description: 'The provider refused to send a message, for instance because the address is suppressed.',
    data: { ...mail, reason: text('Why it was refused.'), droppedAt: time('When it was refused.') },
    example: { ...example, reason: 'Bounced address', droppedAt: '2026-11-23T10:30:22.500Z' },
  },
  'email.opened': {
    description: 'A recipient opened a message. Mail programs that load images by themselves count too.',
    data: {
      ...mail,
      machine: flag('True when a mail program opened it by itself, as far as the provider can tell.'),
      'userAgent?': nullable(text('Program that loaded the image.')),
      openedAt: time('When it was opened.'),
    },
    example: {
      ...example,
      machine: false,
      userAgent: 'Mozilla/5.0',
      openedAt: '2026-11-23T11:04:51.000Z',
    },
  },
  'email.clicked': {
    description: 'A recipient followed a link in a message.',
    data: {
      ...mail,
      url: url('Target of the link.'),
      'userAgent?': nullable(text('Browser.')),
      clickedAt: time('When the link was followed.'),
    },
    example: {
      ...example,
      url: 'https://www.example.com/jobs/JOB-2026-1234',
      userAgent: 'Mozilla/5.0',
      clickedAt: '2026-11-23T11:05:10.000Z',
    },
  },
  'email.unsubscribed': {
    description: 'A recipient asked for no more mail of this kind.',
    data: {
      ...mail,
      'list?': nullable(text('List or topic; null means all mail.')),
      unsubscribedAt: time('When they asked.'),
    },
    example: { ...example, list: 'newsletter', unsubscribedAt: '2026-11-23T11:06:00.000Z' },
  },
  'email.spam_reported': {
    description: 'A recipient marked a message as spam. The address should get no more mail.',
    data: { ...mail, reportedAt: time('When it was marked.') },
    example: { ...example, reportedAt: '2026-11-23T11:07:42.000Z' },
  },
});
