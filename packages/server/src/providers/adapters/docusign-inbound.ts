import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its event: `envelope-completed`. */
export const normalizeDocusign = passingOn(
  (payload) => textAt(payload, 'event'),
  (payload) => [
    textAt(payload, 'event'),
    textAt(payload, 'data', 'envelopeId'),
    textAt(payload, 'generatedDateTime'),
  ],
);
