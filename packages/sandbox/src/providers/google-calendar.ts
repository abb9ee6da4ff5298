import { at, isEmail, isText, listOf, readJson } from '../body.ts';
import type { Fields } from '../body.ts';
import type { SandboxReply } from '../exchange.ts';
import { hexId, wordId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet, Route } from '../operations.ts';
import type { StoredItem } from '../store.ts';
import { googleDenied, googleFailure, googleUnknown } from './google.ts';

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;
const all = scope('calendar');
const readScopes = [
  all,
  scope('calendar.readonly'),
  scope('calendar.events'),
  scope('calendar.events.readonly'),
];
const listScopes = [all, scope('calendar.readonly'), scope('calendar.calendarlist.readonly')];
const writeScopes = [all, scope('calendar.events')];
const busyScopes = [all, scope('calendar.readonly'), scope('calendar.freebusy')];

const calendars = [
  { id: 'ada@example.com', summary: 'ada@example.com', primary: true, accessRole: 'owner', timeZone: 'UTC' },
  {
    id: 'interviews@group.calendar.google.com',
    summary: 'Interviews',
    accessRole: 'writer',
    timeZone: 'UTC',
  },
  { id: 'holidays@group.v.calendar.google.com', summary: 'Holidays', accessRole: 'reader', timeZone: 'UTC' },
];

const findCalendar = (id: string | undefined) =>
  calendars.find((calendar) => calendar.id === id || (id === 'primary' && calendar.primary));

/** A time of an event: a moment with its offset or zone, or a whole day. */
function momentOf(value: unknown): number {
  const [moment, day] = [at(value, 'dateTime'), at(value, 'date')];
  if (isText(day)) return /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(day) : Number.NaN;
  if (!isText(moment)) return Number.NaN;
  const hasOffset = /(?:Z|[+-]\d\d:\d\d)$/.test(moment);
  return hasOffset || isText(at(value, 'timeZone'))
    ? Date.parse(hasOffset ? moment : `${moment}Z`)
    : Number.NaN;
}

function eventFault(event: Fields): SandboxReply | null {
  if (event['end'] === undefined) return googleFailure(400, 'required', 'Missing end time.');
  if (event['start'] === undefined) return googleFailure(400, 'required', 'Missing start time.');
  const [starts, ends] = [momentOf(event['start']), momentOf(event['end'])];
  if (Number.isNaN(starts)) return googleFailure(400, 'invalid', 'Invalid start time.');
  if (Number.isNaN(ends)) return googleFailure(400, 'invalid', 'Invalid end time.');
  if (ends < starts) return googleFailure(400, 'timeRangeEmpty', 'The specified time range is empty.');
  if (listOf(event['attendees']).some(({ email }) => !isEmail(email)))
    return googleFailure(400, 'invalid', 'Invalid attendee email.');
  return null;
}

/** Acts in the calendar that the address names, if the account may do that there. */
function inCalendar(act: (call: Call, calendar: string) => SandboxReply, writes = false): Route['handle'] {
  return (call) => {
    const calendar = findCalendar(call.params['calendar']);
    if (!calendar) return googleUnknown();
    if (writes && calendar.accessRole === 'reader')
      return googleFailure(403, 'requiredAccessLevel', 'You need to have writer access to this calendar.');
    return act(call, calendar.id);
  };
}

/** Whom a change tells, as the address says. */
function updatesFault({ request }: Call): SandboxReply | null {
  const told = request.query.get('sendUpdates');
  return told === null || ['all', 'externalOnly', 'none'].includes(told)
    ? null
    : googleFailure(400, 'invalidParameter', `Invalid value '${told}' for sendUpdates.`);
}

function insert(call: Call, calendar: string): SandboxReply {
  const input = readJson(call.request);
  if (!input) return googleFailure(400, 'parseError', 'Parse Error');
  const fault = updatesFault(call) ?? eventFault(input);
  if (fault) return fault;
  const id = isText(input['id']) ? input['id'] : hexId(26);
  if (!/^[0-9a-v]{5,1024}$/.test(id)) return googleFailure(400, 'invalid', 'Invalid resource id value.');
  if (call.store.find('event', `${calendar}/${id}`))
    return googleFailure(409, 'duplicate', 'The requested identifier already exists.');
  const time = new Date(call.now).toISOString();
  const data = {
    ...input,
    kind: 'calendar#event',
    id,
    status: 'confirmed',
    htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
    created: time,
    updated: time,
    creator: { email: 'ada@example.com', self: true },
    organizer: { email: calendar, self: true },
    iCalUID: `${id}@google.com`,
    ...conferenceOf(call, input),
  };
  call.store.put({ kind: 'event', id: `${calendar}/${id}`, data });
  return json(200, data);
}

/** A video link, when one was asked for and the caller knows what that is. */
function conferenceOf({ request }: Call, event: Fields): Fields {
  if (request.query.get('conferenceDataVersion') !== '1') return { conferenceData: undefined };
  if (at(event, 'conferenceData.createRequest.requestId') === undefined) return {};
  const code = [3, 4, 3].map((length) => wordId(length).toLowerCase().replaceAll(/\d/g, 'x')).join('-');
  const uri = `https://meet.google.com/${code}`;
  return {
    hangoutLink: uri,
    conferenceData: {
      conferenceId: code,
      conferenceSolution: { key: { type: 'hangoutsMeet' }, name: 'Google Meet' },
      createRequest: {
        requestId: at(event, 'conferenceData.createRequest.requestId'),
        status: { statusCode: 'success' },
      },
      entryPoints: [{ entryPointType: 'video', uri, label: uri.slice(8) }],
    },
  };
}

