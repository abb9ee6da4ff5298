import type { Adapters } from './adapter.ts';
import { pathText, textAt } from './adapter.ts';

/** Posts as the person who connected it, in the team of the settings. */
export const microsoftTeamsAdapters: Adapters = {
  'chat.post': {
    repeatable: false,
    duplicates:
      'Microsoft Graph knows no repetition of messages. When its answer does not come, the action is ambiguous and not posted again.',
    async run({ channel, text }, io) {
      const target = channel ?? io.values['channelId'] ?? '';
      const answer = await io.call({
        method: 'POST',
        path: `/teams/{teamId}/channels/${pathText(target)}/messages`,
        json: { body: { contentType: 'text', content: text } },
      });
      return { messageId: textAt(answer.json(), 'id') ?? null, channel: target };
    },
  },
  'video.create_meeting': {
    repeatable: true,
    duplicates:
      'The meeting carries an external id made from the action: a repetition gets the meeting that is there.',
    async run({ title, start, minutes }, io) {
      const begins = Date.parse(start);
      const answer = await io.call({
        method: 'POST',
        path: '/me/onlineMeetings/createOrGet',
        json: {
          externalId: io.key,
          subject: title,
          startDateTime: new Date(begins).toISOString(),
          endDateTime: new Date(begins + minutes * 60_000).toISOString(),
        },
      });
      const content = answer.json();
      return { meetingId: textAt(content, 'id') ?? '', joinUrl: textAt(content, 'joinWebUrl') ?? '' };
    },
  },
};
