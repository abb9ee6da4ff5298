import type { SampleSet } from '../sample.ts';

export const hellosignSamples: SampleSet = {
  slugs: ['hellosign'],
  events: {
    signature_request_all_signed: ({ id }) => ({
      body: {
        event: {
          event_type: 'signature_request_all_signed',
          event_metadata: { reported_for_account_id: '1' },
        },
        signature_request: { signature_request_id: id, title: 'Your offer', is_complete: true },
      },
    }),
    callback_test: () => ({ body: { event: { event_type: 'callback_test', event_metadata: {} } } }),
  },
};
