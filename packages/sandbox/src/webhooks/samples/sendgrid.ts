import type { SampleInput, SampleSet } from '../sample.ts';

const event = ({ now, id }: SampleInput, name: string, fields: object = {}) => ({
  headers: { 'user-agent': 'SendGrid Event API' },
  body: [
    {
      email: 'ada@example.com',
      timestamp: Math.floor(now / 1000),
      'smtp-id': `<${id}@sandbox.example>`,
      event: name,
      category: ['sandbox'],
      sg_event_id: Buffer.from(id).toString('base64url'),
      sg_message_id: `${id}.filter0001`,
      ...fields,
    },
  ],
});

export const sendgridSamples: SampleSet = {
  slugs: ['sendgrid'],
  events: {
    delivered: (input) => event(input, 'delivered', { response: '250 OK' }),
    open: (input) => event(input, 'open', { ip: '192.0.2.10', useragent: 'Mozilla/5.0' }),
    click: (input) => event(input, 'click', { ip: '192.0.2.10', url: 'https://example.com/jobs/42' }),
    bounce: (input) =>
      event(input, 'bounce', {
        reason: '550 5.1.1 The account does not exist',
        status: '5.1.1',
        type: 'bounce',
      }),
    spamreport: (input) => event(input, 'spamreport'),
    unsubscribe: (input) => event(input, 'unsubscribe'),
  },
};
