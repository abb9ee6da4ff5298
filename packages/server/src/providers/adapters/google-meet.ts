import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** A space is a meeting place without a date: the title and the time stay with the caller. */
export const googleMeetAdapters: Adapters = {
  'video.create_meeting': {
    repeatable: true,
    duplicates: 'A repetition makes a second meeting place that nobody is told of, and costs nothing.',
    async run(_input, io) {
      const answer = await io.call({ method: 'POST', path: '/v2/spaces', json: {} });
      const content = answer.json();
      return { meetingId: textAt(content, 'name') ?? '', joinUrl: textAt(content, 'meetingUri') ?? '' };
    },
  },
};
