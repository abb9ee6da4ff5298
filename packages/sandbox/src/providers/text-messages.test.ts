import { afterEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { openSandbox } from '../testing/open-sandbox.ts';
import type { OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const twilio = () => basic(open.values['accountSid']!, open.values['authToken']!);

describe('Twilio', () => {
  const root = () => `https://api.twilio.com/2010-04-01/Accounts/${open.values['accountSid']}`;
  const send = (change: Record<string, string> = {}) => {
    const form = { To: '+16505550101', From: open.values['from']!, Body: 'Hi', ...change };
    return open.call('POST', `${root()}/Messages.json`, { form, headers: twilio() });
  };

  it('queues a message that can be looked up', async () => {
    open = await openSandbox(sandboxDefinitions(), 'twilio');
    const answer = await send();
    expect([answer.status, answer.json]).toEqual([
      201,
      expect.objectContaining({
        status: 'queued',
        to: '+16505550101',
        sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      }),
    ]);
    const { sid } = answer.json as { sid: string };
    const found = await open.call('GET', `${root()}/Messages/${sid}.json`, { headers: twilio() });
    expect(found.json).toMatchObject({ sid, status: 'delivered' });
  });

  it.each([
    [{ To: '' }, 21604],
    [{ From: '' }, 21603],
    [{ Body: '' }, 21602],
    [{ Body: 'x'.repeat(1601) }, 21617],
    [{ To: '6505550101' }, 21211],
    [{ From: '+16505550199' }, 21606],
    [{ To: '+15005550004' }, 21610],
    [{ To: '+15005550009' }, 21614],
  ])('refuses %o with its number', async (change, code) => {
    open = await openSandbox(sandboxDefinitions(), 'twilio');
    const answer = await send(change);
    expect([answer.status, answer.json]).toEqual([
      400,
      {
        code,
        message: expect.any(String),
        more_info: `https://www.twilio.com/docs/errors/${code}`,
        status: 400,
      },
    ]);
    expect(open.sandbox.sent('twilio')).toEqual([]);
  });

  it('knows no other account', async () => {
    open = await openSandbox(sandboxDefinitions(), 'twilio');
    const url = `https://api.twilio.com/2010-04-01/Accounts/AC${'1'.repeat(32)}/Messages.json`;
    expect((await open.call('POST', url, { form: {}, headers: twilio() })).status).toBe(404);
  });
});

describe('Twilio Verify', () => {
  const post = (path: string, form: Record<string, string>) =>
    open.call('POST', `https://verify.twilio.com/v2/Services/${open.values['serviceSid']}/${path}`, {
      form,
      headers: twilio(),
    });
  const To = '+16505550101';

  it('approves the code that it has sent, once', async () => {
    open = await openSandbox(sandboxDefinitions(), 'twilio-verify');
    expect(await post('Verifications', { To, Channel: 'sms' })).toMatchObject({
      status: 201,
      json: { status: 'pending' },
    });
    const code = String(open.sandbox.sent('twilio-verify')[0]!.data['code']);
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await post('VerificationCheck', { To, Code: wrong })).json).toMatchObject({
      status: 'pending',
      valid: false,
    });
    expect((await post('VerificationCheck', { To, Code: code })).json).toMatchObject({
      status: 'approved',
      valid: true,
    });
    expect((await post('VerificationCheck', { To, Code: code })).status).toBe(404);
  });

  it('ends after ten minutes, five sends and five checks', async () => {
    let now = Date.UTC(2026, 10, 28);
    open = await openSandbox(sandboxDefinitions(), 'twilio-verify', { clock: () => now });
    for (let turn = 0; turn < 5; turn += 1) await post('Verifications', { To, Channel: 'sms' });
    expect((await post('Verifications', { To, Channel: 'sms' })).json).toMatchObject({ code: 60203 });
    const code = String(open.sandbox.sent('twilio-verify')[0]!.data['code']);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let turn = 0; turn < 5; turn += 1) await post('VerificationCheck', { To, Code: wrong });
    expect((await post('VerificationCheck', { To, Code: code })).json).toMatchObject({ code: 60202 });
    now += 10 * 60_000;
    expect((await post('VerificationCheck', { To, Code: code })).status).toBe(404);
    expect((await post('Verifications', { To: 'ada', Channel: 'sms' })).json).toMatchObject({ code: 60200 });
    expect((await post('Verifications', { To, Channel: 'post' })).json).toMatchObject({ code: 60200 });
  });
});

describe('Vonage', () => {
  const headers = () => basic(open.values['apiKey']!, open.values['apiSecret']!);
  const message = {
    message_type: 'text',
    channel: 'sms',
    to: '16505550101',
    from: '14155550100',
    text: 'Hi',
  };

  it('takes a message and names every wrong parameter', async () => {
    open = await openSandbox(sandboxDefinitions(), 'vonage');
    const url = 'https://api.nexmo.com/v1/messages';
    const answer = await open.call('POST', url, { json: message, headers: headers() });
    expect([answer.status, answer.json]).toEqual([
      202,
      { message_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
    const refused = await open.call('POST', url, {
      json: { ...message, to: '+1', text: '' },
      headers: headers(),
    });
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ invalid_parameters: [{ name: 'to' }, { name: 'text' }] });
  });

  it('answers 200 to everything in the older API', async () => {
    open = await openSandbox(sandboxDefinitions(), 'vonage');
    const url = 'https://rest.nexmo.com/sms/json';
    const key = { api_key: open.values['apiKey']!, api_secret: open.values['apiSecret']! };
    const statusOf = async (form: Record<string, string>) => {
      const { status, json } = await open.call('POST', url, { form });
      return [status, (json as { messages: { status: string }[] }).messages[0]!.status];
    };
    expect(await statusOf({ ...key, to: '16505550101', from: 'Acme', text: 'Hi' })).toEqual([200, '0']);
    expect(await statusOf({ ...key, from: 'Acme', text: 'Hi' })).toEqual([200, '2']);
    expect(
      await statusOf({ ...key, api_secret: 'wrong', to: '16505550101', from: 'Acme', text: 'Hi' }),
    ).toEqual([200, '4']);
  });
});
