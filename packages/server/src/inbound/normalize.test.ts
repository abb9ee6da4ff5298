import { readdirSync } from 'node:fs';
import { maxEventBytes } from '@trunkline/contract/events';
import { samplesOf } from '@trunkline/sandbox/webhooks/sample-sets';
import { describe, expect, it } from 'vitest';
import { findUnstorable } from '../lib/storable.ts';
import { allProviders, findProvider } from '../providers/all-providers.ts';
import { schemaFaults } from '../testing/event-schema.ts';
import { signedWebhook } from '../testing/sandbox-webhooks.ts';
import { normalizeInbound } from './normalize.ts';
import { Unreadable } from './types.ts';
import type { Normalized } from './types.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const arrived = '2026-11-29T12:00:00.000Z';

/** What a webhook becomes; every event is held against its schema. */
function read(slug: string | null, body: object | string, headers: Record<string, string> = {}): Normalized {
  const isForm = body instanceof URLSearchParams;
  const text = typeof body === 'string' ? body : isForm ? body.toString() : JSON.stringify(body);
  const contentType = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const request = {
    url: 'https://hub.example.com/',
    headers: { 'content-type': contentType, ...headers },
    body: Buffer.from(text),
  };
  return checked(normalizeInbound(slug === null ? null : findProvider(slug)!, request, now));
}

function checked(normalized: Normalized): Normalized {
  expect(normalized.events.flatMap(({ type, data }) => schemaFaults(type, data))).toEqual([]);
  expect(new Set(normalized.events.map(({ id }) => id)).size).toBe(normalized.events.length);
  expect(normalized.events.every(({ data }) => findUnstorable(data) === null)).toBe(true);
  return normalized;
}

const types = ({ events }: Normalized) => events.map(({ type }) => type);

describe('every sample of the sandbox', () => {
  const samples = allProviders
    .filter(({ inbound }) => inbound !== null)
    .filter(
      ({ inbound }) => !['aws-sns', 'google-pubsub-oidc', 'depends-on-receiver'].includes(inbound!.scheme),
    )
    .flatMap(({ slug }) => Object.keys(samplesOf(slug)).map((event) => [slug, event] as const));

  it.each(samples)(
    '%s %s becomes events as the catalog describes them, the same each time',
    (slug, event) => {
      const { request } = signedWebhook(slug, { now, event });
      const provider = findProvider(slug)!;
      const first = checked(normalizeInbound(provider, request, now));
      expect(first.kind).not.toBe('');
      expect(first.events.length).toBeGreaterThan(0);
      expect(normalizeInbound(provider, request, now)).toEqual(first);
      // What proves the sender goes no further.
      const { request: other } = signedWebhook(slug, { now, event, secret: 'the-shared-secret' });
      expect(JSON.stringify(normalizeInbound(provider, other, now))).not.toContain('the-shared-secret');
    },
  );

  it('has a switch for every event of its own', () => {
    for (const { slug, inbound } of allProviders) {
      const labels = inbound?.switches?.map(({ label }) => label) ?? [];
      expect([slug, new Set(labels).size]).toEqual([slug, labels.length]);
      for (const { eventType } of inbound?.switches ?? [])
        expect(schemaFaults(eventType, {})[0]).not.toMatch(/catalog/);
    }
    const six = ['Bounces', 'Spam reports', 'Unsubscribes', 'Delivered', 'Opens', 'Clicks'];
    for (const slug of ['sendgrid', 'mailgun', 'postmark', 'amazon-ses'])
      expect(findProvider(slug)!.inbound!.switches!.map(({ label }) => label)).toEqual(six);
  });

  it('has a reader wherever there is a file for one', () => {
    const files = readdirSync(new URL('../providers/adapters/', import.meta.url)).filter((name) =>
      name.endsWith('-inbound.ts'),
    );
    const readers = new Set(allProviders.flatMap(({ inbound }) => inbound?.normalize ?? []));
    expect(files.length).toBe(readers.size);
  });
});

