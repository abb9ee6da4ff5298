import type { CapabilityInput, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Adapters, Adapting } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';
import { calendarOf } from './calendar-of.ts';

const calendarPath = (calendar: string): string => `/calendars/${pathText(calendar)}/events`;

/** A moment, or the date of a whole day. */
const timeOf = (event: unknown, end: 'start' | 'end'): string =>
  textAt(event, end, 'dateTime') ?? textAt(event, end, 'date') ?? '';

type NewEvent = Pick<
  CapabilityInput<'calendar.create_event'>,
  'calendar' | 'title' | 'description' | 'location' | 'start' | 'end' | 'attendees' | 'videoLink'
>;

/** Makes an event. Its id is made from the action, so that a repetition is refused as a duplicate. */
async function createEvent(
  { calendar, title, description, location, start, end, attendees, videoLink }: NewEvent,
  io: Adapting,
): Promise<CapabilityOutput<'calendar.create_event'>> {
  const path = calendarPath(calendarOf(calendar, io.values));
  const created = await io.call({
    method: 'POST',
    path: `${path}?sendUpdates=all&conferenceDataVersion=1`,
    json: {
      id: io.key,
      summary: title,
      ...(description !== undefined && { description }),
      ...(location !== undefined && { location }),
      start: { dateTime: start },
      end: { dateTime: end },
      ...(attendees.length > 0 && { attendees: attendees.map((email) => ({ email })) }),
      ...(videoLink && {
        conferenceData: {
          createRequest: { requestId: io.key, conferenceSolutionKey: { type: 'hangoutsMeet' } },
        },
      }),
    },
    accept: [409],
  });
  const event =
    created.status === 409
      ? (await io.call({ method: 'GET', path: `${path}/${io.key}` })).json()
      : created.json();
  return shown(event, io.key);
}

const shown = (event: unknown, eventId: string): CapabilityOutput<'calendar.create_event'> => ({
  eventId: textAt(event, 'id') ?? eventId,
  url: textAt(event, 'htmlLink') ?? null,
  videoUrl: textAt(event, 'hangoutLink') ?? null,
});

/**
 * Google answers 404 for a calendar and for an event that is not there. Whether it is the event is seen by asking for the
 * calendar, which fails by its own rule.
 */
async function requireCalendar(calendar: string, io: Adapting): Promise<void> {
  await io.call({ method: 'GET', path: `${calendarPath(calendar)}?maxResults=1` });
}

/** What Google says of an event that is not there: 404, or 410 for one that was deleted. */
const gone: readonly number[] = [404, 410];

export const googleCalendarAdapters: Adapters = {
  'calendar.create_event': {
    repeatable: true,
    duplicates: 'The event’s id is made from the action: a repetition finds the event that is there.',
    run: createEvent,
  },
  'calendar.update_event': {
    repeatable: true,
    duplicates:
      'Changing it to the same again changes nothing, though people may be told twice; an event that is made has an id from the action.',
    async run({ calendar, eventId, title, location, start, end, attendees, videoLink }, io) {
      if (eventId === undefined) {
        const event = { calendar, title: title!, location, start: start!, end: end!, videoLink };
        return { ...(await createEvent({ ...event, attendees: attendees ?? [] }, io)), state: 'created' };
      }
      const place = calendarOf(calendar, io.values);
      const changed = await io.call({
        method: 'PATCH',
        path: `${calendarPath(place)}/${pathText(eventId)}?sendUpdates=all&conferenceDataVersion=1`,
        json: {
          ...(title !== undefined && { summary: title }),
          ...(location !== undefined && { location }),
          ...(start !== undefined && { start: { dateTime: start } }),
          ...(end !== undefined && { end: { dateTime: end } }),
          ...(attendees !== undefined && { attendees: attendees.map((email) => ({ email })) }),
        },
        accept: gone,
      });
      if (gone.includes(changed.status)) {
        await requireCalendar(place, io);
        throw io.failure('no such event', 410);
      }
      return { ...shown(changed.json(), eventId), state: 'updated' };
    },
  },
  'calendar.cancel_event': {
    repeatable: true,
    duplicates: 'An event that is gone is not cancelled again.',
    async run({ calendar, eventId = '' }, io) {
      const place = calendarOf(calendar, io.values);
      const path = `${calendarPath(place)}/${pathText(eventId)}?sendUpdates=all`;
      const { status } = await io.call({ method: 'DELETE', path, accept: gone });
      if (status === 404) await requireCalendar(place, io);
      return { eventId, cancelled: !gone.includes(status) };
    },
  },
  'calendar.list_events': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ calendar, from, to }, io) {
      const query = new URLSearchParams({
        timeMin: from,
        timeMax: to,
        singleEvents: 'true',
        orderBy: 'startTime',
        maxResults: '100',
      });
      const path = calendarPath(calendarOf(calendar, io.values));
      const answer = await io.call({ method: 'GET', path: `${path}?${query.toString()}` });
      const content = answer.json();
      return {
        events: listAt(content, 'items').map((event) => ({
          eventId: textAt(event, 'id') ?? '',
          title: textAt(event, 'summary') ?? null,
          start: timeOf(event, 'start'),
          end: timeOf(event, 'end'),
          url: textAt(event, 'htmlLink') ?? null,
        })),
        more: textAt(content, 'nextPageToken') !== undefined,
      };
    },
  },
  'calendar.free_busy': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ calendars, from, to }, io) {
      const answer = await io.call({
        method: 'POST',
        path: '/freeBusy',
        json: { timeMin: from, timeMax: to, items: calendars.map((id) => ({ id })) },
        readOnly: true,
      });
      const found = (answer.json() as { calendars?: Record<string, unknown> }).calendars ?? {};
      return {
        calendars: calendars.map((calendar) => ({
          calendar,
          busy:
            listAt(found[calendar], 'errors').length > 0
              ? null
              : listAt(found[calendar], 'busy').map((time) => ({
                  start: textAt(time, 'start') ?? '',
                  end: textAt(time, 'end') ?? '',
                })),
        })),
      };
    },
  },
};
