import type { Adapters } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';
import { calendarOf } from './calendar-of.ts';

const calendarPath = (calendar: string): string => `/calendars/${pathText(calendar)}/events`;

/** A moment, or the date of a whole day. */
const timeOf = (event: unknown, end: 'start' | 'end'): string =>
  textAt(event, end, 'dateTime') ?? textAt(event, end, 'date') ?? '';

/** The id of the event is made from the action, so that a repetition is refused as a duplicate. */
export const googleCalendarAdapters: Adapters = {
  'calendar.create_event': {
    repeatable: true,
    duplicates: 'The event’s id is made from the action: a repetition finds the event that is there.',
    async run({ calendar, title, description, location, start, end, attendees, videoLink }, io) {
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
      return {
        eventId: textAt(event, 'id') ?? io.key,
        url: textAt(event, 'htmlLink') ?? null,
        videoUrl: textAt(event, 'hangoutLink') ?? null,
      };
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
