import { at, isEmail, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet, Route } from '../operations.ts';
import type { StoredItem } from '../store.ts';
import { graphDenied, graphFailure, graphUnknown } from './microsoft-graph.ts';

const calendars = [
  { id: 'AAMkAGI2SANDBOX', name: 'Calendar', isDefaultCalendar: true, canEdit: true },
  { id: 'AAMkAGI2INTERVIEWS', name: 'Interviews', isDefaultCalendar: false, canEdit: true },
];
const usualPage = 10;
const longestScheduleMs = 62 * 86_400_000;

/** A moment as Graph writes it: without a zone, in the zone beside it; all are taken as UTC here. */
function momentOf(value: unknown): number {
  const text = at(value, 'dateTime');
  if (!isText(text) || !isText(at(value, 'timeZone'))) return Number.NaN;
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

function eventFault(event: Fields): SandboxReply | null {
  const [starts, ends] = [momentOf(event['start']), momentOf(event['end'])];
  if (Number.isNaN(starts) || Number.isNaN(ends))
    return graphFailure(400, 'ErrorInvalidRequest', 'start and end need dateTime and timeZone.');
  if (ends < starts)
    return graphFailure(
      400,
      'ErrorPropertyValidationFailure',
      'The end of an event has to be after its start.',
    );
  const isWrong = listOf(event['attendees']).some((each) => !isEmail(at(each, 'emailAddress.address')));
  return isWrong ? graphFailure(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.') : null;
}

function calendarOf({ params }: Call): string | null {
  if (params['calendar'] === undefined) return calendars[0]!.id;
  return calendars.find(({ id }) => id === params['calendar'])?.id ?? null;
}

function create(call: Call): SandboxReply {
  const calendar = calendarOf(call);
  if (calendar === null) return graphUnknown();
  const input = readJson(call.request);
  if (!input) return graphFailure(400, 'BadRequest', 'Unable to read JSON request payload.');
  const fault = eventFault(input);
  if (fault) return fault;
  const transaction = input['transactionId'];
  const same = call.store
    .list('event')
    .find(({ data }) => isText(transaction) && data['transactionId'] === transaction);
  if (same) return json(201, same.data);
  const id = `AAMkAGI2${wordId(40)}`;
  const data = {
    ...input,
    id,
    calendar,
    iCalUId: wordId(32),
    createdDateTime: new Date(call.now).toISOString(),
    changeKey: wordId(12),
    webLink: `https://outlook.office365.com/owa/?itemid=${id}`,
    organizer: { emailAddress: { name: 'Ada Example', address: 'ada@example.com' } },
    isCancelled: false,
    onlineMeeting:
      input['isOnlineMeeting'] === true
        ? { joinUrl: `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${wordId(20)}%40thread.v2/0` }
        : null,
  };
  call.store.put({ kind: 'event', id, data });
  return json(201, shown(data));
}

/** Without the calendar, which only we keep there. */
function shown(event: Fields): Fields {
  return Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'calendar'));
}

function page(call: Call, items: StoredItem[]): SandboxReply {
  const { query } = call.request;
  const [top, skip] = [Number(query.get('$top') ?? usualPage), Number(query.get('$skip') ?? 0)];
  if (!(top > 0) || !(skip >= 0))
    return graphFailure(400, 'ErrorInvalidUrlQuery', '$top or $skip is not valid.');
  const sorted = items.sort((a, b) => momentOf(a.data['start']) - momentOf(b.data['start']));
  const next = new URLSearchParams(query);
  next.set('$skip', String(skip + top));
  return json(200, {
    value: sorted.slice(skip, skip + top).map(({ data }) => shown(data)),
    ...(sorted.length > skip + top
      ? { '@odata.nextLink': `https://graph.microsoft.com${call.request.path}?${next.toString()}` }
      : {}),
  });
}

function list(call: Call): SandboxReply {
  const calendar = calendarOf(call);
  if (calendar === null) return graphUnknown();
  return page(
    call,
    call.store.list('event').filter(({ data }) => data['calendar'] === calendar),
  );
}

