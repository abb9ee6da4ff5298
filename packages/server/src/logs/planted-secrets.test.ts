import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { makeSshKey } from '@trunkline/sandbox/ssh-key';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshToken } from '../connections/tokens.ts';
import type { Ctx } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { Circuits } from '../delivery/circuits.ts';
import { copyBack } from '../modules/actions/copy-back.ts';
import { displacedPlace } from '../modules/actions/displaced-files.ts';
import { updateFailoverConfig } from '../modules/failover/update-failover-config.ts';
import { runAction } from '../modules/actions/run-action.ts';
import { sendEvents } from '../modules/events/send-events.ts';
import { createExchangeFile } from '../modules/exchange/create-exchange-file.ts';
import { fetchExchangeFiles } from '../modules/exchange/fetch-exchange-files.ts';
import { sendExchangeFile } from '../modules/exchange/send-exchange-file.ts';
import { uploadExchangeFile } from '../modules/exchange/upload-exchange-file.ts';
import { createInboundSource as createSourceOperation } from '@trunkline/contract/inbound';
import { Reader } from '../inbound/reader.ts';
import { claimMessages } from '../modules/inbound/claim-messages.ts';
import { createInboundSource } from '../modules/inbound/create-inbound-source.ts';
import { processMessage } from '../modules/inbound/process-message.ts';
import { mostAttempts } from '../modules/inbound/process-rules.ts';
import { storeMessage } from '../modules/inbound/store-message.ts';
import { createIntegration } from '../modules/integrations/create-integration.ts';
import { replaceCredentials } from '../modules/integrations/replace-credentials.ts';
import { testIntegration } from '../modules/integrations/test-integration.ts';
import { updateIntegration } from '../modules/integrations/update-integration.ts';
import { clearLogs } from '../modules/logs/clear-logs.ts';
import { disconnectOAuth } from '../modules/oauth/disconnect-oauth.ts';
import { createWebhook } from '../modules/webhooks/create-webhook.ts';
import { disableGoneWebhook } from '../modules/webhooks/disable-gone-webhook.ts';
import { sampleMembers } from '../lib/files/sample.ts';
import { startTestReceiver } from '../testing/delivery-app.ts';
import type { Receiver } from '../testing/delivery-app.ts';
import { eventually } from '../testing/eventually.ts';
import { startOAuthWorld } from '../testing/oauth-world.ts';
import type { OAuthWorld } from '../testing/oauth-world.ts';
import { LogSummaries } from '../workers/log-summaries.ts';
import type { LogLine } from './log-line.ts';

/*
 * LOG-3: whoever writes lines is made to write some while the other side repeats all that it was sent and tells secrets
 * of others, and people give names that hold some. Nothing of it may be in any column of log_entries.
 */

/** Secrets of somebody, in the forms in which they travel. What is secret begins with PLANT. */
const planted = [
  'Authorization: Bearer PLANTbearer0123456789abcdef',
  'authorization: Basic PLANTbasic0123456789==',
  '{"password":"PLANTpassword","client_secret":"PLANTclientsecret"}',
  'api_key=PLANTapikey0123456789',
  'access_token=PLANTaccess0123456789&refresh_token=PLANTrefresh0123456789',
  'SG.PLANTsendgridabcdef.PLANTsendgridsecret0123456789',
  'https://user:PLANTurlpassword@files.example/x',
  'https://b.s3.amazonaws.com/k?X-Amz-Credential=PLANTcredential/2026&X-Amz-Signature=PLANTsignature0123456789abcdef',
  'https://x.blob.core.windows.net/c?sv=2026&sig=PLANTsas0123456789abcdefghijklmnop%3D',
  'eyJPLANTheader.PLANTpayload.PLANTjwt',
  'whsec_PLANTwebhook0123456789',
  'tl_live_PLANTkey0123456789',
];
/** A secret that only whoever uses it knows for one. */
const credential = 'kestrel4711kept';
/** What people write in messages. */
const content = 'osprey4711wrote';

