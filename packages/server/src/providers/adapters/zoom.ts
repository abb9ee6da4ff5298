import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Meetings of the person who connected it. The address that starts one is a secret and is not given out. */
export const zoomAdapters: Adapters = {
  'video.create_meeting': {
    repeatable: false,
    duplicates: 'An answer that does not come may leave a meeting that nobody was told of.',
    async run({ title, start, minutes }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/users/me/meetings',
        json: {
          topic: title,
          type: 2,
          start_time: new Date(start).toISOString().replace(/\.\d{3}Z$/, 'Z'),
          duration: minutes,
          timezone: 'UTC',
        },
      });
      const content = answer.json();
      return { meetingId: textAt(content, 'id') ?? '', joinUrl: textAt(content, 'join_url') ?? '' };
    },
  },
};
