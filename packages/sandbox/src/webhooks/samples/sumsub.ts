import { hexOf } from '../sample.ts';
import type { SampleInput, SampleSet } from '../sample.ts';

const reviewed = ({ now, id }: SampleInput, reviewResult: object) => ({
  body: {
    applicantId: hexOf(id, 24),
    inspectionId: hexOf(`i${id}`, 24),
    correlationId: hexOf(`c${id}`, 32),
    externalUserId: 'candidate-42',
    type: 'applicantReviewed',
    reviewStatus: 'completed',
    reviewResult,
    createdAtMs: new Date(now).toISOString().replace('T', ' ').replace('Z', ''),
    sandboxMode: true,
  },
});

export const sumsubSamples: SampleSet = {
  slugs: ['sumsub'],
  events: {
    approved: (input) => reviewed(input, { reviewAnswer: 'GREEN' }),
    rejected: (input) =>
      reviewed(input, {
        reviewAnswer: 'RED',
        rejectLabels: ['FORGERY'],
        reviewRejectType: 'FINAL',
      }),
  },
};