describe('SendGrid', () => {
  const base = {
    email: 'ada@example.com',
    timestamp: now / 1000,
    sg_message_id: 'msg1.filter.1',
    sg_event_id: 'e1',
  };

  it('reports many messages at once', () => {
    const said = read('sendgrid', [
      {
        ...base,
        event: 'bounce',
        type: 'bounce',
        reason: '550 no such user',
        sg_event_id: 'e1',
        campaignId: 'C7',
      },
      {
        ...base,
        event: 'bounce',
        type: 'blocked',
        reason: 'try later',
        sg_event_id: 'e2',
        email: 'bob@example.com',
      },
      { ...base, event: 'open', sg_machine_open: true, useragent: 'Mail', sg_event_id: 'e3' },
      { ...base, event: 'group_unsubscribe', asm_group_id: 12, sg_event_id: 'e4' },
      { ...base, event: 'processed', sg_event_id: 'e5' },
      { ...base, event: 'deferred', response: '451 later', sg_event_id: 'e6' },
      { ...base, event: 'dropped', reason: 'Bounced Address', sg_event_id: 'e7' },
    ]);
    expect(types(said)).toEqual([
      'email.bounced',
      'email.bounced',
      'email.opened',
      'email.unsubscribed',
      'inbound.received',
      'email.deferred',
      'email.dropped',
    ]);
    expect(said.events[0]).toEqual({
      type: 'email.bounced',
      id: 'e1',
      data: {
        messageId: 'msg1',
        to: 'ada@example.com',
        provider: 'sendgrid',
        campaignId: 'C7',
        kind: 'hard',
        reason: '550 no such user',
        bouncedAt: arrived,
      },
    });
    expect(said.events[1]!.data).toMatchObject({ kind: 'soft' });
    expect(said.events[2]!.data).toMatchObject({ machine: true, userAgent: 'Mail' });
    expect(said.events[3]!.data).toMatchObject({ list: '12' });
    // A soft bounce, and one list that is left, end nothing.
    expect(said.suppress).toEqual([
      { address: 'ada@example.com', reason: 'bounced', detail: '550 no such user' },
    ]);
    expect(said.kind).toBe('bounce, open, group_unsubscribe, …');
  });

  it('ends mail to who complains or unsubscribes', () => {
    const said = read('sendgrid', [
      { ...base, event: 'spamreport' },
      { ...base, event: 'unsubscribe', sg_event_id: 'e2' },
      { ...base, event: 'delivered', sg_event_id: 'e3' },
      { ...base, event: 'click', url: 'https://example.com/a', sg_event_id: 'e4' },
    ]);
    expect(types(said)).toEqual([
      'email.spam_reported',
      'email.unsubscribed',
      'email.delivered',
      'email.clicked',
    ]);
    expect(said.suppress?.map(({ reason }) => reason)).toEqual(['spam_reported', 'unsubscribed']);
  });

  it('is unreadable as anything but a list of reports', () => {
    for (const body of [{ event: 'open' }, [1], [{ email: 'a@example.com' }], '[', 'null', ''])
      expect(() => read('sendgrid', body)).toThrow(Unreadable);
  });
});

describe('Mailgun', () => {
  const event = (fields: object) => ({
    signature: { timestamp: '1', token: 't', signature: 's' },
    'event-data': {
      id: 'E1',
      timestamp: now / 1000 + 0.25,
      recipient: 'ada@example.com',
      message: { headers: { 'message-id': '2026.1@example.com', subject: 'Hello' } },
      'user-variables': { contactId: 'CON-1' },
      ...fields,
    },
  });

  it('tells bounces that last from those that pass', () => {
    const failed = { event: 'failed', 'delivery-status': { message: '550 unknown' }, severity: 'permanent' };
    const hard = read('mailgun', event(failed));
    expect(hard.events[0]).toMatchObject({
      type: 'email.bounced',
      data: { kind: 'hard', reason: '550 unknown', messageId: '<2026.1@example.com>', contactId: 'CON-1' },
    });
    expect(hard.events[0]!.data['bouncedAt']).toBe('2026-11-29T12:00:00.250Z');
    expect(hard.suppress).toEqual([{ address: 'ada@example.com', reason: 'bounced', detail: '550 unknown' }]);
    const soft = read('mailgun', event({ ...failed, severity: 'temporary' }));
    expect([types(soft), soft.suppress]).toEqual([['email.deferred'], []]);
  });

  it('reports the rest', () => {
    const type = (fields: object) => types(read('mailgun', event(fields)))[0];
    expect(type({ event: 'complained' })).toBe('email.spam_reported');
    expect(type({ event: 'clicked', url: 'https://example.com/' })).toBe('email.clicked');
    expect(type({ event: 'rejected', reject: { reason: 'x' } })).toBe('email.dropped');
    expect(
      read('mailgun', event({ event: 'opened', 'client-info': { bot: 'apple' } })).events[0]!.data,
    ).toMatchObject({
      machine: true,
    });
    const other = read('mailgun', event({ event: 'stored' }));
    expect(types(other)).toEqual(['inbound.received']);
    expect(JSON.stringify(other)).not.toContain('signature');
  });
});

