import type { ErrorRule } from '../provider.ts';

/** Twilio documents of its error 20500 that a message may be sent twice when it is sent again after it. */
export const twilioInDoubt: ErrorRule = {
  status: [500],
  fault: 'ambiguous',
  title: 'Twilio does not know whether it was done',
  cause: 'It failed on the way, and the work may have been done.',
  fix: 'Look into the log of the Twilio Console whether it was, before sending it again.',
};
