import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its action: `check.completed`. */
export const normalizeOnfido = passingOn(
  (payload) => textAt(payload, 'payload', 'action'),
  (payload) => [
    textAt(payload, 'payload', 'action'),
    textAt(payload, 'payload', 'object', 'id'),
    textAt(payload, 'payload', 'object', 'completed_at_iso8601'),
  ],
);
