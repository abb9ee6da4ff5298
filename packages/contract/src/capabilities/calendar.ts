import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

const Moment = z.iso.datetime({ offset: true }).meta({ example: '2026-12-01T10:00:00Z' });
const Calendar = Line(300)
  .min(1)
  .optional()
  .describe('An id as the provider has it; the default calendar of the settings unless given.');

export const calendarCreateEvent = defineCapability({
  label: 'Create a calendar event',
  summary: 'Put an event into a calendar and invite people',
  effect: 'write',
  input: z
    .strictObject({
      calendar: Calendar,
      title: Line(300).min(1),
      description: z.string().max(8_000).optional(),
      location: Line(500).optional(),
      start: Moment,
      end: Moment,
      attendees: z.array(z.email().max(254)).max(100).default([]),
      videoLink: z.boolean().default(false).describe('Also make a video meeting of the provider’s own.'),
    })
    .refine(({ start, end }) => Date.parse(end) > Date.parse(start), 'The end is after the start'),
  output: z.object({
    eventId: z.string(),
    url: z.string().nullable().describe('Where the event can be looked at.'),
    videoUrl: z
      .string()
      .nullable()
      .describe(
        'Null: no video meeting was asked for, or the account has none to give; the event is there all the same.',
      ),
  }),
  example: {
    title: 'Interview with Jane Doe',
    start: '2026-12-01T10:00:00Z',
    end: '2026-12-01T11:00:00Z',
    attendees: ['jane@example.com'],
    videoLink: true,
  },
});

const Reference = Line(200)
  .min(1)
  .describe('An id of your own, such as that of an interview, under which the event is remembered.');
const AsOf = Moment.optional().describe(
  'With a reference: the moment of the state that the call is about, such as that of your event; the time of the call unless given. A call about an older state than was done already changes nothing.',
);
/** How a call names the event that it is about. */
const whichEvent = {
  calendar: Calendar,
  eventId: Line(1_024).min(1).optional().describe('As `calendar.create_event` has given it.'),
  reference: Reference.optional(),
  asOf: AsOf,
};
const byOne = ({ eventId, reference }: { eventId?: string | undefined; reference?: string | undefined }) =>
  (eventId === undefined) !== (reference === undefined);

export const calendarUpdateEvent = defineCapability({
  label: 'Change a calendar event',
  summary: 'Move or change an event, or make it where there is none under your reference, and tell people',
  effect: 'write',
  input: z
    .strictObject({
      ...whichEvent,
      create: z
        .boolean()
        .default(false)
        .describe(
          'Make the event when none is known under the reference; `title`, `start` and `end` are needed then.',
        ),
      title: Line(300).min(1).optional(),
      location: Line(500).optional(),
      start: Moment.optional(),
      end: Moment.optional(),
      attendees: z
        .array(z.email().max(254))
        .max(100)
        .optional()
        .describe('All of them; others are not invited any more.'),
      videoLink: z
        .boolean()
        .default(false)
        .describe('An event that is made gets a video meeting; one that is changed keeps what it has.'),
    })
    .refine(byOne, 'Either eventId or reference')
    .refine(
      ({ start, end }) => (start === undefined) === (end === undefined),
      'Both start and end, or neither',
    )
    .refine(
      ({ start, end }) => start === undefined || end === undefined || Date.parse(end) > Date.parse(start),
      'The end is after the start',
    )
    .refine(
      ({ create, reference, title, start }) =>
        !create || (reference !== undefined && title !== undefined && start !== undefined),
      'To make an event, reference, title, start and end are needed',
    ),
  output: z.object({
    eventId: z.string().nullable().describe('Null: it was called off by a later call.'),
    url: z.string().nullable(),
    videoUrl: z.string().nullable(),
    state: z
      .enum(['created', 'updated', 'outdated'])
      .describe(
        '`outdated`: a later call for the reference was done before this one, which changed nothing.',
      ),
  }),
  example: {
    reference: 'INT-9004',
    create: true,
    title: 'Interview with Jane Doe',
    start: '2026-12-01T14:00:00Z',
    end: '2026-12-01T15:00:00Z',
    attendees: ['jane@example.com'],
    videoLink: true,
  },
});

export const calendarCancelEvent = defineCapability({
  label: 'Cancel a calendar event',
  summary: 'Take an event out of its calendar and tell those who were invited',
  effect: 'write',
  input: z
    .strictObject({
      ...whichEvent,
    })
    .refine(byOne, 'Either eventId or reference'),
  output: z.object({
    eventId: z.string().nullable(),
    cancelled: z
      .boolean()
      .describe('False: there was no such event any more, or a later call for the reference has changed it.'),
  }),
  example: { reference: 'INT-9004' },
});

const span = { from: Moment, to: Moment };

export const calendarListEvents = defineCapability({
  label: 'List calendar events',
  summary: 'Events that touch a span of time, in order, at most 100',
  effect: 'read',
  input: z
    .strictObject({ calendar: Calendar, ...span })
    .refine(({ from, to }) => Date.parse(to) > Date.parse(from), 'The span ends after it begins'),
  output: z.object({
    events: z.array(
      z.object({
        eventId: z.string(),
        title: z.string().nullable(),
        start: z.string().describe('A moment, or a date for a whole day.'),
        end: z.string(),
        url: z.string().nullable(),
      }),
    ),
    more: z.boolean().describe('There are more than these.'),
  }),
  example: { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' },
});

export const calendarFreeBusy = defineCapability({
  label: 'See when people are busy',
  summary: 'Busy times of calendars within a span',
  effect: 'read',
  input: z
    .strictObject({ calendars: z.array(Line(300).min(1)).min(1).max(20), ...span })
    .refine(({ from, to }) => Date.parse(to) > Date.parse(from), 'The span ends after it begins'),
  output: z.object({
    calendars: z.array(
      z.object({
        calendar: z.string(),
        busy: z
          .array(z.object({ start: z.string(), end: z.string() }))
          .nullable()
          .describe('Null: it cannot be seen.'),
      }),
    ),
  }),
  example: { calendars: ['ada@example.com'], from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' },
});