const key = makeSshKey();
let world: OAuthWorld;
let admin: Ctx;
let receiver: Receiver;
let hostile: { http: string; sftp: string; servers: Server[] };
/** Providers lead to the hostile one while it is true. */
let isHostile = false;
/** What writers gave to the log, before it is freed of secrets there. */
const given: LogLine[] = [];

/** Answers every request by all that it has received and all that it knows; `/cut` not at all. */
async function startHostile(): Promise<typeof hostile> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url?.includes('cut') === true) return request.socket.destroy();
      const { authorization = '' } = request.headers;
      // Also without the word in front, by which it would be known for a secret.
      const bare = authorization.split(' ').at(-1);
      const sent = [`key ${bare}`, authorization, request.url, Buffer.concat(chunks).toString()].join(' ');
      const text = `The partner said ${sent} ${planted.join(' ')}`;
      const limited = request.url?.includes('limited') === true;
      response.writeHead(limited ? 429 : 400, {
        'content-type': 'application/json',
        'x-request-id': 'PLANT id',
      });
      return response.end(
        JSON.stringify({
          error: 'odd_error',
          error_description: text,
          message: text,
          errors: [{ message: text }],
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  const sftp = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`The partner said ${planted.join(' ')}\r\n`);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(http, 'listening'), once(sftp, 'listening')]);
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  return {
    http: `http://127.0.0.1:${portOf(http)}`,
    sftp: `sftp://127.0.0.1:${portOf(sftp)}`,
    servers: [http, sftp],
  };
}

beforeAll(async () => {
  world = await startOAuthWorld();
  receiver = await startTestReceiver();
  hostile = await startHostile();
  const { app } = world.test;
  const { reroute } = app;
  app.reroute = (slug, url) => {
    if (url.startsWith('sftp:')) return hostile.sftp;
    const { pathname, search } = new URL(url);
    return isHostile ? `${hostile.http}${pathname}${search}` : reroute(slug, url);
  };
  const { logs } = app;
  const write = logs.write.bind(logs);
  logs.write = (line) => {
    given.push(line);
    write(line);
  };
  await app.engine.start(false);
});
afterAll(async () => {
  await world.test.app.engine.stop();
  await world.close();
  await receiver.close();
  for (const server of hostile.servers) server.close();
});

async function hostilely<T>(work: () => Promise<T>): Promise<T | undefined> {
  isHostile = true;
  try {
    return await work().catch(() => undefined);
  } finally {
    isHostile = false;
  }
}

/** A person whose name holds secrets. */
const talkative = (): Ctx =>
  ({ ...admin, actor: { ...admin.actor, name: `Ada ${planted[2]} ${planted[3]}` } }) as Ctx;

async function connected(provider: string, values: Record<string, string>, more = {}): Promise<string> {
  const { id } = await createIntegration(admin, { provider, values, check: 'skip', ...more });
  return id;
}
const sendgrid = () => connected('sendgrid', { apiKey: `SG.${credential}`, fromEmail: 'ada@example.com' });

const webhook = (path: string) =>
  createWebhook(admin, {
    name: `Hook ${planted[3]}`,
    url: receiver.url(`${path}/${credential}?token=${credential}&sig=PLANTsig0123456789abcdefghijk`),
    events: ['*'],
    status: 'active',
  });

const sftpPartner = () =>
  connected(
    'delta-dental',
    {
      sftpHost: 'sftp.example.com',
      sftpUser: 'acme_834',
      sftpPrivateKey: key.private,
      sftpHostKey: `SHA256:${'A'.repeat(43)}`,
      isaSenderId: '123456789',
      isaReceiverId: 'CARRIER01',
      groupNumber: '0012345',
    },
    { authType: 'sftp', settings: { outboxFolder: '/in', inboxFolder: '/out' } },
  );

