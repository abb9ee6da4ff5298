import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Messages of the API of 2010-04-01. */
export const twilioAdapters: Adapters = {
  'sms.send': {
    repeatable: false,
    duplicates:
      'Twilio takes no idempotency key for messages. When its answer does not come, or is a 500, the action is ambiguous and not sent again.',
    async run({ to, from, text }, io) {
      const { from: own = '' } = io.values;
      const sender = from ?? own;
      const answer = await io.call({
        method: 'POST',
        path: '/2010-04-01/Accounts/{accountSid}/Messages.json',
        form: [
          ['To', to],
          [sender.startsWith('MG') ? 'MessagingServiceSid' : 'From', sender],
          ['Body', text],
        ],
      });
      return { messageId: textAt(answer.json(), 'sid') ?? '' };
    },
  },
};
