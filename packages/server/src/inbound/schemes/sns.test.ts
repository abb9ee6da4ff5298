import { beforeEach, expect, it } from 'vitest';
import { findProvider } from '../../providers/all-providers.ts';
import { publishedSnsKey as published, signSns as signed } from '../../testing/signed-sns.ts';
import { verifyInbound } from '../verify.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem';

let fetched: string[];
beforeEach(() => {
  fetched = [];
});

type Message = Record<string, string>;
const notification: Message = {
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: topic,
  Message: '{"notificationType":"Bounce"}',
  Timestamp: '2026-11-29T11:59:58.000Z',
  SignatureVersion: '2',
  SigningCertURL: certificateUrl,
};
const subscription: Message = {
  ...notification,
  Type: 'SubscriptionConfirmation',
  Token: '2336412f37',
  Message: 'You have chosen to subscribe.',
  SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
};

function verify(message: Message, keys = [topic], at = now, slug = 'amazon-ses', values = {}) {
  const body = Buffer.from(JSON.stringify(message));
  const request = {
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: { 'content-type': 'text/plain' },
    body,
  };
  const fetchCertificate = (url: string) => {
    fetched.push(url);
    return Promise.resolve(published);
  };
  return verifyInbound(findProvider(slug)!.inbound!, request, { keys, values, now: at, fetchCertificate });
}

const refused = (reason: string) => ({ kind: 'refused', reason });

it('believes what Amazon signed for this topic', async () => {
  for (const message of [
    notification,
    { ...notification, Subject: 'Bounce' },
    { ...notification, SignatureVersion: '1' },
  ])
    expect(await verify(signed(message))).toEqual({
      kind: 'authentic',
      replayKey: 'message 22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    });
  expect(fetched).toEqual([certificateUrl, certificateUrl, certificateUrl]);
  const values = { receiver: 'amazon-ses' };
  expect(await verify(signed(notification), [topic], now, 'email-forwarding', values)).toMatchObject({
    kind: 'authentic',
  });
});

it('refuses every change of what is signed', async () => {
  const message = signed({ ...notification, Subject: 'Bounce' });
  for (const name of ['Message', 'MessageId', 'Subject', 'Timestamp', 'Signature'])
    expect([name, await verify({ ...message, [name]: `${message[name]}x` })]).toEqual([
      name,
      refused('wrong_signature'),
    ]);
  const { Subject: _subject, ...without } = message;
  expect(await verify(without)).toEqual(refused('wrong_signature'));
  expect(await verify({ ...signed(notification), Type: 'UnsubscribeConfirmation' })).toEqual(
    refused('wrong_signature'),
  );
  expect(await verify(notification)).toEqual(refused('no_signature'));
  expect(await verify({ ...signed(notification), SignatureVersion: 'constructor' })).toEqual(
    refused('wrong_signature'),
  );
});

it('refuses other topics before it fetches anything', async () => {
  expect(await verify(signed({ ...notification, TopicArn: `${topic}2` }))).toEqual(
    refused('wrong_signature'),
  );
  expect(await verify(signed(notification), [])).toEqual(refused('no_key'));
  expect(fetched).toEqual([]);
});

it.each([
  'http://sns.eu-west-1.amazonaws.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com.example.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
  'https://user@sns.eu-west-1.amazonaws.com/a.pem',
  'https://sns.eu.west.amazonaws.com/a.pem',
  'https://s3.eu-west-1.amazonaws.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com/a.txt',
  'https://169.254.169.254/a.pem',
  'no address',
])('fetches no certificate from %s', async (url) => {
  expect(await verify(signed({ ...notification, SigningCertURL: url }))).toEqual(refused('wrong_signature'));
  expect(fetched).toEqual([]);
});

it('knows the addresses in China', async () => {
  const SigningCertURL = 'https://sns.cn-north-1.amazonaws.com.cn/a.pem';
  expect(await verify(signed({ ...notification, SigningCertURL }))).toMatchObject({ kind: 'authentic' });
});

it('refuses what is older than a day or from the future', async () => {
  const at = (ms: number) => verify(signed(notification), [topic], Date.parse('2026-11-29T11:59:58Z') + ms);
  expect(await at(86_400_000)).toMatchObject({ kind: 'authentic' });
  expect(await at(86_400_001)).toEqual(refused('too_old'));
  expect(await at(-300_001)).toEqual(refused('too_new'));
});

it('says which address confirms a subscription, when it is one of SNS', async () => {
  expect(await verify(signed(subscription))).toEqual({
    kind: 'reply',
    reply: { status: 200, contentType: null, body: '' },
    confirmUrl: subscription['SubscribeURL'],
  });
  const elsewhere = signed({ ...subscription, SubscribeURL: 'https://example.com/' });
  expect(await verify(elsewhere)).toEqual(refused('not_a_webhook'));
  expect(await verify({ ...signed(subscription), SubscribeURL: `${subscription['SubscribeURL']}x` })).toEqual(
    refused('wrong_signature'),
  );
});

it('says nothing of a message whose certificate cannot be had', async () => {
  const body = Buffer.from(JSON.stringify(signed(notification)));
  const request = { method: 'POST', url: 'https://hub.example.com/', headers: {}, body };
  const how = { keys: [topic], now, fetchCertificate: () => Promise.reject(new Error('no network')) };
  await expect(verifyInbound(findProvider('aws-s3')!.inbound!, request, how)).rejects.toThrow('no network');
});
