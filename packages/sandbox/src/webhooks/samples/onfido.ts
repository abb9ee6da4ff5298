import { uuidOf } from '../sample.ts';
import type { SampleSet } from '../sample.ts';

export const onfidoSamples: SampleSet = {
  slugs: ['onfido'],
  events: {
    'check.completed': ({ now, id }) => ({
      body: {
        payload: {
          resource_type: 'check',
          action: 'check.completed',
          object: {
            id: uuidOf(id),
            status: 'complete',
            completed_at_iso8601: new Date(now).toISOString(),
            href: `https://api.eu.onfido.com/v3.6/checks/${uuidOf(id)}`,
          },
        },
      },
    }),
  },
};
