import { defineGroup } from './event-type.ts';
import { count, nullable, object, oneOf, text, time } from './schema.ts';

const campaign = {
  id: text('Id of the campaign in your product.'),
  name: text('Name of the campaign.'),
  channel: oneOf('How it reaches people.', ['email', 'sms', 'social']),
  audienceSize: count('Contacts it is meant for.'),
  ownerId: nullable(text('Id of the user who is responsible.')),
  startedAt: time('When sending began.'),
};

const example = {
  id: 'CMP-318',
  name: 'Autumn newsletter',
  channel: 'email',
  audienceSize: 4820,
  ownerId: 'USR-22',
  startedAt: '2026-11-23T08:00:00.000Z',
};

export const campaignEvents = defineGroup('Campaigns', {
  'campaign.started': {
    description: 'A campaign began to send.',
    data: campaign,
    example,
  },
  'campaign.completed': {
    description:
      'A campaign has sent everything. The figures are those at its end; opens and clicks still grow.',
    data: {
      ...campaign,
      results: object('Figures at the end.', {
        sent: count('Messages sent.'),
        delivered: count('Messages accepted by the receiving servers.'),
        bounced: count('Messages that came back.'),
        opened: count('Recipients who opened it.'),
        clicked: count('Recipients who followed a link.'),
        unsubscribed: count('Recipients who asked for no more.'),
      }),
      completedAt: time('When the last message was sent.'),
    },
    example: {
      ...example,
      results: { sent: 4820, delivered: 4761, bounced: 59, opened: 1934, clicked: 402, unsubscribed: 11 },
      completedAt: '2026-11-23T09:14:37.000Z',
    },
  },
});