function list({ request, store }: Call, calendar: string): SandboxReply {
  const { query } = request;
  const [min, max] = ['timeMin', 'timeMax'].map((name) => query.get(name));
  for (const bound of [min, max])
    if (isText(bound) && !/(?:Z|[+-]\d\d:\d\d)$/.test(bound))
      return googleFailure(400, 'badRequest', 'Bad Request');
  if (isText(query.get('syncToken')) && query.get('syncToken') !== 'sandbox')
    return googleFailure(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.');
  const items = store
    .list('event')
    .filter(({ id, data }) => id.startsWith(`${calendar}/`) && data['status'] !== 'cancelled')
    .filter(({ data }) => !isText(min) || momentOf(data['end']) > Date.parse(min))
    .filter(({ data }) => !isText(max) || momentOf(data['start']) < Date.parse(max))
    .sort((a, b) => momentOf(a.data['start']) - momentOf(b.data['start']));
  const size = Number(query.get('maxResults') ?? 250);
  const first = Number(query.get('pageToken') ?? 0);
  const hasMore = items.length > first + size;
  return json(200, {
    kind: 'calendar#events',
    summary: calendar,
    timeZone: 'UTC',
    items: items.slice(first, first + size).map(({ data }) => data),
    ...(hasMore ? { nextPageToken: String(first + size) } : { nextSyncToken: 'sandbox' }),
  });
}

/** Acts on the event that the address names. */
const onEvent = (act: (call: Call, item: StoredItem) => SandboxReply, writes = false) =>
  inCalendar((call, calendar) => {
    const item = call.store.find('event', `${calendar}/${call.params['event']}`);
    if (!item) return googleUnknown();
    if (writes && item.data['status'] === 'cancelled')
      return googleFailure(410, 'deleted', 'Resource has been deleted');
    return act(call, item);
  }, writes);

function change(call: Call, item: StoredItem): SandboxReply {
  const { request, store, now } = call;
  const input = readJson(request);
  if (!input) return googleFailure(400, 'parseError', 'Parse Error');
  const kept =
    request.method === 'PATCH'
      ? item.data
      : { id: item.data['id'], kind: item.data['kind'], status: 'confirmed' };
  const data = { ...kept, ...input, id: item.data['id'], updated: new Date(now).toISOString() };
  const fault = updatesFault(call) ?? eventFault(data);
  if (fault) return fault;
  store.put({ ...item, data });
  return json(200, data);
}

function remove(call: Call, item: StoredItem): SandboxReply {
  const { store } = call;
  const fault = updatesFault(call);
  if (fault) return fault;
  store.put({ ...item, data: { ...item.data, status: 'cancelled' } });
  return { status: 204 };
}

function freeBusy({ request, store }: Call): SandboxReply {
  const input = readJson(request);
  const [from, to] = [Date.parse(String(input?.['timeMin'])), Date.parse(String(input?.['timeMax']))];
  if (Number.isNaN(from) || Number.isNaN(to))
    return googleFailure(400, 'required', 'Missing timeMin or timeMax.');
  if (to <= from) return googleFailure(400, 'timeRangeEmpty', 'The specified time range is empty.');
  const asked = listOf(input?.['items']).map(({ id }) => String(id));
  return json(200, {
    kind: 'calendar#freeBusy',
    timeMin: input!['timeMin'],
    timeMax: input!['timeMax'],
    calendars: Object.fromEntries(asked.map((id) => [id, busyIn(store.list('event'), id, from, to)])),
  });
}

function busyIn(events: StoredItem[], id: string, from: number, to: number): Fields {
  const calendar = findCalendar(id);
  if (!calendar) return { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] };
  const busy = events
    .filter((event) => event.id.startsWith(`${calendar.id}/`))
    .filter(({ data }) => data['status'] !== 'cancelled' && data['transparency'] !== 'transparent')
    .map(({ data }) => ({ start: momentOf(data['start']), end: momentOf(data['end']) }))
    .filter(({ start, end }) => start < to && end > from)
    .sort((a, b) => a.start - b.start);
  return {
    busy: busy.map(({ start, end }) => ({
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
    })),
  };
}

function listCalendars({ request }: Call): SandboxReply {
  const size = Number(request.query.get('maxResults') ?? 100);
  return json(200, {
    kind: 'calendar#calendarList',
    items: calendars.slice(0, size).map((calendar) => ({ kind: 'calendar#calendarListEntry', ...calendar })),
  });
}

const root = '/calendar/v3';
const events = `${root}/calendars/{calendar}/events`;

export const googleCalendarOperations: OperationSet = {
  slugs: ['google-calendar'],
  routes: [
    { method: 'GET', path: `${root}/users/me/calendarList`, scopes: listScopes, handle: listCalendars },
    { method: 'POST', path: `${root}/freeBusy`, scopes: busyScopes, handle: freeBusy },
    { method: 'GET', path: events, scopes: readScopes, handle: inCalendar(list) },
    { method: 'POST', path: events, scopes: writeScopes, handle: inCalendar(insert, true) },
    {
      method: 'GET',
      path: `${events}/{event}`,
      scopes: readScopes,
      handle: onEvent((_, { data }) => json(200, data)),
    },
    { method: 'PATCH', path: `${events}/{event}`, scopes: writeScopes, handle: onEvent(change, true) },
    { method: 'PUT', path: `${events}/{event}`, scopes: writeScopes, handle: onEvent(change, true) },
    { method: 'DELETE', path: `${events}/{event}`, scopes: writeScopes, handle: onEvent(remove, true) },
  ],
  missingScope: googleDenied,
  notFound: googleUnknown,
};