/** Everyone who writes lines, by file: makes it do so, and names the events that have to be there then. */
const writers: Record<string, { events: string[]; work: () => Promise<void> }> = {
  'connections/log-check.ts': {
    events: ['check.failed'],
    async work() {
      const id = await sendgrid();
      const report = await hostilely(() => testIntegration(admin, { id }));
      expect(JSON.stringify(report)).toContain('The partner said');
    },
  },
  'connections/log-oauth.ts': {
    events: ['oauth.denied', 'oauth.refused', 'oauth.connected', 'oauth.renewal_failed', 'oauth.revoked'],
    async work() {
      const { sandbox, test, works } = world;
      const flow = await world.flowOf('zoom');
      const come = async (change?: (url: URL) => void) => {
        const back = await sandbox.visit((await flow.initiate()).authorizationUrl);
        await flow.comeBack(back, change);
      };
      await come(({ searchParams }) => {
        searchParams.delete('code');
        searchParams.set('error', 'access_denied');
        searchParams.set('error_description', planted.join(' '));
      });
      const back = await sandbox.visit((await flow.initiate()).authorizationUrl);
      await hostilely(() => flow.comeBack(back));
      await flow.connect();
      test.time.advance(2 * 3_600_000);
      await hostilely(() => freshToken(test.app, works.id, flow.integrationId));
      const administrator = test.as('system_admin', works);
      await hostilely(() => disconnectOAuth(administrator, { integrationId: flow.integrationId }));
    },
  },
  'modules/actions/note-attempt.ts': {
    events: ['action.failed'],
    async work() {
      const integrationId = await sendgrid();
      await hostilely(() =>
        runAction(world.test.apiKey(world.works), {
          capability: 'email.send',
          integrationId,
          to: 'jane@example.com',
          subject: `Interview ${content}`,
          text: `${content} and ${planted.join(' ')}`,
        }),
      );
    },
  },
  'modules/actions/proxy-call.ts': {
    events: ['action.proxied', 'action.proxied', 'action.proxied'],
    async work() {
      const id = await sendgrid();
      const headers = { authorization: `Bearer ${world.works.apiKey}`, 'x-password': credential };
      for (const path of ['v3/refused', 'v3/limited', 'v3/cut']) {
        const query = `token=${credential}&X-Amz-Signature=PLANTsignature0123456789abcdef`;
        await hostilely(() =>
          world.http.call('GET', `/api/v1/proxy/${id}/${path}/${credential}?${query}`, { headers }),
        );
      }
    },
  },
  'delivery/delivery-log.ts': {
    events: ['delivery.failed'],
    async work() {
      receiver.respond = ({ headers, body }, response) =>
        response
          .writeHead(500, { 'x-token': 'PLANTheader' })
          .end(`The partner said ${JSON.stringify(headers)} ${body} ${planted.join(' ')}`);
      const { id } = await webhook('/failing');
      await sendEvents(world.test.apiKey(world.works), {
        type: 'job.created',
        data: { note: `${content} ${planted.join(' ')}` },
      });
      await eventually(async () => {
        await world.test.app.logs.flush();
        const { rows } = await world.test.database.pool.query(
          `SELECT FROM log_entries WHERE webhook_id = $1 AND event = 'delivery.failed'`,
          [id],
        );
        expect(rows).toHaveLength(1);
      });
    },
  },
  'delivery/circuits.ts': {
    events: ['circuit.opened'],
    async work() {
      const { app } = world.test;
      const { id } = await webhook('/resting');
      const endpoint = (await app.engine.endpoints.load([id])).get(id)!;
      const circuits = new Circuits({
        pool: app.pool,
        log: app.log,
        logs: app.logs,
        nodeId: app.newId(),
        leaseSeconds: 30,
        attemptTimeoutSeconds: 15,
        endpoints: app.engine.endpoints,
        onProbe: () => Promise.resolve(),
        onClosed: () => undefined,
      });
      await circuits.open(endpoint);
    },
  },
  'modules/webhooks/disable-by-rule.ts': {
    events: ['webhook.disabled'],
    async work() {
      const { id, url } = await webhook('/gone');
      await disableGoneWebhook(talkative(), id, url);
    },
  },
  'modules/exchange/send-exchange-file.ts': {
    events: ['file.not_sent'],
    async work() {
      const file = await createExchangeFile(admin, {
        integrationId: await sftpPartner(),
        content: {
          kind: 'enrollment',
          members: sampleMembers(world.test.time.now, 'dental').slice(0, 3),
          sponsor: { name: 'Acme Staffing', taxId: '000000001' },
          payer: { name: 'Carrier', taxId: '000000002' },
          purpose: 'original',
          totals: false,
          characterSet: 'extended',
          accents: 'refuse',
        },
      });
      await hostilely(() => sendExchangeFile(admin, { id: file.id }));
    },
  },
  'modules/actions/copy-back.ts': {
    events: ['file.not_copied_back'],
    async work() {
      const { app } = world.test;
      const store = (name: string) =>
        connected(
          'aws-s3',
          { accessKeyId: 'AKIA', secretAccessKey: credential, region: 'eu-west-1', bucket: 'files' },
          { name },
        );
      const [primaryId, holderId] = [await store(`Bucket ${planted[3]}`), await store('Backup')];
      await updateFailoverConfig(admin, { integrationId: primaryId, backupIntegrationId: holderId });
      const id = app.newId();
      const file = {
        id,
        organizationId: world.works.id,
        primaryId,
        holderId,
        keyBox: app.secretBox.seal(`${content}.txt`, displacedPlace(world.works.id, id)),
        contentType: 'text/plain',
        bytes: 1,
        digest: Buffer.alloc(32),
        stage: 'copy' as const,
        tries: 0,
        fence: 1,
      };
      await app.pool.query(
        `INSERT INTO displaced_files (id, organization_id, primary_id, holder_id, key_hash, key_box, content_type, bytes,
           digest, stage, due_at, created_at)
         VALUES ($1, $2, $3, $4, $6, $5, 'text/plain', 1, $6, 'copy', now(), now())`,
        [id, world.works.id, primaryId, holderId, file.keyBox, file.digest],
      );
      await hostilely(() => copyBack(app, file));
    },
  },
  'modules/exchange/fetch-exchange-files.ts': {
    events: ['file.not_fetched'],
    async work() {
      const integrationId = await sftpPartner();
      await hostilely(() => fetchExchangeFiles(admin, { integrationId }));
    },
  },
  'modules/exchange/take-incoming.ts': {
    events: ['file.received'],
    async work() {
      await uploadExchangeFile(admin, {
        integrationId: await connected('fidelity', { planNumber: '54321' }, { authType: 'manual' }),
        name: `${planted[3]} ${planted[10]}.txt`,
        direction: 'incoming',
        kind: 'other',
        content: Buffer.from(`${content} ${planted.join(' ')}`).toString('base64'),
      });
    },
  },
  'inbound/tally.ts': {
    events: ['inbound.refused'],
    async work() {
      const { app } = world.test;
      const source = {
        sourceId: app.newId(),
        organizationId: world.works.id,
        integrationId: null,
        sourceName: `Source ${planted[3]}`,
      };
      app.inbound.refused(source, 'wrong_signature', '203.0.113.7');
      await app.inbound.flush();
    },
  },
  'modules/inbound/process-message.ts': {
    events: ['inbound.unreadable', 'inbound.failed'],
    async work() {
      const { app } = world.test;
      const { id: sourceId } = await createInboundSource(
        talkative(),
        createSourceOperation.input.parse({
          provider: 'generic',
          name: `Source ${planted[3]}`,
          key: credential,
        }),
      );
      const failure = new Error(`No room for ${planted.join(' ')}`);
      const full = { ...app, engine: { accept: () => Promise.reject(failure) } as never };
      for (const body of [`{"${content} ${planted.join(' ')}`, JSON.stringify({ content, planted })]) {
        const url = 'http://trunkline.test/webhooks/generic/address';
        const request = { method: 'POST', url, headers: {}, body: Buffer.from(body) };
        const source = { organizationId: world.works.id, sourceId };
        await storeMessage(app, { ...source, request, client: '203.0.113.7', replayKey: null });
      }
      await app.pool.query('UPDATE inbound_messages SET attempts = $1', [mostAttempts - 1]);
      for (const held of await claimMessages(app, 5)) await processMessage(full, new Reader(), held);
    },
  },
  'modules/integrations/log-change.ts': {
    events: ['integration.updated', 'credentials.refused'],
    async work() {
      const id = await sendgrid();
      await updateIntegration(talkative(), { id, name: `Mail ${planted[3]}` });
      await hostilely(() =>
        replaceCredentials(talkative(), {
          id,
          values: { apiKey: `SG.next.${credential}`, fromEmail: 'ada@example.com' },
          check: 'require',
        }),
      );
    },
  },
  'modules/logs/clear-logs.ts': {
    events: ['log.cleared'],
    async work() {
      await clearLogs(talkative(), { integrationId: await sendgrid() });
    },
  },
  'workers/log-summaries.ts': {
    events: ['summary.daily'],
    async work() {
      const { app, time } = world.test;
      await app.measures.flush();
      time.advance(86_400_000);
      await new LogSummaries(app).run();
    },
  },
};

