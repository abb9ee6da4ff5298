import { AwsV4Signer } from 'aws4fetch';
import { afterEach, describe, expect, it } from 'vitest';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { openSandbox, tokensFor } from '../testing/open-sandbox.ts';
import type { CallOptions, OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('Mailgun', () => {
  const send = async (change: Record<string, string> = {}, domain = open.values['domain']) => {
    const form = new FormData();
    const mail = {
      from: `Acme <no-reply@${domain}>`,
      to: 'Ada <ada@example.com>',
      subject: 'Hello',
      text: 'Hi',
      ...change,
    };
    for (const [name, value] of Object.entries(mail)) if (value !== '') form.append(name, value);
    return open.call('POST', `https://api.mailgun.net/v3/${domain}/messages`, {
      body: form,
      headers: basic('api', open.values['apiKey']!),
    });
  };

  it('queues a message and says what is missing', async () => {
    open = await openSandbox(sandboxDefinitions(), 'mailgun');
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^<.+@mg\.example\.com>$/),
      message: 'Queued. Thank you.',
    });
    expect(open.sandbox.sent('mailgun')).toMatchObject([
      { data: { to: ['Ada <ada@example.com>'], text: 'Hi' } },
    ]);
    expect((await send({ to: '' })).json).toEqual({ message: 'to parameter is missing' });
    expect((await send({ from: '' })).json).toEqual({ message: 'from parameter is missing' });
    expect((await send({ to: 'nobody' })).status).toBe(400);
    expect((await send({ text: '' })).status).toBe(400);
    expect((await send({}, 'other.example.com')).status).toBe(404);
    expect((await send({ 'o:testmode': 'yes' })).status).toBe(200);
    expect(open.sandbox.sent('mailgun')).toHaveLength(1);
  });

  it('keeps the regions apart', async () => {
    open = await openSandbox(sandboxDefinitions(), 'mailgun');
    const headers = basic('api', open.values['apiKey']!);
    expect((await open.call('GET', 'https://api.eu.mailgun.net/v4/domains', { headers })).status).toBe(401);
  });
});

describe('Postmark', () => {
  const post = (path: string, json: unknown) =>
    open.call('POST', `https://api.postmarkapp.com${path}`, {
      json,
      headers: { 'x-postmark-server-token': open.values['serverToken']! },
    });
  const mail = (change: object = {}) => ({
    From: open.values['fromEmail'],
    To: 'ada@example.com, john@company.com',
    Subject: 'Hello',
    TextBody: 'Hi',
    ...change,
  });

  it('takes a message and says by number what is wrong', async () => {
    open = await openSandbox(sandboxDefinitions(), 'postmark');
    const answer = await post('/email', mail());
    expect(answer.json).toMatchObject({
      ErrorCode: 0,
      Message: 'OK',
      MessageID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(open.sandbox.sent('postmark')).toHaveLength(1);
    for (const [change, code] of [
      [{ From: 'nobody' }, 300],
      [{ From: 'me@elsewhere.example' }, 400],
      [{ To: '' }, 300],
      [{ To: 'ada' }, 300],
      [{ TextBody: '' }, 300],
      [{ MessageStream: 'unknown' }, 1235],
    ] as const) {
      const refused = await post('/email', mail(change));
      expect([refused.status, refused.json]).toEqual([422, { ErrorCode: code, Message: expect.any(String) }]);
    }
    expect(open.sandbox.sent('postmark')).toHaveLength(1);
  });

  it('answers a batch message by message', async () => {
    open = await openSandbox(sandboxDefinitions(), 'postmark');
    const answer = await post('/email/batch', [mail(), mail({ To: '' })]);
    expect(answer.json).toMatchObject([{ ErrorCode: 0 }, { ErrorCode: 300 }]);
    expect(
      (
        await post(
          '/email/batch',
          Array.from({ length: 501 }, () => mail()),
        )
      ).status,
    ).toBe(422);
  });
});

describe('Amazon SES', () => {
  const url = 'https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails';
  const send = async (change: object = {}, credentials: object = {}) => {
    const body = JSON.stringify({
      FromEmailAddress: open.values['fromEmail'],
      Destination: { ToAddresses: ['ada@example.com'] },
      Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hi' } } } },
      ...change,
    });
    const signer = new AwsV4Signer({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': 'application/json' },
      accessKeyId: open.values['accessKeyId']!,
      secretAccessKey: open.values['secretAccessKey']!,
      service: 'ses',
      region: 'eu-west-1',
      ...credentials,
    });
    const { headers } = await signer.sign();
    return open.call('POST', url, { body, headers: Object.fromEntries(headers) });
  };

  it('takes a signed message', async () => {
    open = await openSandbox(sandboxDefinitions(), 'amazon-ses');
    const answer = await send();
    expect([answer.status, answer.json]).toEqual([200, { MessageId: expect.stringMatching(/-000000$/) }]);
    expect(open.sandbox.sent('amazon-ses')).toMatchObject([
      { data: { to: ['ada@example.com'], text: 'Hi' } },
    ]);
  });

  it('names the fault in a header', async () => {
    open = await openSandbox(sandboxDefinitions(), 'amazon-ses');
    const faults = await Promise.all([
      send({ FromEmailAddress: 'me@elsewhere.example' }),
      send({ Content: {} }),
      send({ Destination: { ToAddresses: ['ada'] } }),
      send({}, { secretAccessKey: 'wrong' }),
      send({}, { accessKeyId: 'AKIAIOSFODNN7UNKNOWN' }),
      send({}, { region: 'us-east-1' }),
    ]);
    expect(faults.map(({ status, headers }) => [status, headers.get('x-amzn-errortype')])).toEqual([
      [400, 'MessageRejected'],
      [400, 'BadRequestException'],
      [400, 'BadRequestException'],
      [403, 'InvalidSignatureException'],
      [403, 'UnrecognizedClientException'],
      [403, 'InvalidSignatureException'],
    ]);
    expect(open.sandbox.sent('amazon-ses')).toEqual([]);
  });
});

describe('Gmail', () => {
  const scope = 'https://www.googleapis.com/auth/gmail.send';
  const send = (message: string, token = 'sender', options: CallOptions = {}) =>
    open.call('POST', 'https://gmail.googleapis.com/gmail/v1/users/me/messages/send', {
      json: { raw: Buffer.from(message).toString('base64url') },
      headers: { authorization: `Bearer ${token}` },
      ...options,
    });

  it('takes a whole message, with the permission', async () => {
    open = await openSandbox(sandboxDefinitions(), 'gmail', {
      oauth: tokensFor({ sender: [scope], reader: ['email'] }),
    });
    const message = 'From: ada@example.com\r\nTo: John <john@company.com>\r\nSubject: Hello\r\n\r\nHi';
    expect((await send(message)).json).toMatchObject({ id: expect.any(String), labelIds: ['SENT'] });
    expect(open.sandbox.sent('gmail')).toMatchObject([
      { data: { to: ['John <john@company.com>'], subject: 'Hello' } },
    ]);
    expect((await send('Subject: Hello\r\n\r\nHi')).status).toBe(400);
    expect((await send(message, 'sender', { json: { raw: '+' } })).status).toBe(400);
    expect((await send(message, 'reader')).text).toContain('ACCESS_TOKEN_SCOPE_INSUFFICIENT');
    expect((await send(message, 'unknown')).status).toBe(401);
  });
});
