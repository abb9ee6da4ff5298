import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its type: `applicantReviewed`. */
export const normalizeSumsub = passingOn(
  (payload) => textAt(payload, 'type'),
  (payload) => [
    textAt(payload, 'type'),
    textAt(payload, 'correlationId'),
    textAt(payload, 'createdAtMs') ?? textAt(payload, 'createdAt'),
  ],
);
