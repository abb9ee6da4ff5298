import type { Adapters } from './adapter.ts';
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

/** Calendars of the person who connected it. */
export const microsoft365Adapters: Adapters = {
  'calendar.create_event': {
    repeatable: true,
    duplicates:
      'The event carries a transaction id made from the action: a repetition gets the event that is there.',
    async run({ calendar, title, description, location, start, end, attendees, videoLink }, io) {
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
          attendees: attendees.map((address) => ({ emailAddress: { address }, type: 'required' })),
          ...(videoLink && { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' }),
        },
      });
      const event = answer.json();
      return {
        eventId: textAt(event, 'id') ?? '',
        url: textAt(event, 'webLink') ?? null,
        videoUrl: textAt(event, 'onlineMeeting', 'joinUrl') ?? null,
      };
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
