import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { afterEach, describe, expect, it } from 'vitest';
import { openSandbox, tokensFor } from '../testing/open-sandbox.ts';
import type { OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;

describe('Google Calendar', () => {
  const oauth = tokensFor({
    app: [scope('calendar.readonly'), scope('calendar.events')],
    reader: [scope('calendar.readonly')],
  });
  const call = (method: string, path: string, json?: unknown, token = 'app') =>
    open.call(method, `https://www.googleapis.com/calendar/v3${path}`, {
      ...(json === undefined ? {} : { json }),
      headers: { authorization: `Bearer ${token}` },
    });
  const interview = (change: object = {}) => ({
    summary: 'Interview',
    start: { dateTime: '2026-12-01T10:00:00+01:00' },
    end: { dateTime: '2026-12-01T10:30:00', timeZone: 'UTC' },
    attendees: [{ email: 'ada@example.com' }],
    ...change,
  });
  const events = '/calendars/primary/events';

  it('makes an event with a video link, changes and cancels it', async () => {
    open = await openSandbox(sandboxDefinitions(), 'google-calendar', { oauth });
    const conferenceData = {
      createRequest: { requestId: 'r1', conferenceSolutionKey: { type: 'hangoutsMeet' } },
    };
    const made = await call('POST', `${events}?conferenceDataVersion=1`, interview({ conferenceData }));
    expect(made).toMatchObject({
      status: 200,
      json: {
        kind: 'calendar#event',
        status: 'confirmed',
        hangoutLink: expect.stringMatching(/^https:\/\/meet\.google\.com\//),
      },
    });
    const { id } = made.json as { id: string };
    expect((await call('PATCH', `${events}/${id}`, { summary: 'Moved' })).json).toMatchObject({
      summary: 'Moved',
    });
    expect((await call('GET', events)).json).toMatchObject({ items: [{ id, summary: 'Moved' }] });
    expect((await call('GET', `${events}?timeMin=2026-12-02T00:00:00Z`)).json).toMatchObject({ items: [] });
    expect((await call('DELETE', `${events}/${id}`)).status).toBe(204);
    expect((await call('DELETE', `${events}/${id}`)).status).toBe(410);
    expect((await call('GET', events)).json).toMatchObject({ items: [] });
  });

  it('says who is busy', async () => {
    open = await openSandbox(sandboxDefinitions(), 'google-calendar', { oauth });
    await call('POST', events, interview());
    const asked = {
      timeMin: '2026-12-01T00:00:00Z',
      timeMax: '2026-12-02T00:00:00Z',
      items: [{ id: 'primary' }, { id: 'nobody' }],
    };
    expect((await call('POST', '/freeBusy', asked)).json).toMatchObject({
      calendars: {
        primary: { busy: [{ start: '2026-12-01T09:00:00.000Z', end: '2026-12-01T10:30:00.000Z' }] },
        nobody: { errors: [{ reason: 'notFound' }] },
      },
    });
  });

  it('is strict', async () => {
    open = await openSandbox(sandboxDefinitions(), 'google-calendar', { oauth });
    const reasonOf = async (answer: ReturnType<typeof call>) => {
      const { status, json } = await answer;
      return [status, (json as { error: { errors: { reason: string }[] } }).error.errors[0]!.reason];
    };
    expect(await reasonOf(call('POST', events, interview({ end: undefined })))).toEqual([400, 'required']);
    expect(
      await reasonOf(call('POST', events, interview({ start: { dateTime: '2026-12-01T10:00:00' } }))),
    ).toEqual([400, 'invalid']);
    expect(await reasonOf(call('POST', events, interview({ end: { date: '2026-11-01' } })))).toEqual([
      400,
      'timeRangeEmpty',
    ]);
    expect(await reasonOf(call('POST', events, interview({ attendees: [{ email: 'ada' }] })))).toEqual([
      400,
      'invalid',
    ]);
    expect(await reasonOf(call('POST', events, interview(), 'reader'))).toEqual([
      403,
      'insufficientPermissions',
    ]);
    expect(await reasonOf(call('GET', '/calendars/nobody/events'))).toEqual([404, 'notFound']);
    const holidays = '/calendars/holidays%40group.v.calendar.google.com/events';
    expect(await reasonOf(call('POST', holidays, interview()))).toEqual([403, 'requiredAccessLevel']);
    expect(await reasonOf(call('GET', `${events}?syncToken=old`))).toEqual([410, 'fullSyncRequired']);
    expect(await reasonOf(call('GET', events, undefined, 'unknown'))).toEqual([401, 'authError']);
    expect((await call('GET', '/users/me/calendarList?maxResults=1')).json).toMatchObject({
      items: [{ primary: true }],
    });
  });
});

describe('Microsoft 365', () => {
  const oauth = tokensFor({ app: ['Calendars.ReadWrite', 'Mail.Send'], reader: ['User.Read'] });
  const call = (method: string, path: string, json?: unknown, token = 'app') =>
    open.call(method, `https://graph.microsoft.com/v1.0${path}`, {
      ...(json === undefined ? {} : { json }),
      headers: { authorization: `Bearer ${token}` },
    });
  const interview = (change: object = {}) => ({
    subject: 'Interview',
    start: { dateTime: '2026-12-01T10:00:00', timeZone: 'UTC' },
    end: { dateTime: '2026-12-01T10:30:00', timeZone: 'UTC' },
    attendees: [{ emailAddress: { address: 'ada@example.com' }, type: 'required' }],
    ...change,
  });

  it('makes an event with a video link, finds, changes and removes it', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-365', { oauth });
    const made = await call('POST', '/me/events', interview({ isOnlineMeeting: true, transactionId: 't1' }));
    expect(made).toMatchObject({
      status: 201,
      json: { onlineMeeting: { joinUrl: expect.stringContaining('https://teams.') } },
    });
    const { id } = made.json as { id: string };
    expect((await call('POST', '/me/events', interview({ transactionId: 't1' }))).json).toMatchObject({ id });
    const day = '/me/calendarView?startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-02T00:00:00Z';
    expect((await call('GET', day)).json).toMatchObject({ value: [{ id }] });
    expect((await call('PATCH', `/me/events/${id}`, { subject: 'Moved' })).json).toMatchObject({
      subject: 'Moved',
    });
    const asked = { schedules: ['ada@example.com'], startTime: interview().start, endTime: interview().end };
    expect((await call('POST', '/me/calendar/getSchedule', asked)).json).toMatchObject({
      value: [{ scheduleItems: [{ status: 'busy' }] }],
    });
    expect((await call('DELETE', `/me/events/${id}`)).status).toBe(204);
    expect((await call('GET', `/me/events/${id}`)).status).toBe(404);
  });

  it('goes through its pages', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-365', { oauth });
    for (let turn = 0; turn < 3; turn += 1) await call('POST', '/me/events', interview());
    const first = (await call('GET', '/me/events?$top=2')).json as {
      value: unknown[];
      '@odata.nextLink': string;
    };
    expect(first.value).toHaveLength(2);
    const path = first['@odata.nextLink'].replace('https://graph.microsoft.com/v1.0', '');
    expect((await call('GET', path)).json).toEqual({ value: [expect.anything()] });
  });

  it('is strict', async () => {
    open = await openSandbox(sandboxDefinitions(), 'microsoft-365', { oauth });
    expect(
      (await call('POST', '/me/events', interview({ start: { dateTime: '2026-12-01T10:00:00' } }))).status,
    ).toBe(400);
    expect(
      (await call('POST', '/me/events', interview({ attendees: [{ emailAddress: { address: 'ada' } }] })))
        .status,
    ).toBe(400);
    expect((await call('POST', '/me/events', interview(), 'reader')).json).toMatchObject({
      error: { code: 'ErrorAccessDenied' },
    });
    expect((await call('GET', '/me/events', undefined, 'unknown')).json).toMatchObject({
      error: { code: 'InvalidAuthenticationToken' },
    });
    const mail = {
      message: { subject: 'Hello', toRecipients: [{ emailAddress: { address: 'ada@example.com' } }] },
    };
    expect((await call('POST', '/me/sendMail', mail)).status).toBe(202);
    expect((await call('POST', '/me/sendMail', { message: {} })).status).toBe(400);
    expect(open.sandbox.sent('microsoft-365')).toMatchObject([
      { kind: 'email', data: { to: ['ada@example.com'] } },
    ]);
  });
});

