import type { ErrorRule } from '../provider.ts';

/** Stripe documents that after these its work may or may not have been done. */
export const stripeInDoubt: ErrorRule = {
  status: [500, 502],
  fault: 'ambiguous',
  title: 'Stripe does not know whether it was done',
  cause: 'It failed on the way, and the work may have been done.',
  fix: 'Look in Stripe whether it was, before sending it again.',
};
