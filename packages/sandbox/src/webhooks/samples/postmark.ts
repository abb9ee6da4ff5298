import { uuidOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const record = ({ id }: SampleInput, type: string, fields: object) => ({
  headers: { 'user-agent': 'Postmark' },
  body: {
    RecordType: type,
    ServerID: 1,
    MessageStream: 'outbound',
    MessageID: uuidOf(id),
    Tag: '',
    Metadata: {},
    ...fields,
  },
});

export const postmarkSamples: SampleSet = {
  slugs: ['postmark'],
  events: {
    Delivery: (input) =>
      record(input, 'Delivery', {
        Recipient: 'ada@example.com',
        DeliveredAt: new Date(input.now).toISOString(),
        Details: '250 OK',
      }),
    Bounce: (input) =>
      record(input, 'Bounce', {
        ID: input.now,
        Type: 'HardBounce',
        TypeCode: 1,
        Email: 'ada@example.com',
        From: input.values['fromEmail'],
        BouncedAt: new Date(input.now).toISOString(),
        Inactive: true,
        CanActivate: true,
        Description: 'The mailbox does not exist.',
      }),
    SpamComplaint: (input) =>
      record(input, 'SpamComplaint', {
        Email: 'ada@example.com',
        BouncedAt: new Date(input.now).toISOString(),
      }),
  },
};
