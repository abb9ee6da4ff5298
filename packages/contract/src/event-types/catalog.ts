import { applicationEvents } from './applications.ts';
import { campaignEvents } from './campaigns.ts';
import { candidateEvents } from './candidates.ts';
import { contactEvents } from './contacts.ts';
import { conversationEvents } from './conversations.ts';
import { emailEvents } from './email.ts';
import { escalationEvents } from './escalations.ts';
import type { EventTypeDefinition } from './event-type.ts';
import { inboundEvents } from './inbound.ts';
import { interviewEvents } from './interviews.ts';
import { jobEvents } from './jobs.ts';
import { messageEvents } from './messages.ts';
import { paymentEvents } from './payments.ts';
import { submissionEvents } from './submissions.ts';
import { trunklineEvents } from './trunkline.ts';
import { userEvents } from './users.ts';

/** Every event type that every organization has, in the order of the event picker (WH-8). */
export const eventTypes: readonly EventTypeDefinition[] = [
  ...jobEvents,
  ...candidateEvents,
  ...submissionEvents,
  ...interviewEvents,
  ...userEvents,
  ...contactEvents,
  ...campaignEvents,
  ...emailEvents,
  ...conversationEvents,
  ...messageEvents,
  ...escalationEvents,
  ...applicationEvents,
  ...paymentEvents,
  ...inboundEvents,
  ...trunklineEvents,
];

/** Names of the groups, in the order of the event picker. */
export const eventGroups: readonly string[] = [...new Set(eventTypes.map((type) => type.group))];

const byName = new Map(eventTypes.map((type) => [type.name, type]));

/** The definition of an event type, or undefined when the catalog does not have it. */
export function findEventType(name: string): EventTypeDefinition | undefined {
  return byName.get(name);
}
