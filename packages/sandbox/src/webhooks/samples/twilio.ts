import { hexOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const message = ({ id, values }: SampleInput, fields: Record<string, string>) => {
  const sid = `SM${hexOf(id, 32)}`;
  return {
    headers: { 'I-Twilio-Idempotency-Token': id, 'user-agent': 'TwilioProxy/1.1' },
    body: new URLSearchParams({
      AccountSid: values['accountSid'] ?? '',
      ApiVersion: '2010-04-01',
      From: values['from'] ?? '+15005550006',
      To: '+16505550101',
      MessageSid: sid,
      SmsSid: sid,
      ...fields,
    }),
  };
};

export const twilioSamples: SampleSet = {
  slugs: ['twilio'],
  events: {
    delivered: (input) => message(input, { MessageStatus: 'delivered', SmsStatus: 'delivered' }),
    failed: (input) => message(input, { MessageStatus: 'failed', SmsStatus: 'failed', ErrorCode: '30003' }),
    received: (input) =>
      message(input, {
        From: '+16505550101',
        To: input.values['from'] ?? '+15005550006',
        Body: 'Yes, Tuesday at ten works.',
        NumMedia: '0',
        NumSegments: '1',
        SmsStatus: 'received',
      }),
  },
};