describe('Postmark', () => {
  const bounce = (Type: string, fields: object = {}) => ({
    RecordType: 'Bounce',
    MessageID: 'm1',
    Type,
    Email: 'ada@example.com',
    Description: 'The mailbox does not exist.',
    BouncedAt: arrived,
    ...fields,
  });

  it('files some under bounces that are none', () => {
    expect(read('postmark', bounce('HardBounce'))).toMatchObject({
      events: [{ type: 'email.bounced', data: { kind: 'hard', bouncedAt: arrived } }],
      suppress: [{ address: 'ada@example.com', reason: 'bounced' }],
    });
    expect(read('postmark', bounce('Transient'))).toMatchObject({
      events: [{ data: { kind: 'soft' } }],
      suppress: [],
    });
    expect(types(read('postmark', bounce('AutoResponder')))).toEqual(['inbound.received']);
    expect(types(read('postmark', bounce('Unsubscribe')))).toEqual(['email.unsubscribed']);
    expect(types(read('postmark', bounce('SpamComplaint')))).toEqual(['email.spam_reported']);
  });

  it('tells an unsubscription from what else changes one', () => {
    const change = (SuppressionReason: string | null, SuppressSending = true) =>
      read('postmark', {
        RecordType: 'SubscriptionChange',
        MessageID: 'm',
        Recipient: 'ada@example.com',
        SuppressionReason,
        SuppressSending,
      });
    expect(types(change('ManualSuppression'))).toEqual(['email.unsubscribed']);
    expect(types(change('HardBounce'))).toEqual(['inbound.received']);
    expect(types(change(null, false))).toEqual(['inbound.received']);
  });

  it('reports opens and clicks', () => {
    const open = {
      RecordType: 'Open',
      MessageID: 'm',
      Recipient: 'ada@example.com',
      ReceivedAt: arrived,
      UserAgent: 'Mail',
    };
    expect(read('postmark', open).events[0]!.data).toMatchObject({ userAgent: 'Mail', openedAt: arrived });
    expect(
      types(read('postmark', { ...open, RecordType: 'Click', OriginalLink: 'https://example.com/' })),
    ).toEqual(['email.clicked']);
  });
});

