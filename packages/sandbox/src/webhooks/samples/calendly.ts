import type { SampleInput, SampleSet } from '../sample.ts';

const invitee = ({ now, id }: SampleInput, event: string, status: string) => {
  const scheduled = 'https://api.calendly.com/scheduled_events/SANDBOX0000000001';
  const starts = now + 86_400_000;
  return {
    body: {
      event,
      created_at: new Date(now).toISOString(),
      created_by: 'https://api.calendly.com/users/AAAAAAAAAAAAAAAA',
      payload: {
        uri: `${scheduled}/invitees/${id}`,
        name: 'Ada Example',
        email: 'ada@example.com',
        status,
        timezone: 'UTC',
        event: scheduled,
        scheduled_event: {
          uri: scheduled,
          name: 'Interview',
          status: 'active',
          start_time: new Date(starts).toISOString(),
          end_time: new Date(starts + 1_800_000).toISOString(),
          location: { type: 'zoom', join_url: 'https://zoom.us/j/85746065432' },
        },
      },
    },
  };
};

export const calendlySamples: SampleSet = {
  slugs: ['calendly'],
  events: {
    'invitee.created': (input) => invitee(input, 'invitee.created', 'active'),
    'invitee.canceled': (input) => invitee(input, 'invitee.canceled', 'canceled'),
  },
};
