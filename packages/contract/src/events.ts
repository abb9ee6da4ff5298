import { z } from 'zod';
import { Done, Empty } from './common.ts';
import { eventTypeName, maxEventTypeLength } from './event-pattern.ts';
import { defineOperation } from './operation.ts';

const tag = 'Events';

export const EventTypeName = z
  .string()
  .min(3)
  .max(maxEventTypeLength)
  .regex(eventTypeName, 'Lower-case words joined by dots, such as job.created')
  .meta({ example: 'job.created' });

/** Dots are refused: the signed text is `id.timestamp.body`, and an id with a dot would make it ambiguous. */
export const EventId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_:-]+$/, 'Letters, digits, _, - and :');

/** Plain text: a control character or half a surrogate pair could not be stored, and would fail its whole batch. */
export const EventSubject = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'Text without control characters')
  .meta({ example: 'job/JOB-2026-1234' });

export const EventInput = z.object({
  type: EventTypeName,
  data: z.record(z.string(), z.unknown()).describe('Any JSON object, up to 256 KiB with its envelope.'),
  id: EventId.optional().describe('Your own id; a second event with it is recognized and not sent again.'),
  subject: EventSubject.optional().describe(
    'What the event is about, such as a job or a contact; webhooks with an order keep the events of one subject in it.',
  ),
});
export type EventInput = z.infer<typeof EventInput>;

export const EventAccepted = z.object({
  id: z.string(),
  duplicate: z.boolean(),
});
export type EventAccepted = z.infer<typeof EventAccepted>;

export const maxEventsPerRequest = 1000;
export const maxEventBytes = 262_144;

export const sendEvents = defineOperation({
  name: 'sendEvents',
  procedure: 'integrations.sendEvents',
  kind: 'mutation',
  tag,
  summary: 'Send one event, or up to 1,000; 202 means stored durably',
  description:
    'An array gives an array. CloudEvents 1.0 (`application/cloudevents+json`) are accepted too: id, type, subject and data are taken over.',
  permission: 'event.send',
  input: z.union([EventInput, z.array(EventInput).min(1).max(maxEventsPerRequest)]),
  output: z.union([EventAccepted, z.array(EventAccepted)]),
  rest: [{ method: 'POST', path: '/api/v1/events', status: 202 }],
});

export const EventType = z.object({
  name: z.string(),
  group: z.string(),
  description: z.string(),
  schema: z.record(z.string(), z.unknown()).describe('JSON Schema of `data`.'),
  example: z.record(z.string(), z.unknown()),
  own: z.boolean().describe("One of the organization's own types."),
});
export type EventType = z.infer<typeof EventType>;

export const listEventTypes = defineOperation({
  name: 'listEventTypes',
  procedure: 'integrations.listEventTypes',
  kind: 'query',
  tag,
  summary: 'The event catalog with descriptions, schemas and examples',
  permission: 'event.read',
  input: Empty,
  output: z.object({ data: z.array(EventType), nextCursor: z.string().nullable() }),
  rest: [{ method: 'GET', path: '/api/v1/event-types' }],
});

export const saveEventType = defineOperation({
  name: 'saveEventType',
  procedure: 'integrations.saveEventType',
  kind: 'mutation',
  tag,
  summary: "Add or change one of the organization's own event types",
  permission: 'event_type.write',
  input: z.object({
    name: EventTypeName,
    group: z.string().trim().min(1).max(60).default('Custom'),
    description: z.string().trim().min(1).max(500),
    schema: z.record(z.string(), z.unknown()).default({ type: 'object' }),
    example: z.record(z.string(), z.unknown()).default({}),
  }),
  output: EventType,
  rest: [{ method: 'PUT', path: '/api/v1/event-types/{name}' }],
});

export const deleteEventType = defineOperation({
  name: 'deleteEventType',
  procedure: 'integrations.deleteEventType',
  kind: 'mutation',
  tag,
  summary: "Remove one of the organization's own event types; events of it still pass",
  permission: 'event_type.write',
  input: z.object({ name: EventTypeName }),
  output: Done,
  rest: [{ method: 'DELETE', path: '/api/v1/event-types/{name}', status: 204 }],
});
