import type { Adapters } from './adapter.ts';
import { textAt } from './adapter.ts';
import { packageOf } from './package-of.ts';

/** Invitations: Checkr asks the person for everything else, and for consent. */
export const checkrAdapters: Adapters = {
  'background_check.order': {
    repeatable: true,
    duplicates:
      'Checkr knows the idempotency keys, which are made from the action: a repetition gets the first answers (medium confidence).',
    async run(order, io) {
      const { firstName, lastName, email, phone, workLocation } = order;
      const { country, region, city } = workLocation;
      const places = [
        { country, ...(region !== undefined && { state: region }), ...(city !== undefined && { city }) },
      ];
      const wanted = packageOf(order, io);
      const candidate = await io.call({
        method: 'POST',
        path: '/v1/candidates',
        headers: { 'idempotency-key': `${io.key}-candidate` },
        json: {
          email,
          first_name: firstName,
          last_name: lastName,
          ...(phone !== undefined && { phone }),
          work_locations: places,
        },
      });
      const candidateId = textAt(candidate.json(), 'id') ?? '';
      const invitation = await io.call({
        method: 'POST',
        path: '/v1/invitations',
        headers: { 'idempotency-key': `${io.key}-invitation` },
        json: { candidate_id: candidateId, package: wanted, work_locations: places },
      });
      const content = invitation.json();
      return {
        orderId: textAt(content, 'id') ?? '',
        candidateId,
        url: textAt(content, 'invitation_url') ?? null,
      };
    },
  },
};
