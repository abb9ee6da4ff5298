import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Slack answers 200 to refusals too, with the reason in the body. Text is escaped, so that it mentions nobody. */
export const slackAdapters: Adapters = {
  'chat.post': {
    repeatable: false,
    duplicates:
      'Slack knows no repetition. When its answer does not come, the action is ambiguous and not posted again.',
    async run({ channel, text }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/chat.postMessage',
        json: {
          channel: channel ?? io.values['channel'] ?? '',
          text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
        },
      });
      const content = answer.json();
      const error = textAt(content, 'error');
      if (error !== undefined) throw io.failure(error, answer.status);
      return { messageId: textAt(content, 'ts') ?? null, channel: textAt(content, 'channel') ?? null };
    },
  },
};
