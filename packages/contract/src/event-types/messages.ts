import { defineGroup } from './event-type.ts';
import { count, list, nullable, object, oneOf, text, time, url } from './schema.ts';

const message = {
  id: text('Id of the message in your product.'),
  conversationId: nullable(
    text('Id of the conversation; null for a message outside one, such as a text message.'),
  ),
  channel: oneOf('How it travels.', ['chat', 'email', 'sms', 'whatsapp', 'telegram', 'slack']),
};

const content = {
  text: text('Plain text of the message.'),
  'attachments?': list(
    'Files that came with it.',
    object('One file.', {
      name: text('File name.'),
      contentType: text('Media type.'),
      'bytes?': nullable(count('Size; null when nobody says.')),
      url: url('Where to fetch it.'),
    }),
  ),
};

const example = { id: 'MSG-700412', conversationId: 'CNV-48213', channel: 'chat' };

export const messageEvents = defineGroup('Messages', {
  'message.received': {
    description:
      'A message came in from a customer, or from a person who answers one in a thread of a chat such as Slack.',
    data: {
      ...message,
      ...content,
      from: object('Sender.', {
        id: text('Id of the customer.'),
        name: nullable(text('Name, if known.')),
      }),
      'thread?': nullable(
        object('Where it was written in a chat of your own, such as Slack; null elsewhere.', {
          team: text('Id of the workspace.'),
          channel: text('Id of the channel.'),
          ts: text('Id of the message that the thread hangs from.'),
        }),
      ),
      receivedAt: time('When it came in.'),
    },
    example: {
      ...example,
      text: 'Hello, my order has not arrived yet.',
      attachments: [
        {
          name: 'receipt.pdf',
          contentType: 'application/pdf',
          bytes: 48211,
          url: 'https://files.example.com/f/receipt.pdf',
        },
      ],
      from: { id: 'CUS-991', name: 'Jon Park' },
      thread: null,
      receivedAt: '2026-11-23T12:00:03.000Z',
    },
  },
  'message.sent': {
    description: 'A message went out to a customer, from a person or from an automatic answer.',
    data: {
      ...message,
      ...content,
      sentBy: object('Who wrote it.', {
        kind: oneOf('A person or a program.', ['agent', 'bot']),
        id: text('Id of the agent or the program.'),
      }),
      sentAt: time('When it went out.'),
    },
    example: {
      ...example,
      id: 'MSG-700413',
      text: 'I am sorry to hear that. May I have the order number?',
      attachments: [],
      sentBy: { kind: 'agent', id: 'AGT-7' },
      sentAt: '2026-11-23T12:01:58.000Z',
    },
  },
  'message.delivered': {
    description: "A message reached the customer's device, as its provider reports.",
    data: { ...message, deliveredAt: time('When it arrived.') },
    example: { ...example, id: 'MSG-700413', deliveredAt: '2026-11-23T12:01:59.000Z' },
  },
  'message.failed': {
    description: 'A message could not be delivered.',
    data: {
      ...message,
      reason: text("The provider's explanation."),
      'errorCode?': nullable(text("The provider's code.")),
      failedAt: time('When it failed.'),
    },
    example: {
      id: 'MSG-700420',
      conversationId: null,
      channel: 'sms',
      reason: 'The number cannot receive text messages.',
      errorCode: '30006',
      failedAt: '2026-11-23T12:03:10.000Z',
    },
  },
});