/** Every line of the organization as text, with all its columns. */
async function stored(): Promise<{ event: string; text: string }[]> {
  await world.test.app.logs.flush();
  const { rows } = await world.test.database.pool.query<{ event: string; text: string }>(
    'SELECT event, to_jsonb(l)::text AS text FROM log_entries l WHERE organization_id = $1 ORDER BY id',
    [world.works.id],
  );
  return rows;
}

describe('nothing secret is in the log', () => {
  it.each(Object.entries(writers))('of what is written by %s', async (_file, { events, work }) => {
    const before = new Set((await stored()).map(({ text }) => text));
    const first = given.length;
    // Somebody who has proved who they are at the time of this test.
    admin = world.test.as('system_admin', world.works);
    await work();
    const added = (await stored()).filter(({ text }) => !before.has(text));
    for (const event of new Set(events)) {
      const wanted = events.filter((each) => each === event).length;
      const written = added.filter((line) => line.event === event).length;
      expect([event, written >= wanted]).toEqual([event, true]);
    }
    for (const { event, text } of added) {
      for (const secret of ['plant', credential, content, world.works.apiKey, key.private.slice(40, 90)]) {
        const at = text.toLowerCase().indexOf(secret.toLowerCase());
        expect([event, at === -1 ? null : text.slice(Math.max(0, at - 60), at + 60)]).toEqual([event, null]);
      }
    }
    // What is no secret by its looks, no net would find: the writers themselves leave it out.
    const told = JSON.stringify(given.slice(first));
    for (const secret of [credential, content]) expect(told).not.toContain(secret);
  });

  it('by anybody: every file that writes lines is among those above', async () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const files = (await readdir(root, { recursive: true })).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/^(testing|commands)\//.test(file),
    );
    const found: string[] = [];
    for (const file of files) {
      const source = await readFile(`${root}${file}`, 'utf8');
      if (/\blogs\??\.(?:write|prepare)\(/.test(source)) found.push(file);
    }
    expect(found.toSorted()).toEqual(Object.keys(writers).toSorted());
  });
});

it('the audit log has none of it either', async () => {
  const { pool } = world.test.app;
  const [row] = await tenantTransaction(pool, world.works.id, (tx) =>
    tx.query<{ count: number; text: string }>(
      `SELECT count(*)::int AS count, coalesce(string_agg(to_jsonb(a)::text, ''), '') AS text FROM audit_log a
       WHERE organization_id = current_organization() AND action LIKE 'integration.%'`,
    ),
  );
  expect(row!.count).toBeGreaterThan(5);
  for (const secret of [credential, content]) expect(row!.text).not.toContain(secret);
});
