import type { CapabilityInput, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Adapters, Adapting } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';
import { calendarOf, mainCalendar } from './calendar-of.ts';

/** Graph writes moments without a zone and the zone beside them. */
const utc = (moment: string) => ({
  dateTime: new Date(moment).toISOString().replace('Z', ''),
  timeZone: 'UTC',
});
const momentOf = (value: unknown, end: 'start' | 'end'): string => {
  const text = textAt(value, end, 'dateTime') ?? '';
  return text === '' || /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
};

/** Graph has no name for the main calendar: there, no calendar is named. */
function placeOf(calendar: string): string {
  return calendar === mainCalendar ? '/me' : `/me/calendars/${pathText(calendar)}`;
}

type NewEvent = Pick<
  CapabilityInput<'calendar.create_event'>,
  'calendar' | 'title' | 'description' | 'location' | 'start' | 'end' | 'attendees' | 'videoLink'
>;

const invited = (addresses: readonly string[]) =>
  addresses.map((address) => ({ emailAddress: { address }, type: 'required' }));

const shown = (event: unknown): CapabilityOutput<'calendar.create_event'> => ({
  eventId: textAt(event, 'id') ?? '',
  url: textAt(event, 'webLink') ?? null,
  videoUrl: textAt(event, 'onlineMeeting', 'joinUrl') ?? null,
});

/** Makes an event, with a transaction id from the action, so that a repetition gets the event that is there. */
async function createEvent(
  { calendar, title, description, location, start, end, attendees, videoLink }: NewEvent,
  io: Adapting,
): Promise<CapabilityOutput<'calendar.create_event'>> {
  const answer = await io.call({
    method: 'POST',
    path: `${placeOf(calendarOf(calendar, io.values))}/events`,
    json: {
      transactionId: io.key,
      subject: title,
      ...(description !== undefined && { body: { contentType: 'text', content: description } }),
      ...(location !== undefined && { location: { displayName: location } }),
      start: utc(start),
      end: utc(end),
      attendees: invited(attendees),
      ...(videoLink && { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' }),
    },
  });
  return shown(answer.json());
}

/** Ids of events are good in every calendar of the mailbox. */
const eventPath = (eventId: string): string => `/me/events/${pathText(eventId)}`;

/** Calendars of the person who connected it. */
export const microsoft365Adapters: Adapters = {
  'calendar.create_event': {
    repeatable: true,
    duplicates:
      'The event carries a transaction id made from the action: a repetition gets the event that is there.',
    run: createEvent,
  },
  'calendar.update_event': {
    repeatable: true,
    duplicates:
      'Changing it to the same again changes nothing, though people may be told twice; an event that is made carries a transaction id from the action.',
    async run({ calendar, eventId, title, location, start, end, attendees, videoLink }, io) {
      if (eventId === undefined) {
        const event = { calendar, title: title!, location, start: start!, end: end!, videoLink };
        return { ...(await createEvent({ ...event, attendees: attendees ?? [] }, io)), state: 'created' };
      }
      const answer = await io.call({
        method: 'PATCH',
        path: eventPath(eventId),
        // Not its body: that of an online meeting holds the way into it.
        json: {
          ...(title !== undefined && { subject: title }),
          ...(location !== undefined && { location: { displayName: location } }),
          ...(start !== undefined && { start: utc(start) }),
          ...(end !== undefined && { end: utc(end) }),
          ...(attendees !== undefined && { attendees: invited(attendees) }),
        },
      });
      return { ...shown(answer.json()), state: 'updated' };
    },
  },
  'calendar.cancel_event': {
    repeatable: true,
    duplicates: 'An event that is gone is not cancelled again.',
    async run({ eventId = '' }, io) {
      const { status } = await io.call({ method: 'DELETE', path: eventPath(eventId), accept: [404] });
      return { eventId, cancelled: status !== 404 };
    },
  },
  'calendar.list_events': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ calendar, from, to }, io) {
      const query = new URLSearchParams({
        startDateTime: new Date(from).toISOString(),
        endDateTime: new Date(to).toISOString(),
        $orderby: 'start/dateTime',
        $top: '100',
      });
      const place = placeOf(calendarOf(calendar, io.values));
      const answer = await io.call({
        method: 'GET',
        path: `${place}/calendarView?${query.toString()}`,
        headers: { prefer: 'outlook.timezone="UTC"' },
      });
      const content = answer.json();
      return {
        events: listAt(content, 'value').map((event) => ({
          eventId: textAt(event, 'id') ?? '',
          title: textAt(event, 'subject') ?? null,
          start: momentOf(event, 'start'),
          end: momentOf(event, 'end'),
          url: textAt(event, 'webLink') ?? null,
        })),
        more: textAt(content, '@odata.nextLink') !== undefined,
      };
    },
  },
  'calendar.free_busy': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ calendars, from, to }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/me/calendar/getSchedule',
        json: { schedules: calendars, startTime: utc(from), endTime: utc(to) },
        headers: { prefer: 'outlook.timezone="UTC"' },
        readOnly: true,
      });
      const found = listAt(answer.json(), 'value');
      return {
        calendars: calendars.map((calendar) => {
          const schedule = found.find((one) => textAt(one, 'scheduleId') === calendar);
          const hidden = schedule === undefined || textAt(schedule, 'error', 'responseCode') !== undefined;
          const items = listAt(schedule, 'scheduleItems').filter((item) => textAt(item, 'status') !== 'free');
          return {
            calendar,
            busy: hidden
              ? null
              : items.map((item) => ({ start: momentOf(item, 'start'), end: momentOf(item, 'end') })),
          };
        }),
      };
    },
  },
};
