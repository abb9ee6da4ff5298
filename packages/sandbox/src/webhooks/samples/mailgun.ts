import type { SampleInput, SampleSet } from '../sample.ts';

const event = ({ now, id, values }: SampleInput, name: string, fields: object = {}) => ({
  body: {
    'event-data': {
      id,
      event: name,
      timestamp: now / 1000,
      recipient: 'ada@example.com',
      'recipient-domain': 'example.com',
      message: {
        headers: { 'message-id': `${id}@${values['domain']}`, to: 'ada@example.com', subject: 'Hello' },
      },
      tags: [],
      'user-variables': {},
      ...fields,
    },
  },
});

export const mailgunSamples: SampleSet = {
  slugs: ['mailgun'],
  events: {
    delivered: (input) => event(input, 'delivered', { 'delivery-status': { code: 250, message: 'OK' } }),
    opened: (input) => event(input, 'opened', { ip: '192.0.2.10' }),
    failed: (input) =>
      event(input, 'failed', { severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } }),
    complained: (input) => event(input, 'complained'),
    unsubscribed: (input) => event(input, 'unsubscribed'),
  },
};
