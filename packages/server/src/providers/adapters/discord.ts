import type { Adapters } from './adapter.ts';
import { pathText, textAt } from './adapter.ts';

/** Posts as the bot; nobody is mentioned by what stands in the text. */
export const discordAdapters: Adapters = {
  'chat.post': {
    repeatable: true,
    duplicates:
      'The message carries a nonce that Discord enforces for some minutes, so that a repetition is not posted twice. A repetition after a longer interruption could be.',
    async run({ channel, text }, io) {
      const target = channel ?? io.values['channelId'] ?? '';
      const answer = await io.call({
        method: 'POST',
        path: `/channels/${pathText(target)}/messages`,
        json: {
          content: text,
          // At most 25 characters; the last ones of an action's id are its random part.
          nonce: io.key.slice(-25),
          enforce_nonce: true,
          allowed_mentions: { parse: [] },
        },
      });
      return { messageId: textAt(answer.json(), 'id') ?? null, channel: target };
    },
  },
};
