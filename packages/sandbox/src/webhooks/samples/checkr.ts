import { hexOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const report = ({ now, id }: SampleInput, type: string, fields: object) => ({
  body: {
    id: hexOf(id, 24),
    object: 'event',
    type,
    created_at: new Date(now).toISOString(),
    data: {
      object: {
        id: hexOf(`r${id}`, 24),
        object: 'report',
        uri: `/v1/reports/${hexOf(`r${id}`, 24)}`,
        package: 'tasker_standard',
        candidate_id: 'e44aa283528e6fde7d542194',
        ...fields,
      },
    },
    account_id: '6e4ec8b7c3d8a1f2b5c9d0e1',
  },
});

export const checkrSamples: SampleSet = {
  slugs: ['checkr'],
  events: {
    'report.completed': (input) =>
      report(input, 'report.completed', {
        status: 'complete',
        result: 'clear',
        completed_at: new Date(input.now).toISOString(),
      }),
    'report.created': (input) => report(input, 'report.created', { status: 'pending', result: null }),
  },
};
