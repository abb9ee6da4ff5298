import { describe, expect, it } from 'vitest';
import { readMessage } from '../../inbound/read-message.ts';
import { Unreadable } from '../../inbound/types.ts';
import { schemaFaults } from '../../testing/event-schema.ts';
import { openMail } from './open-mail.ts';

const filesUrl = 'https://hub.example.com/files';

interface Read {
  kind: string | null;
  events: { type: string; id: string; data: Record<string, unknown> }[];
}

/** What a webhook becomes; every event is held against its schema. */
async function read(
  provider: string,
  body: object | Buffer,
  { values = {}, contentType = 'application/json' } = {},
): Promise<Read> {
  const { kind, events } = await readMessage({
    sourceId: '019ab123-4f00-7a10-9c3e-5d1f0b7a2c01',
    provider,
    headers: { 'content-type': contentType },
    url: 'https://hub.example.com/',
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    at: Date.parse('2026-11-29T12:00:00Z'),
    filesUrl,
    values,
  });
  const read = events.map(({ type, id, data }) => ({
    type,
    id,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
  expect(read.flatMap(({ type, data }) => schemaFaults(type, data))).toEqual([]);
  return { kind, events: read };
}

const sns = (notice: object) => ({
  Type: 'Notification',
  TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail',
  MessageId: 'sns1',
  Message: JSON.stringify(notice),
});
const ses = (content: string | Buffer) =>
  sns({
    notificationType: 'Received',
    receipt: { action: { type: 'SNS', encoding: Buffer.isBuffer(content) ? 'BASE64' : 'UTF-8' } },
    mail: { messageId: 'x' },
    content: Buffer.isBuffer(content) ? content.toString('base64') : content,
  });
const lines = (...all: string[]) => all.join('\r\n');
const head = [
  'Received: from mx.example.com',
  'From: =?UTF-8?Q?Ada_M=C3=BCller?= <ada@acme.com>',
  'To: inbox@in.example.com',
  'Subject: =?ISO-8859-1?Q?Gr=FC=DFe?=',
  'Message-ID: <m1@acme.com>',
  'MIME-Version: 1.0',
];

/** The message among the events. */
const messageOf = ({ events }: Read) => events.find(({ type }) => type === 'message.received')!.data;

describe('a mail that Amazon SES passes on as it was sent', () => {
  const mixed = lines(
    ...head,
    'Content-Type: multipart/mixed; boundary="b1"',
    '',
    '--b1',
    'Content-Type: multipart/alternative; boundary="b2"',
    '',
    '--b2',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Sch=F6ne Gr=FC=DFe',
    '--b2',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>other</p>',
    '--b2--',
    '--b1',
    'Content-Type: application/pdf; name="=?UTF-8?Q?Angebot_f=C3=BCr_Sie.pdf?="',
    'Content-Disposition: attachment; filename="../../Angebot.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0=',
    '--b1--',
    '',
  );

  it.each(['email-forwarding', 'amazon-ses'])('begins a conversation, with its files (%s)', async (slug) => {
    for (const content of [mixed, Buffer.from(mixed)]) {
      const { kind, events } = await read(slug, ses(content));
      expect([kind, events.map(({ type }) => type)]).toEqual([
        'mail',
        ['conversation.created', 'message.received'],
      ]);
      expect(events[0]!.data).toMatchObject({
        id: 'm1@acme.com',
        subject: 'Grüße',
        customer: { id: 'ada@acme.com', name: 'Ada Müller', email: 'ada@acme.com' },
      });
      expect(events[1]).toMatchObject({
        id: 'm1@acme.com',
        data: {
          text: expect.stringMatching(/^Schöne Grüße\s*$/) as string,
          from: { id: 'ada@acme.com', name: 'Ada Müller' },
          attachments: [
            { name: 'Angebot.pdf', contentType: 'application/pdf', bytes: 5, url: `${filesUrl}/0` },
          ],
        },
      });
    }
    const { files } = await openMail(ses(mixed), { headers: {}, body: Buffer.alloc(0) });
    expect(Buffer.from(files[0]!.content!()).toString()).toBe('%PDF-');
  });

  it('is read where it is HTML only, in its own charset', async () => {
    const html = Buffer.concat([
      Buffer.from(
        lines(
          ...head,
          'Content-Type: text/html; charset=windows-1252',
          'Content-Transfer-Encoding: 8bit',
          '',
          '',
        ),
      ),
      Buffer.from('<p>Preis: 5 \x80</p><p>Gr\xfc\xdfe</p>', 'latin1'),
    ]);
    expect(messageOf(await read('email-forwarding', ses(html)))['text']).toBe('Preis: 5 €\n\nGrüße');
  });

  it('stays in its conversation as an answer, without what it repeats', async () => {
    const answer = lines(
      ...head,
      'In-Reply-To: <m0@acme.com>',
      'References: <first@acme.com>',
      ' <m0@acme.com>',
      '',
      'Yes, please.',
      '',
      'On Monday Bob wrote:',
      '> Do you want it?',
    );
    const said = await read('email-forwarding', ses(answer));
    expect(said.events.map(({ type }) => type)).toEqual(['message.received']);
    expect(messageOf(said)).toMatchObject({ conversationId: 'first@acme.com', text: 'Yes, please.' });
    expect(messageOf(said)).not.toHaveProperty('attachments');
  });

  it('becomes nothing when a program wrote it, or somebody who may not', async () => {
    const automatic = ses(lines(...head, 'Auto-Submitted: auto-replied', '', 'I am away.'));
    expect(await read('email-forwarding', automatic)).toEqual({ kind: 'automatic reply', events: [] });
    const wanted = ses(lines(...head, '', 'Hello'));
    const values = { allowedSenders: '@example.com', receiver: 'amazon-ses' };
    expect(await read('email-forwarding', wanted, { values })).toEqual({
      kind: 'sender not allowed',
      events: [],
    });
  });

  it('becomes nothing when it is not from the sender that it names, unless somebody has said that it may', async () => {
    const values = { allowedSenders: '@acme.com', receiver: 'amazon-ses' };
    const notice = (dmarc: string) =>
      sns({
        notificationType: 'Received',
        receipt: { action: { type: 'SNS', encoding: 'UTF-8' }, dmarcVerdict: { status: dmarc } },
        mail: { messageId: 'x', source: 'eve@evil.example' },
        content: lines(...head, '', 'Hello'),
      });
    const kindOf = async (dmarc: string, more = {}) =>
      (await read('email-forwarding', notice(dmarc), { values: { ...values, ...more } })).kind;
    expect(await kindOf('PASS')).toBe('mail');
    expect(await kindOf('FAIL')).toBe('sender forged');
    expect(await kindOf('GRAY')).toBe('sender not proven');
    expect(await kindOf('GRAY', { acceptUnproven: 'false' })).toBe('sender not proven');
    expect(await kindOf('FAIL', { acceptUnproven: 'true' })).toBe('mail');
    // Where nobody is chosen, everybody may write.
    expect(await kindOf('FAIL', { allowedSenders: '' })).toBe('mail');
  });

  it('is unreadable where nobody can take it apart', async () => {
    const nested = Array.from(
      { length: 60 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}`,
    );
    await expect(
      read('email-forwarding', ses(lines(...head.slice(0, 3), ...nested, '', 'x'))),
    ).rejects.toThrow(Unreadable);
    await expect(read('email-forwarding', ses('Subject: from nobody\r\n\r\nx'))).rejects.toThrow(Unreadable);
  });

  it('in a bucket is told of by its head, with where it lies', async () => {
    const said = await read(
      'email-forwarding',
      sns({
        notificationType: 'Received',
        receipt: { action: { type: 'S3', bucketName: 'mail', objectKey: 'in/a b' } },
        mail: {
          source: 'bounce@acme.com',
          headers: [{ name: 'In-Reply-To', value: '<first@acme.com>' }],
          commonHeaders: { from: ['Ada <ada@acme.com>'], messageId: '<m1@acme.com>', subject: 'Offer' },
        },
      }),
    );
    expect(messageOf(said)).toMatchObject({
      conversationId: 'first@acme.com',
      text: '',
      from: { id: 'ada@acme.com', name: 'Ada' },
      attachments: [
        { name: 'message.eml', contentType: 'message/rfc822', bytes: null, url: 's3://mail/in/a%20b' },
      ],
    });
  });

  it('is no mail when Amazon tells of something else', async () => {
    const said = await read('email-forwarding', sns({ notificationType: 'Delivery' }));
    expect(said.events).toMatchObject([{ type: 'inbound.received', id: 'sns1' }]);
  });
});

describe('a mail as a form', () => {
  const form = (...parts: [head: string, content: Buffer | string][]) =>
    Buffer.concat([
      ...parts.flatMap(([disposition, content]) => [
        Buffer.from(`--xyz\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
        Buffer.from(content),
        Buffer.from('\r\n'),
      ]),
      Buffer.from('--xyz--\r\n'),
    ]);
  const contentType = 'multipart/form-data; boundary=xyz';

  it('of SendGrid is decoded as it says, with its files', async () => {
    const body = form(
      ['name="from"', 'Ada <ada@acme.com>'],
      ['name="headers"', 'Message-ID: <m1@acme.com>\r\n'],
      ['name="subject"', Buffer.from('Gr\xfc\xdfe', 'latin1')],
      ['name="text"', Buffer.from('Preis: 5 \x80', 'latin1')],
      ['name="charsets"', '{"from":"UTF-8","subject":"iso-8859-1","text":"windows-1252"}'],
      ['name="attachment1"; filename="a.txt"\r\nContent-Type: text/plain', 'file'],
    );
    const said = await read('email-forwarding', body, { contentType });
    expect(said.events[0]!.data['subject']).toBe('Grüße');
    expect(messageOf(said)).toMatchObject({
      text: 'Preis: 5 €',
      attachments: [{ name: 'a.txt', contentType: 'text/plain', bytes: 4, url: `${filesUrl}/0` }],
    });
  });

  it('of SendGrid may hold the mail as it was sent', async () => {
    const body = form(['name="from"', 'Ada <ada@acme.com>'], ['name="email"', lines(...head, '', 'Hello')]);
    expect(messageOf(await read('email-forwarding', body, { contentType }))).toMatchObject({
      id: 'm1@acme.com',
      text: expect.stringMatching(/^Hello\s*$/) as string,
    });
  });

  it('of Mailgun has its files, and keeps what somebody forwards', async () => {
    const forwarded = 'Look:\n---------- Forwarded message ---------\nFrom: Bob\n\nNews';
    const body = form(
      ['name="recipient"', 'inbox@in.example.com'],
      ['name="from"', 'Ada <ada@acme.com>'],
      ['name="body-plain"', forwarded],
      ['name="stripped-text"', 'Look:'],
      ['name="attachment-1"; filename="b.bin"', 'ab'],
    );
    expect(messageOf(await read('mailgun', body, { contentType }))).toMatchObject({
      text: forwarded,
      attachments: [{ name: 'b.bin', contentType: 'application/octet-stream', bytes: 2 }],
    });
  });
});

it('names files that Mailgun keeps, and reads HTML of Postmark', async () => {
  const kept = [
    { name: 'c.pdf', size: 7, url: 'https://storage.example.com/c', 'content-type': 'application/pdf' },
  ];
  const mailgun = { recipient: 'i@example.com', from: 'ada@acme.com', attachments: JSON.stringify(kept) };
  expect(messageOf(await read('mailgun', mailgun))['attachments']).toEqual([
    { name: 'c.pdf', contentType: 'application/pdf', bytes: 7, url: 'https://storage.example.com/c' },
  ]);
  const postmark = { From: 'ada@acme.com', Headers: [], TextBody: '', HtmlBody: '<p>Hello</p>' };
  expect(messageOf(await read('postmark', postmark))['text']).toBe('Hello');
});