function view(call: Call): SandboxReply {
  const calendar = calendarOf(call);
  if (calendar === null) return graphUnknown();
  const [from, to] = ['startDateTime', 'endDateTime'].map((name) =>
    Date.parse(call.request.query.get(name) ?? ''),
  );
  if (Number.isNaN(from) || Number.isNaN(to))
    return graphFailure(
      400,
      'ErrorInvalidParameter',
      'startDateTime and endDateTime have to be in the address.',
    );
  return page(
    call,
    call.store
      .list('event')
      .filter(({ data }) => data['calendar'] === calendar)
      .filter(({ data }) => momentOf(data['start']) < to! && momentOf(data['end']) > from!),
  );
}

/** Acts on the event that the address names. */
function onEvent(act: (call: Call, item: StoredItem) => SandboxReply): Route['handle'] {
  return (call) => {
    const item = call.store.find('event', call.params['event']!);
    return item
      ? act(call, item)
      : graphFailure(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
  };
}

function change({ request, store }: Call, item: StoredItem): SandboxReply {
  const input = readJson(request);
  if (!input) return graphFailure(400, 'BadRequest', 'Unable to read JSON request payload.');
  const data = { ...item.data, ...input, id: item.id };
  const fault = eventFault(data);
  if (fault) return fault;
  store.put({ ...item, data });
  return json(200, shown(data));
}

function busyTimes(call: Call): SandboxReply {
  const input = readJson(call.request);
  const schedules = Array.isArray(input?.['schedules']) ? input['schedules'] : [];
  const [from, to] = [momentOf(input?.['startTime']), momentOf(input?.['endTime'])];
  if (schedules.length === 0 || Number.isNaN(from) || Number.isNaN(to))
    return graphFailure(400, 'ErrorInvalidParameter', 'schedules, startTime and endTime are required.');
  if (to - from > longestScheduleMs)
    return graphFailure(400, 'ErrorInvalidParameter', 'The time window of a schedule is at most 62 days.');
  const busy = call.store
    .list('event')
    .filter(({ data }) => momentOf(data['start']) < to && momentOf(data['end']) > from)
    .map(({ data }) => ({ status: data['showAs'] ?? 'busy', start: data['start'], end: data['end'] }));
  return json(200, { value: schedules.map((scheduleId: unknown) => ({ scheduleId, scheduleItems: busy })) });
}

function sendMail({ request, store }: Call): SandboxReply {
  const message = at(readJson(request), 'message');
  const to = listOf(at(message, 'toRecipients')).map((each) => at(each, 'emailAddress.address'));
  if (to.length === 0)
    return graphFailure(400, 'ErrorInvalidRecipients', 'At least one recipient is needed.');
  if (!to.every(isEmail))
    return graphFailure(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.');
  const data = { from: 'ada@example.com', to, subject: at(message, 'subject'), body: at(message, 'body') };
  store.put({ kind: 'email', id: wordId(32), data });
  return { status: 202 };
}

const read = ['Calendars.ReadWrite', 'Calendars.Read', 'Calendars.ReadBasic'];
const write = ['Calendars.ReadWrite'];

export const microsoft365Operations: OperationSet = {
  slugs: ['microsoft-365'],
  routes: [
    {
      method: 'GET',
      path: '/v1.0/me/calendars',
      scopes: read,
      handle: () => json(200, { value: calendars }),
    },
    { method: 'GET', path: '/v1.0/me/calendarView', scopes: read, handle: view },
    { method: 'GET', path: '/v1.0/me/calendars/{calendar}/calendarView', scopes: read, handle: view },
    { method: 'POST', path: '/v1.0/me/calendar/getSchedule', scopes: read, handle: busyTimes },
    ...['/v1.0/me/events', '/v1.0/me/calendar/events', '/v1.0/me/calendars/{calendar}/events'].flatMap(
      (path): Route[] => [
        { method: 'GET', path, scopes: read, handle: list },
        { method: 'POST', path, scopes: write, handle: create },
        {
          method: 'GET',
          path: `${path}/{event}`,
          scopes: read,
          handle: onEvent((_, { data }) => json(200, shown(data))),
        },
        { method: 'PATCH', path: `${path}/{event}`, scopes: write, handle: onEvent(change) },
        {
          method: 'DELETE',
          path: `${path}/{event}`,
          scopes: write,
          handle: onEvent(({ store }, { id }) => {
            store.remove('event', id);
            return { status: 204 };
          }),
        },
      ],
    ),
    { method: 'POST', path: '/v1.0/me/sendMail', scopes: ['Mail.Send'], handle: sendMail },
  ],
  missingScope: graphDenied,
  notFound: graphUnknown,
};
