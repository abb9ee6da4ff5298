import type { SampleInput, SampleSet } from '../sample.ts';

const callback = ({ now, id }: SampleInput, event: object) => ({
  body: {
    token: 'unused',
    team_id: 'T0SANDBOX',
    api_app_id: 'A0SANDBOX',
    event,
    type: 'event_callback',
    event_id: `Ev${id.slice(0, 9).toUpperCase()}`,
    event_time: Math.floor(now / 1000),
    authorizations: [{ team_id: 'T0SANDBOX', user_id: 'U0SANDBOX', is_bot: true }],
  },
});

const ts = (now: number) => `${Math.floor(now / 1000)}.000100`;

export const slackSamples: SampleSet = {
  slugs: ['slack'],
  events: {
    message: (input) =>
      callback(input, {
        type: 'message',
        channel: 'C0SUPPORT',
        channel_type: 'channel',
        user: 'U0ADA',
        text: 'I am on it.',
        ts: ts(input.now),
        thread_ts: ts(input.now - 60_000),
        event_ts: ts(input.now),
      }),
    url_verification: ({ id }) => ({ body: { token: 'unused', challenge: id, type: 'url_verification' } }),
    app_uninstalled: (input) => callback(input, { type: 'app_uninstalled' }),
  },
};
