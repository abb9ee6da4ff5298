import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';

/** Runs of the workflow that the integration names. */
export const onfidoAdapters: Adapters = {
  'kyc.start': {
    repeatable: false,
    duplicates:
      'Onfido takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again; an applicant without a run may be left, which costs nothing.',
    async run({ personId, firstName, lastName, email, phone }, io) {
      const applicant = await io.call({
        method: 'POST',
        path: '/applicants',
        json: {
          first_name: firstName,
          last_name: lastName,
          ...(email !== undefined && { email }),
          ...(phone !== undefined && { phone_number: phone }),
        },
      });
      const run = await io.call({
        method: 'POST',
        path: '/workflow_runs',
        json: {
          workflow_id: io.values['workflowId'],
          applicant_id: textAt(applicant.json(), 'id'),
          customer_user_id: personId,
        },
      });
      const content = run.json();
      return {
        verificationId: textAt(content, 'id') ?? '',
        url: textAt(content, 'link', 'url') ?? null,
        token: textAt(content, 'sdk_token') ?? null,
      };
    },
  },
};