describe('mail that came in', () => {
  const base = { subject: 'Where is it?', text: 'Hello' };
  const mailgun = (fields: Record<string, string> = {}) =>
    new URLSearchParams({
      recipient: 'inbox@example.com',
      from: '"Ada Example" <ada@example.com>',
      'Message-Id': '<m1@example.com>',
      subject: base.subject,
      'body-plain': base.text,
      'stripped-text': base.text,
      timestamp: '1',
      token: 't',
      signature: 's',
      ...fields,
    });
  const postmark = (...Headers: { Name: string; Value: string }[]) => ({
    From: 'ada@example.com',
    FromName: 'Ada Example',
    MessageID: 'postmark-id',
    Subject: base.subject,
    TextBody: base.text,
    Headers: [{ Name: 'Message-ID', Value: '<m1@example.com>' }, ...Headers],
  });
  const sendgrid = (lines = '') =>
    new URLSearchParams({
      from: 'Ada Example <ada@example.com>',
      to: 'inbox@example.com',
      subject: base.subject,
      text: base.text,
      envelope: '{}',
      headers: `Received: by x\r\nMessage-ID:\r\n <m1@example.com>\r\n${lines}`,
    });
  const from = { id: 'ada@example.com', name: 'Ada Example' };
  const message = {
    type: 'message.received',
    id: 'm1@example.com',
    data: {
      id: 'm1@example.com',
      conversationId: 'm1@example.com',
      channel: 'email',
      text: 'Hello',
      from,
      receivedAt: arrived,
    },
  };
  const conversation = {
    type: 'conversation.created',
    id: 'conversation m1@example.com',
    data: {
      id: 'm1@example.com',
      channel: 'email',
      status: 'open',
      subject: base.subject,
      customer: { ...from, email: 'ada@example.com' },
      assigneeId: null,
      createdAt: arrived,
    },
  };

  it.each([
    ['mailgun', mailgun()],
    ['postmark', postmark()],
    ['email-forwarding', mailgun()],
    ['email-forwarding', postmark()],
    ['email-forwarding', sendgrid()],
  ])('of %s begins a conversation', (slug, body) => {
    expect(read(slug, body)).toEqual({ kind: 'mail', events: [conversation, message] });
  });

  it.each([
    [
      'mailgun',
      mailgun({
        References: '<first@example.com> <m0@example.com>',
        'In-Reply-To': '<m0@example.com>',
        'body-plain': 'Hello\n> quoted',
      }),
    ],
    ['postmark', postmark({ Name: 'In-Reply-To', Value: '<first@example.com>' })],
    ['email-forwarding', sendgrid('References: <first@example.com>\r\n\t<m0@example.com>\r\n')],
  ])('of %s stays in its conversation', (slug, body) => {
    const data = { ...message.data, conversationId: 'first@example.com' };
    expect(read(slug, body).events).toEqual([{ ...message, data }]);
  });

  it.each([
    ['mailgun', mailgun({ 'Auto-Submitted': 'auto-replied' })],
    ['postmark', postmark({ Name: 'Auto-Submitted', Value: 'auto-generated' })],
    ['email-forwarding', sendgrid('auto-submitted: auto-replied (vacation)\r\n')],
  ])('of %s is nothing when a program wrote it', (slug, body) => {
    expect(read(slug, body)).toEqual({ kind: 'automatic reply', events: [] });
    const byHand = new URLSearchParams([...mailgun({ 'Auto-Submitted': 'no' })]);
    expect(read('mailgun', byHand).events).toHaveLength(2);
  });

  it('may come from nobody in particular', () => {
    const { events } = read('mailgun', mailgun({ from: 'undisclosed', 'Message-Id': 'none', subject: '' }));
    expect(events[0]!.data).toMatchObject({
      subject: null,
      customer: { id: 'undisclosed', name: null, email: null },
    });
    expect(events[0]!.data['id']).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('Amazon SES', () => {
  const sns = (content: object | string) => ({
    Type: 'Notification',
    MessageId: 'sns1',
    Message: typeof content === 'string' ? content : JSON.stringify(content),
  });
  const mail = {
    messageId: 'ses1',
    destination: ['ada@example.com', 'Bob <bob@example.com>'],
    commonHeaders: { subject: 'Hello' },
    tags: { campaignId: ['C7'] },
  };

  it('reports every recipient of a bounce', () => {
    const bouncedRecipients = [
      { emailAddress: 'ada@example.com', diagnosticCode: 'smtp; 550 unknown' },
      { emailAddress: 'Bob <bob@example.com>' },
    ];
    const bounce = {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients,
      timestamp: arrived,
    };
    const said = read('amazon-ses', sns({ notificationType: 'Bounce', mail, bounce }));
    expect(said.events).toMatchObject([
      {
        type: 'email.bounced',
        id: 'sns1 0',
        data: { messageId: 'ses1', kind: 'hard', campaignId: 'C7', subject: 'Hello' },
      },
      { type: 'email.bounced', id: 'sns1 1', data: { to: 'bob@example.com', reason: 'General' } },
    ]);
    expect(said.suppress?.map(({ address }) => address)).toEqual(['ada@example.com', 'bob@example.com']);
    const passing = { ...bounce, bounceType: 'Transient' };
    expect(read('amazon-ses', sns({ eventType: 'Bounce', mail, bounce: passing })).suppress).toEqual([]);
  });

  it('reports the rest', () => {
    const of = (eventType: string, part: object) => {
      const name = eventType[0]!.toLowerCase() + eventType.slice(1);
      return read('amazon-ses', sns({ eventType, mail, [name]: { timestamp: arrived, ...part } }));
    };
    const complained = { complainedRecipients: [{ emailAddress: 'ada@example.com' }] };
    expect(of('Complaint', complained).suppress).toMatchObject([{ reason: 'spam_reported' }]);
    expect(types(of('Complaint', { ...complained, complaintFeedbackType: 'not-spam' }))).toEqual([
      'inbound.received',
    ]);
    expect(types(of('Delivery', { recipients: ['ada@example.com'] }))).toEqual(['email.delivered']);
    expect(types(of('Open', { userAgent: 'Mail' }))).toEqual(['email.opened', 'email.opened']);
    expect(types(of('Click', { link: 'https://example.com/' }))).toEqual(['email.clicked', 'email.clicked']);
    expect(of('Subscription', { contactList: 'news' })).toMatchObject({
      events: [{ data: { list: 'news' } }, {}],
      suppress: [],
    });
    expect(types(of('Reject', { reason: 'Bad content' }))).toEqual(['email.dropped', 'email.dropped']);
    const delayedRecipients = [{ emailAddress: 'ada@example.com' }];
    expect(types(of('DeliveryDelay', { delayType: 'General', delayedRecipients }))).toEqual([
      'email.deferred',
    ]);
    expect(types(of('Send', {}))).toEqual(['inbound.received']);
  });

  it('takes a sentence for what it is', () => {
    expect(read('amazon-ses', sns('Successfully validated the topic.')).events[0]!.data).toMatchObject({
      payload: { text: 'Successfully validated the topic.' },
    });
    expect(() => read('amazon-ses', { Type: 'Notification' })).toThrow(Unreadable);
  });

  it('carries notices of a bucket as well', () => {
    const said = read('aws-s3', sns({ Records: [{ eventName: 'ObjectCreated:Put' }] }));
    expect([said.kind, types(said)]).toEqual(['ObjectCreated:Put', ['inbound.received']]);
  });
});

describe('Stripe', () => {
  const event = (type: string, object: object) => ({
    id: 'evt_1',
    type,
    created: now / 1000,
    data: { object },
  });

  it('tells of a payment that failed, in whole units', () => {
    const invoice = {
      id: 'in_1',
      amount_due: 129_050,
      currency: 'usd',
      customer: 'cus_1',
      customer_name: 'Northwind',
      attempt_count: 2,
      next_payment_attempt: now / 1000 + 3600,
      hosted_invoice_url: 'https://invoice.stripe.com/i/1',
    };
    expect(read('stripe', event('invoice.payment_failed', invoice)).events).toEqual([
      {
        type: 'payment.failed',
        id: 'evt_1',
        data: {
          id: 'in_1',
          invoiceId: 'in_1',
          customer: { id: 'cus_1', name: 'Northwind' },
          amount: 1290.5,
          currency: 'USD',
          reason: 'The payment did not go through.',
          attempt: 2,
          nextAttemptAt: '2026-11-29T13:00:00.000Z',
          paymentUrl: 'https://invoice.stripe.com/i/1',
          failedAt: arrived,
        },
      },
    ]);
    const amount = (currency: string) =>
      read('stripe', event('invoice.payment_failed', { ...invoice, currency })).events[0]!.data['amount'];
    expect([amount('jpy'), amount('kwd'), amount('eur')]).toEqual([129_050, 129.05, 1290.5]);
  });

  it('does not tell twice of one failure', () => {
    const intent = { id: 'pi_1', amount: 100, currency: 'eur', last_payment_error: { message: 'Declined.' } };
    const alone = read('stripe', event('payment_intent.payment_failed', { ...intent, invoice: null }));
    expect(alone.events[0]).toMatchObject({
      type: 'payment.failed',
      data: { reason: 'Declined.', attempt: 1 },
    });
    for (const invoice of ['in_1', undefined])
      expect(types(read('stripe', event('payment_intent.payment_failed', { ...intent, invoice })))).toEqual([
        'inbound.received',
      ]);
  });

  it('passes everything else on', () => {
    const said = read('stripe', event('customer.created', { id: 'cus_1' }));
    expect(said).toMatchObject({
      kind: 'customer.created',
      events: [{ id: 'evt_1', data: { provider: 'stripe', payload: { data: { object: { id: 'cus_1' } } } } }],
    });
    expect(() => read('stripe', { id: 'evt_1' })).toThrow(Unreadable);
  });
});

describe('Twilio', () => {
  const form = (fields: Record<string, string>) =>
    new URLSearchParams({ MessageSid: 'SM1', From: '+15005550006', To: '+16505550101', ...fields });

  it('reports messages and brings them', () => {
    expect(read('twilio', form({ MessageStatus: 'delivered' })).events).toEqual([
      {
        type: 'message.delivered',
        id: 'SM1 delivered',
        data: { id: 'SM1', conversationId: null, channel: 'sms', deliveredAt: arrived },
      },
    ]);
    expect(
      read('twilio', form({ MessageStatus: 'undelivered', ErrorCode: '30006' })).events[0]!.data,
    ).toMatchObject({
      reason: 'Twilio could not deliver it (error 30006).',
      errorCode: '30006',
    });
    const fields = {
      SmsStatus: 'received',
      From: 'whatsapp:+16505550101',
      ProfileName: 'Ada',
      Body: 'Yes',
      NumMedia: '1',
    };
    const media = { MediaUrl0: 'https://api.twilio.com/m/1', MediaContentType0: 'image/png' };
    expect(read('twilio', form({ ...fields, ...media })).events[0]!.data).toMatchObject({
      channel: 'whatsapp',
      text: 'Yes',
      from: { id: '+16505550101', name: 'Ada' },
      attachments: [{ contentType: 'image/png', bytes: null }],
    });
    expect(types(read('twilio', form({ MessageStatus: 'sent' })))).toEqual(['inbound.received']);
  });

  it('knows calls from messages', () => {
    const call = new URLSearchParams({ CallSid: 'CA1', CallStatus: 'completed' });
    expect(read('twilio', call)).toMatchObject({
      kind: 'call.completed',
      events: [{ type: 'inbound.received' }],
    });
  });
});

describe('Slack', () => {
  const message = {
    type: 'message',
    channel: 'C1',
    user: 'U1',
    text: 'a &lt;b&gt; &amp;amp;',
    ts: `${now / 1000}.000200`,
    thread_ts: `${now / 1000 - 60}.000100`,
  };
  const callback = (event: object) => ({
    token: 'verification',
    team_id: 'T1',
    type: 'event_callback',
    event_id: 'Ev1',
    event,
  });

  it('brings what a person answers in a thread', () => {
    const files = [
      { name: 'a.png', mimetype: 'image/png', size: 7, url_private: 'https://files.slack.com/a.png' },
    ];
    const said = read('slack', callback({ ...message, subtype: 'file_share', files }));
    expect(said.events).toEqual([
      {
        type: 'message.received',
        id: 'Ev1',
        data: {
          id: `C1 ${message.ts}`,
          conversationId: null,
          channel: 'slack',
          text: 'a <b> &amp;',
          attachments: [
            { name: 'a.png', contentType: 'image/png', bytes: 7, url: 'https://files.slack.com/a.png' },
          ],
          from: { id: 'U1', name: null },
          thread: { team: 'T1', channel: 'C1', ts: message.thread_ts },
          receivedAt: arrived,
        },
      },
    ]);
  });

  it('lets nothing through that a program wrote, and no edit as an answer', () => {
    expect(read('slack', callback({ ...message, bot_id: 'B1' })).events).toEqual([]);
    expect(read('slack', callback({ ...message, subtype: 'bot_message', user: undefined })).events).toEqual(
      [],
    );
    for (const change of [
      { subtype: 'message_changed' },
      { subtype: 'message_deleted' },
      { thread_ts: undefined },
      { thread_ts: message.ts },
      { type: 'reaction_added' },
    ])
      expect(types(read('slack', callback({ ...message, ...change })))).toEqual(['inbound.received']);
  });

  it('passes buttons and commands on, without the token', () => {
    const payload = JSON.stringify({ type: 'block_actions', token: 'verification', trigger_id: '1.2' });
    const button = read('slack', new URLSearchParams({ payload }));
    expect(button).toMatchObject({
      kind: 'block_actions',
      events: [{ id: '1.2', data: { payload: { type: 'block_actions' } } }],
    });
    const command = read(
      'slack',
      new URLSearchParams({ token: 'verification', command: '/jobs', text: 'x', trigger_id: '1.3' }),
    );
    expect(command).toMatchObject({ kind: '/jobs', events: [{ id: '1.3' }] });
    expect(JSON.stringify([button, command])).not.toContain('verification');
    expect(() => read('slack', new URLSearchParams({ payload: '{' }))).toThrow(Unreadable);
  });
});

describe('Calendly', () => {
  const booking = (
    fields: object = {},
    location: object | null = { type: 'zoom', join_url: 'https://zoom.us/j/1' },
  ) => ({
    uri: 'https://api.calendly.com/scheduled_events/E1/invitees/I1',
    name: 'Ada Example',
    email: 'ada@example.com',
    timezone: 'Europe/Berlin',
    scheduled_event: {
      uri: 'https://api.calendly.com/scheduled_events/E1',
      start_time: '2026-12-01T16:00:00.000000Z',
      end_time: '2026-12-01T16:30:00.000000Z',
      event_memberships: [{ user_email: 'tom@example.com', user_name: 'Tom Keller' }],
      location,
    },
    ...fields,
  });
  const sent = (event: string, payload: object) => read('calendly', { event, payload });

  it('arranges an interview', () => {
    expect(sent('invitee.created', booking()).events).toEqual([
      {
        type: 'interview.scheduled',
        id: 'invitee.created https://api.calendly.com/scheduled_events/E1/invitees/I1',
        data: {
          id: 'E1',
          jobId: null,
          candidateId: null,
          kind: 'video',
          location: null,
          videoUrl: 'https://zoom.us/j/1',
          startsAt: '2026-12-01T16:00:00.000Z',
          endsAt: '2026-12-01T16:30:00.000Z',
          timeZone: 'Europe/Berlin',
          participants: [
            { name: 'Ada Example', email: 'ada@example.com', role: 'candidate' },
            { name: 'Tom Keller', email: 'tom@example.com', role: 'interviewer' },
          ],
          scheduledBy: 'candidate',
        },
      },
    ]);
    const kind = (location: object | null) =>
      sent('invitee.created', booking({}, location)).events[0]!.data['kind'];
    expect(kind({ type: 'outbound_call', location: '+49 30 1' })).toBe('phone');
    expect(kind({ type: 'physical', location: 'Main Street 1' })).toBe('onsite');
    expect(kind({ type: 'custom', location: 'https://meet.example.com/1' })).toBe('video');
    expect(kind(null)).toBe('video');
  });

  it('calls it off, or moves it with one event', () => {
    const cancellation = { canceler_type: 'host', reason: 'Ill.', created_at: arrived };
    expect(sent('invitee.canceled', booking({ cancellation, rescheduled: false })).events[0]).toMatchObject({
      type: 'interview.cancelled',
      data: { cancelledBy: 'recruiter', reason: 'Ill.', cancelledAt: arrived },
    });
    expect(sent('invitee.canceled', booking({ cancellation, rescheduled: true })).events).toEqual([]);
    expect(types(sent('invitee.created', booking({ old_invitee: 'https://api.calendly.com/i/0' })))).toEqual([
      'interview.rescheduled',
    ]);
  });

  it('is unreadable without what an interview needs', () => {
    expect(() => sent('invitee.created', booking({ scheduled_event: {} }))).toThrow(Unreadable);
    expect(() => sent('invitee.created', booking({ email: undefined }))).toThrow(Unreadable);
  });
});

describe('those that are passed on', () => {
  it.each([
    [
      'github',
      { action: 'opened' },
      { 'x-github-event': 'issues', 'x-github-delivery': 'd1' },
      'issues.opened',
      'd1',
    ],
    ['github', {}, { 'x-github-event': 'push', 'x-github-delivery': 'd2' }, 'push', 'd2'],
    [
      'zoom',
      { event: 'meeting.ended', event_ts: 1, payload: { object: { uuid: 'u' } } },
      {},
      'meeting.ended',
      'meeting.ended 1 u',
    ],
    [
      'docusign',
      { event: 'envelope-sent', data: { envelopeId: 'e' }, generatedDateTime: 't' },
      {},
      'envelope-sent',
      'envelope-sent e t',
    ],
    ['checkr', { id: 'c', type: 'report.completed' }, {}, 'report.completed', 'c'],
    [
      'onfido',
      { payload: { action: 'check.completed', object: { id: 'o', completed_at_iso8601: 't' } } },
      {},
      'check.completed',
      'check.completed o t',
    ],
    [
      'sumsub',
      { type: 'applicantReviewed', correlationId: 'c', createdAtMs: 't' },
      {},
      'applicantReviewed',
      'applicantReviewed c t',
    ],
    [
      'shopify',
      { id: 1 },
      { 'x-shopify-topic': 'orders/create', 'x-shopify-webhook-id': 's' },
      'orders/create',
      's',
    ],
    [
      'woocommerce',
      { id: 1 },
      { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-id': '1', 'x-wc-webhook-delivery-id': 'w' },
      'order.created',
      '1 w',
    ],
    ['zendesk', { type: 'zen:event-type:ticket.created' }, {}, 'zen:event-type:ticket.created', null],
  ])('%s says what happened', (slug, body, headers, kind, id) => {
    const said = read(slug, body, headers);
    expect(said).toMatchObject({
      kind,
      events: [{ type: 'inbound.received', data: { provider: slug, kind, payload: body } }],
    });
    expect(said.events[0]!.id).toBe(id ?? said.events[0]!.id);
  });

  it('HubSpot in one event for each change', () => {
    const change = {
      eventId: 1,
      subscriptionId: 2,
      objectId: 3,
      occurredAt: 4,
      subscriptionType: 'contact.creation',
    };
    const said = read('hubspot', [
      change,
      { ...change, objectId: 5 },
      { subscriptionType: 'contact.deletion' },
    ]);
    expect(said.kind).toBe('contact.creation, contact.deletion');
    expect(said.events.map(({ id }) => id).slice(0, 2)).toEqual(['1 2 3 4', '1 2 5 4']);
  });

  it('Microsoft and Lever without what proves them', () => {
    const notices = { value: [{ id: 'n1', changeType: 'created', clientState: 'secret' }] };
    expect(read('microsoft-365', notices)).toMatchObject({ kind: 'created', events: [{ id: 'n1' }] });
    const lever = { event: 'candidateHired', token: 'nonce', triggeredAt: 1, signature: 'secret', data: {} };
    expect(read('lever', lever)).toMatchObject({ kind: 'candidateHired', events: [{ id: 'nonce' }] });
    expect(
      JSON.stringify([read('microsoft-365', notices), read('lever', lever).events[0]!.data]),
    ).not.toContain('secret');
  });
});

describe('a body', () => {
  const payloadOf = (body: object | string, headers = {}) =>
    read(null, body, headers).events[0]!.data['payload'];

  it('may be a list, lines, a form, text, or nothing', () => {
    expect(payloadOf([1, 2])).toEqual({ items: [1, 2] });
    expect(read('auth0', '{"log_id":1}\n{"log_id":2}\n').events[0]!.data['payload']).toEqual({
      items: [{ log_id: 1 }, { log_id: 2 }],
    });
    expect(payloadOf(new URLSearchParams('a=1&b=2&a=3'))).toEqual({ a: ['1', '3'], b: '2' });
    expect(payloadOf('<x/>', { 'content-type': 'text/xml' })).toEqual({ text: '<x/>' });
    expect(payloadOf('')).toEqual({});
    expect(payloadOf('7')).toEqual({ text: '7' });
    expect(() => payloadOf('{"a":')).toThrow(Unreadable);
    expect(() => payloadOf('{"a":', { 'content-type': 'text/plain' })).toThrow(Unreadable);
    expect(() => payloadOf('hello')).toThrow(Unreadable);
  });

  it('keeps no character that cannot be stored', () => {
    expect(payloadOf('{"a\\u0000":"b\\u0000\\ud800c","d":"\\ud83d\\ude00"}')).toEqual({
      'a\uFFFD': 'b\uFFFD\uFFFDc',
      d: '😀',
    });
  });

  it('is left out where it is too large or too deep for an event', () => {
    expect(payloadOf({ a: 'x'.repeat(maxEventBytes) })).toBeNull();
    expect(payloadOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeNull();
    expect(payloadOf(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`)).not.toBeNull();
  });

  it('without an id is known by itself, and by when it came', () => {
    const id = (at: number, text: string) =>
      normalizeInbound(null, { url: 'https://hub.example.com/', headers: {}, body: Buffer.from(text) }, at)
        .events[0]!.id;
    expect(id(now, '{}')).toBe(id(now, '{}'));
    expect(id(now, '{}')).not.toBe(id(now + 1, '{}'));
    expect(id(now, '{}')).not.toBe(id(now, '[]'));
  });
});
