import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';
import { packageOf } from './package-of.ts';

/** Screenings to which Sterling invites the person by email. */
export const sterlingAdapters: Adapters = {
  'background_check.order': {
    repeatable: false,
    duplicates:
      'Sterling is known to take no idempotency key. When its answer does not come, the action is ambiguous and not sent again; the action’s id stands at the candidate as the reference. The shapes are known from descriptions by third parties only (low confidence), and the place of work is not handed over.',
    async run(order, io) {
      const { firstName, lastName, email, phone } = order;
      const wanted = packageOf(order, io);
      const candidate = await io.call({
        method: 'POST',
        path: '/candidates',
        json: {
          clientReferenceId: io.key,
          email,
          givenName: firstName,
          familyName: lastName,
          ...(phone !== undefined && { phone }),
        },
      });
      const candidateId = textAt(candidate.json(), 'id') ?? '';
      const screening = await io.call({
        method: 'POST',
        path: '/screenings',
        json: { candidateId, packageId: wanted, invite: { method: 'email' } },
      });
      return { orderId: textAt(screening.json(), 'id') ?? '', candidateId, url: null };
    },
  },
};
