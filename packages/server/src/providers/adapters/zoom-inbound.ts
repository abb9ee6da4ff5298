import { textAt } from './adapter.ts';
import { passingOn } from './inbound-parts.ts';

/** Named by its event: `meeting.ended`. */
export const normalizeZoom = passingOn(
  (payload) => textAt(payload, 'event'),
  (payload) => [
    textAt(payload, 'event'),
    textAt(payload, 'event_ts'),
    textAt(payload, 'payload', 'object', 'uuid') ?? textAt(payload, 'payload', 'object', 'id'),
  ],
);