describe('Zoom', () => {
  it('makes, changes and removes a meeting, with the permissions', async () => {
    const oauth = tokensFor({
      app: [
        'meeting:write:meeting',
        'meeting:update:meeting',
        'meeting:delete:meeting',
        'meeting:read:meeting',
      ],
      narrow: ['user:read:user'],
    });
    open = await openSandbox(sandboxDefinitions(), 'zoom', { oauth });
    const call = (method: string, path: string, json?: unknown, token = 'app') =>
      open.call(method, `https://api.zoom.us/v2${path}`, {
        ...(json === undefined ? {} : { json }),
        headers: { authorization: `Bearer ${token}` },
      });
    const meeting = { topic: 'Interview', type: 2, start_time: '2026-12-01T10:00:00Z', duration: 30 };
    const made = await call('POST', '/users/me/meetings', meeting);
    expect(made).toMatchObject({
      status: 201,
      json: { topic: 'Interview', join_url: expect.stringContaining('zoom.us/j/') },
    });
    const { id } = made.json as { id: number };
    expect((await call('PATCH', `/meetings/${id}`, { topic: 'Moved' })).status).toBe(204);
    expect((await call('GET', `/meetings/${id}`)).json).toMatchObject({ topic: 'Moved' });
    expect((await call('DELETE', `/meetings/${id}`)).status).toBe(204);
    expect((await call('GET', `/meetings/${id}`)).json).toMatchObject({ code: 3001 });
    expect((await call('POST', '/users/me/meetings', { ...meeting, duration: 0 })).json).toMatchObject({
      code: 300,
    });
    expect((await call('POST', '/users/me/meetings', { ...meeting, start_time: 'soon' })).json).toMatchObject(
      { code: 300 },
    );
    expect((await call('POST', '/users/nobody/meetings', meeting)).json).toMatchObject({ code: 1001 });
    expect((await call('POST', '/users/me/meetings', meeting, 'narrow')).json).toMatchObject({ code: 4711 });
  });
});
