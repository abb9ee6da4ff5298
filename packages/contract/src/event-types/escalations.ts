import { defineGroup } from './event-type.ts';
import { nullable, object, oneOf, text, time, url } from './schema.ts';

export const escalationEvents = defineGroup('Escalations', {
  'escalation.triggered': {
    description: 'A conversation was handed to a person because the automatic answers were not enough.',
    data: {
      id: text('Id of the escalation in your product.'),
      conversationId: text('Id of the conversation.'),
      reason: oneOf('What set it off.', [
        'customer_request',
        'low_confidence',
        'sentiment',
        'policy',
        'timeout',
      ]),
      priority: oneOf('How urgent it is.', ['low', 'normal', 'high', 'urgent']),
      summary: text('The matter in one or two sentences.'),
      customer: object('The person who waits.', {
        id: text('Id of the customer.'),
        name: nullable(text('Name, if known.')),
      }),
      assigneeId: nullable(text('Id of the agent it went to; null while nobody has taken it.')),
      'conversationUrl?': url('Opens the conversation in your product.'),
      triggeredAt: time('When it was handed over.'),
    },
    example: {
      id: 'ESC-1180',
      conversationId: 'CNV-48213',
      reason: 'customer_request',
      priority: 'high',
      summary: 'The customer waits for an order from last week and asks for a person.',
      customer: { id: 'CUS-991', name: 'Jon Park' },
      assigneeId: null,
      conversationUrl: 'https://chat.example.com/conversations/CNV-48213',
      triggeredAt: '2026-11-23T12:01:12.000Z',
    },
  },
});
