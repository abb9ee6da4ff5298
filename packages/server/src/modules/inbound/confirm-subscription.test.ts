import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { App } from '../../ctx.ts';
import { parseEgressAllow } from '../../lib/egress/allow-list.ts';
import { Sender } from '../../lib/egress/client.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { publishedSnsKey, signSns } from '../../testing/signed-sns.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../../testing/test-app.ts';
import { createInboundSource } from './create-inbound-source.ts';
import { Intake } from './intake.ts';
import { listInboundMessages } from './list-inbound-messages.ts';

/* A topic of SNS asks whether the address wants its messages; yes is said by fetching an address of Amazon. */

const topic = 'arn:aws:sns:eu-west-1:123456789012:mail';
const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem';
const confirmUrl = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37';

let test: TestApp;
let organization: TestOrganization;
let fetched: string[];

beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  organization = await test.createOrganization();
  fetched = [];
});

type Send = App['sender']['send'];

/** The certificate can be had, and everything else is sent like this. */
function intakeThat(send: Send): Intake {
  const sender = Object.assign(Object.create(test.app.sender) as App['sender'], {
    send: (async (request) => {
      const url = 'url' in request ? request.url : '';
      fetched.push(url);
      return url === certificateUrl ? answered(200, publishedSnsKey) : send(request);
    }) satisfies Send,
  });
  return new Intake({ ...test.app, sender });
}

function answered(status: number, body: string): Awaited<ReturnType<Send>> {
  return { status, body, bodyTruncated: false } as Awaited<ReturnType<Send>>;
}

async function ask(intake: Intake, changes: Record<string, string> = {}, key = topic) {
  const input = createOperation.input.parse({ provider: 'amazon-ses', key });
  const { url } = await createInboundSource(test.as('system_admin', organization), input);
  const message = signSns({
    Type: 'SubscriptionConfirmation',
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token: '2336412f37',
    TopicArn: topic,
    Message: 'You have chosen to subscribe.',
    SubscribeURL: confirmUrl,
    Timestamp: new Date(test.time.now).toISOString(),
    SignatureVersion: '2',
    SigningCertURL: certificateUrl,
    ...changes,
  });
  const source = await intake.find('amazon-ses', url.split('/').at(-1)!);
  const headers = { 'content-type': 'text/plain; charset=UTF-8' };
  const body = Buffer.from(JSON.stringify(message));
  return intake.take(source, { method: 'POST', url, headers, body }, '203.0.113.9');
}

const stored = async () =>
  (await listInboundMessages(test.as('viewer', organization), { limit: 5 })).data.length;

it('is confirmed by fetching its address, and stored nowhere', async () => {
  const intake = intakeThat(() => Promise.resolve(answered(200, '<ConfirmSubscriptionResponse/>')));
  expect(await ask(intake)).toMatchObject({ status: 200 });
  expect(fetched).toEqual([certificateUrl, confirmUrl]);
  expect(await stored()).toBe(0);
});

it('is asked for again when its address cannot be fetched', async () => {
  const intake = intakeThat(() => Promise.resolve(answered(500, '')));
  expect(await refusalOf(ask(intake))).toMatchObject({ code: 'overloaded', retryAfterSeconds: 30 });
});

it.each([
  ['an address elsewhere', { SubscribeURL: 'https://example.com/?Action=ConfirmSubscription' }],
  ['one that only looks like it', { SubscribeURL: 'https://sns.eu-west-1.amazonaws.com.example.com/' }],
  ['one without encryption', { SubscribeURL: confirmUrl.replace('https', 'http') }],
  ['a port of its own', { SubscribeURL: confirmUrl.replace('.com/', '.com:8443/') }],
])('fetches nothing for %s, also where Amazon has signed it', async (_what, changes) => {
  const intake = intakeThat(() => Promise.resolve(answered(200, '')));
  expect((await refusalOf(ask(intake, changes))).code).toBe('signature_refused');
  expect(fetched).toEqual([certificateUrl]);
});

it('fetches nothing at all for the topic of somebody else', async () => {
  const intake = intakeThat(() => Promise.resolve(answered(200, '')));
  expect((await refusalOf(ask(intake, {}, `${topic}-of-ours`))).code).toBe('signature_refused');
  expect(fetched).toEqual([]);
});

it('reaches nothing inside by a name of Amazon that leads there', async () => {
  const guarded = new Sender({
    allow: parseEgressAllow(''),
    lookup: () => Promise.resolve(['169.254.169.254']),
  });
  const error = await refusalOf(ask(intakeThat((request) => guarded.send(request))));
  expect(error).toMatchObject({ code: 'overloaded' });
  expect(error.cause).toMatchObject({ code: 'blocked' });
});
