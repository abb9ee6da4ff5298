import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Codes of a Verify service. */
export const twilioVerifyAdapters: Adapters = {
  'verify.start': {
    repeatable: false,
    duplicates: 'A second start sends the same code again while the first one is valid.',
    async run({ to, channel }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/Services/{serviceSid}/Verifications',
        form: [
          ['To', to],
          ['Channel', channel],
        ],
      });
      const content = answer.json();
      return { verificationId: textAt(content, 'sid') ?? '', status: textAt(content, 'status') ?? '' };
    },
  },
  'verify.check': {
    repeatable: false,
    duplicates: 'A code is used up when it was right: after an answer that did not come, start again.',
    async run({ to, code }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/Services/{serviceSid}/VerificationCheck',
        form: [
          ['To', to],
          ['Code', code],
        ],
        // Nothing waits for a code any more: it was used up, or has expired.
        accept: [404],
      });
      return { approved: answer.status !== 404 && textAt(answer.json(), 'status') === 'approved' };
    },
  },
};
