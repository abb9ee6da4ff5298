import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** The Messages API; it writes numbers without the plus. */
export const vonageAdapters: Adapters = {
  'sms.send': {
    repeatable: false,
    duplicates:
      'Vonage takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again.',
    async run({ to, from, text }, io) {
      const { from: own = '' } = io.values;
      const answer = await io.call({
        method: 'POST',
        path: '/v1/messages',
        json: {
          message_type: 'text',
          channel: 'sms',
          to: to.slice(1),
          from: (from ?? own).replace(/^\+/, ''),
          text,
        },
      });
      return { messageId: textAt(answer.json(), 'message_uuid') ?? '' };
    },
  },
};
