import { createInboundSource as createOperation } from '@trunkline/contract/inbound';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadConnection } from '../../connections/load-connection.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { refusalOf } from '../../testing/refusal.ts';
import { startActionWorld } from '../../testing/sandbox-actions.ts';
import type { ActionWorld } from '../../testing/sandbox-actions.ts';
import type { TestOrganization } from '../../testing/test-app.ts';
import { Inbound } from '../../workers/inbound.ts';
import { attempt } from '../actions/attempt.ts';
import { createInboundSource } from './create-inbound-source.ts';
import { getInboundFile } from './get-inbound-file.ts';
import { listInboundMessages } from './list-inbound-messages.ts';
import { storeMessage } from './store-message.ts';

/* Mail that Amazon SES puts into a bucket, and of which its notice brings only the head. */

let world: ActionWorld;
let organization: TestOrganization;
let sourceId: string;

beforeAll(async () => {
  world = await startActionWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  organization = await world.createOrganization();
  sourceId = (await createInboundSource(admin(), createOperation.input.parse({ provider: 'amazon-ses' }))).id;
});
afterEach(() => {
  world.sandbox.setCondition('aws-s3', 'healthy');
});

const admin = () => world.as('system_admin', organization);
const bucket = () => world.sandbox.account('aws-s3').values['bucket']!;
const lines = (...all: string[]) => all.join('\r\n');
const mail = lines(
  'From: Ada <ada@acme.com>',
  'Subject: Offer',
  'Message-ID: <m1@acme.com>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Here it is.',
  '--b',
  'Content-Type: application/pdf',
  'Content-Disposition: attachment; filename="offer.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERi0=',
  '--b--',
  '',
);

/** Stores the notice of a mail under this key of the bucket. */
async function arrive(objectKey: string, bucketName = bucket()): Promise<void> {
  const notice = {
    notificationType: 'Received',
    receipt: { action: { type: 'S3', bucketName, objectKey } },
    mail: {
      source: 'ada@acme.com',
      headers: [],
      commonHeaders: { from: ['Ada <ada@acme.com>'], messageId: '<m1@acme.com>', subject: 'Offer' },
    },
  };
  await storeMessage(world.app, {
    organizationId: organization.id,
    sourceId,
    request: {
      method: 'POST',
      url: 'http://trunkline.test/webhooks/any/address',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from(
        JSON.stringify({
          Type: 'Notification',
          TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail',
          MessageId: objectKey,
          Message: JSON.stringify(notice),
        }),
      ),
    },
    client: '203.0.113.7',
    replayKey: null,
  });
}

/** Puts the mail into the bucket, as SES does. */
async function put(integrationId: string, key: string): Promise<void> {
  const connection = await tenantTransaction(world.app.pool, organization.id, (tx) =>
    loadConnection(world.app, tx, integrationId),
  );
  const input = { key, content: Buffer.from(mail).toString('base64'), contentType: 'message/rfc822' };
  const { outcome } = await attempt(world.app, connection, {
    capability: 'storage.put',
    input,
    key: '0'.repeat(32),
  });
  expect(outcome).toBe('succeeded');
}

const read = () => new Inbound(world.app).run();
const messages = async () => (await listInboundMessages(admin(), { limit: 50 })).data;

async function received(): Promise<Record<string, unknown>> {
  const { rows } = await world.app.pool.query<{ body: string }>(
    `SELECT body FROM events WHERE organization_id = $1 AND type = 'message.received'`,
    [organization.id],
  );
  expect(rows).toHaveLength(1);
  return (JSON.parse(rows[0]!.body) as { data: Record<string, unknown> }).data;
}

it('is fetched through the connection of its bucket, with its text and its files', async () => {
  const integrationId = await world.connect(organization, 'aws-s3');
  await put(integrationId, 'in/a b');
  await arrive('in/a b');
  await read();
  const [message] = await messages();
  expect(message).toMatchObject({ state: 'processed', eventCount: 2, error: null });
  const data = await received();
  expect(data).toMatchObject({
    conversationId: 'm1@acme.com',
    attachments: [{ name: 'offer.pdf', bytes: 5 }],
  });
  expect(String(data['text']).trim()).toBe('Here it is.');
  expect(await getInboundFile(admin(), { id: message!.id, file: 0 })).toEqual({
    name: 'offer.pdf',
    contentType: 'application/pdf',
    content: 'JVBERi0=',
  });
  world.sandbox.setCondition('aws-s3', 'down');
  expect((await refusalOf(getInboundFile(admin(), { id: message!.id, file: 0 }))).code).toBe(
    'provider_failed',
  );
});

it('is told of by its head where nobody has connected its bucket, and says so', async () => {
  await world.connect(organization, 'aws-s3');
  const other = await world.createOrganization();
  await world.connect(other, 'aws-s3');
  await arrive('in/other', 'another-bucket');
  await read();
  const [message] = await messages();
  expect(message).toMatchObject({
    state: 'processed',
    eventCount: 2,
    error: 'Only the head of the mail was read: no connection of Amazon S3 has its bucket another-bucket.',
  });
  expect(await received()).toMatchObject({
    text: '',
    attachments: [{ url: 's3://another-bucket/in/other' }],
  });
  expect((await refusalOf(getInboundFile(admin(), { id: message!.id, file: 0 }))).code).toBe('not_found');
});

it('is tried again while the bucket does not give it, and nothing is made of its head meanwhile', async () => {
  const integrationId = await world.connect(organization, 'aws-s3', 'Our bucket');
  await put(integrationId, 'late');
  world.sandbox.setCondition('aws-s3', 'down');
  await arrive('late');
  await read();
  const [waiting] = await messages();
  expect(waiting).toMatchObject({ state: 'queued', attempts: 1, eventCount: 0 });
  expect(waiting!.error).toContain('The mail lies in a bucket, and Our bucket did not give it:');
  world.sandbox.setCondition('aws-s3', 'healthy');
  await world.app.pool.query('UPDATE inbound_messages SET due_at = now() WHERE organization_id = $1', [
    organization.id,
  ]);
  await read();
  expect((await messages())[0]).toMatchObject({ state: 'processed', eventCount: 2, error: null });
  expect(String((await received())['text']).trim()).toBe('Here it is.');
});
