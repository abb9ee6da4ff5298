import type { SampleSet } from '../sample.ts';

export const zoomSamples: SampleSet = {
  slugs: ['zoom'],
  events: {
    'meeting.ended': ({ now, id }) => ({
      body: {
        event: 'meeting.ended',
        event_ts: now,
        payload: {
          account_id: 'SandboxAccount',
          object: {
            uuid: `${id}==`,
            id: '85746065432',
            host_id: 'KDcuGIm1QgePTO8WbOqwIQ',
            topic: 'Interview with Ada Example',
            type: 2,
            start_time: new Date(now - 1_800_000).toISOString(),
            duration: 30,
            timezone: 'UTC',
            end_time: new Date(now).toISOString(),
          },
        },
      },
    }),
    'endpoint.url_validation': ({ now, id }) => ({
      body: { event: 'endpoint.url_validation', event_ts: now, payload: { plainToken: id } },
    }),
  },
};
