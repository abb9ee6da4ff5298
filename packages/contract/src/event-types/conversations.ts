import { defineGroup } from './event-type.ts';
import { count, email, list, nullable, object, oneOf, text, time } from './schema.ts';

const conversation = {
  id: text('Id of the conversation in your product.'),
  channel: oneOf('Where it takes place.', ['chat', 'email', 'sms', 'whatsapp', 'telegram', 'slack']),
  status: oneOf('State of the conversation.', ['open', 'waiting', 'escalated', 'closed']),
  subject: nullable(text('Subject, if there is one.')),
  customer: object('The person who writes.', {
    id: text('Id of the customer.'),
    name: nullable(text('Name, if known.')),
    'email?': nullable(email('E-mail address, if known.')),
  }),
  assigneeId: nullable(text('Id of the agent who is responsible; null while nobody is.')),
  'tags?': list('Labels.', text('One label.')),
};

const example = {
  id: 'CNV-48213',
  channel: 'chat',
  status: 'open',
  subject: 'Where is my order?',
  customer: { id: 'CUS-991', name: 'Jon Park', email: 'jon.park@example.com' },
  assigneeId: null,
  tags: ['orders'],
};

export const conversationEvents = defineGroup('Conversations', {
  'conversation.created': {
    description: 'A customer started a conversation.',
    data: { ...conversation, createdAt: time('When it began.') },
    example: { ...example, createdAt: '2026-11-23T12:00:03.000Z' },
  },
  'conversation.updated': {
    description:
      'Status, subject, assignee or labels of a conversation changed; new messages have their own events.',
    data: {
      ...conversation,
      changedFields: list('Names of the fields that changed.', text('Name of a field.')),
      updatedAt: time('When it changed.'),
    },
    example: {
      ...example,
      assigneeId: 'AGT-7',
      changedFields: ['assigneeId'],
      updatedAt: '2026-11-23T12:01:40.000Z',
    },
  },
  'conversation.closed': {
    description: 'A conversation ended.',
    data: {
      ...conversation,
      resolution: oneOf('How it ended.', ['resolved', 'abandoned', 'spam', 'merged']),
      messageCount: count('Messages in it.'),
      'rating?': nullable({ ...count("The customer's score from 1 to 5."), minimum: 1, maximum: 5 }),
      closedAt: time('When it ended.'),
    },
    example: {
      ...example,
      status: 'closed',
      assigneeId: 'AGT-7',
      resolution: 'resolved',
      messageCount: 9,
      rating: 5,
      closedAt: '2026-11-23T12:19:55.000Z',
    },
  },
});
