import type { EventRow } from './queries.ts';
import { timeOfEvent } from './rules.ts';

/** An event as the lists show it. Its time is the one inside its id, by which they are ordered. */
export function presentEvent(event: EventRow) {
  return {
    eventId: event.key ?? event.id,
    eventType: event.type,
    subject: event.subject,
    createdAt: timeOfEvent(event.id),
  };
}
