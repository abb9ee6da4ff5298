import { LiveMessage } from '@trunkline/contract/live';
import type { z } from 'zod';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveBus } from '../db/live-bus.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { Engine } from '../delivery/engine.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp, TestOrganization } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';

let test: TestApp;
let http: TestHttp;
/** A second process: its own server and its own bus over the same database. */
let second: TestHttp;
let secondBus: LiveBus;
let mine: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  test = await createTestApp();
  const times = { pingEveryMs: 20, checkEveryMs: 20 };
  http = await startTestHttp(test.app, times);
  const { app } = test;
  secondBus = new LiveBus({ url: test.database.directUrl, clock: app.clock, log: app.log });
  await secondBus.start();
  const engine = new Engine({
    app,
    pool: test.database.pool,
    publish: (organizationId, topic, ids) => secondBus.publish({ organizationId, topic, ids }),
    onGone: () => {},
    onDeadLettered: () => {},
  });
  second = await startTestHttp({ ...app, live: secondBus, engine }, times);
  mine = await test.createOrganization('Mine');
  other = await test.createOrganization('Other');
});
afterAll(async () => {
  await http?.close();
  await second?.close();
  await secondBus?.stop();
  await test?.close();
});

interface Stream {
  response: Response;
  /** Reads until this text has come; gives everything read so far. */
  until(text: string): Promise<string>;
  /** Reads to the end of the stream. */
  end(): Promise<string>;
  messages(): z.infer<typeof LiveMessage>[];
  cancel(): Promise<void>;
}

const open: Stream[] = [];
afterEach(async () => {
  for (const stream of open.splice(0)) await stream.cancel();
});

async function openStream(server: TestHttp, headers: Record<string, string>): Promise<Stream> {
  const response = await fetch(`${server.url}/api/live`, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  const read = async (stop: () => boolean): Promise<string> => {
    while (!stop()) {
      const part = await reader?.read();
      if (!part || part.done) break;
      seen += part.value;
    }
    return seen;
  };
  const stream: Stream = {
    response,
    until: (text) => read(() => seen.includes(text)),
    end: () => read(() => false),
    messages: () =>
      [...seen.matchAll(/^data: (.*)$/gm)].map((match) => LiveMessage.parse(JSON.parse(match[1] ?? ''))),
    cancel: async () => {
      await reader?.cancel().catch(() => undefined);
    },
  };
  open.push(stream);
  if (response.status === 200) await stream.until(': connected\n\n');
  return stream;
}

/** A change of one organization, announced as a committed transaction does. */
function change(organization: TestOrganization, id: string): Promise<void> {
  return tenantTransaction(test.app.pool, organization.id, async (tx) => tx.announce('webhooks', [id]));
}

describe('GET /api/live', () => {
  it('is a stream of server-sent events that nothing stores or buffers', async () => {
    const stream = await openStream(http, await http.signIn(mine.people.viewer));
    const { headers } = stream.response;
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(await stream.until(': ping')).toMatch(/^retry: 2000\n: connected\n\n(: ping\n\n)+/);
  });

  it('needs a session in an organization', async () => {
    const statusOf = async (headers: Record<string, string>) =>
      (await openStream(http, headers)).response.status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ authorization: `Bearer ${mine.apiKey}` })).toBe(401);
    const homeless = await test.createPerson();
    expect(await statusOf(await http.signIn(homeless))).toBe(403);
  });

  it('tells members of the organization, in every process, and nobody else', async () => {
    const session = await http.signIn(mine.people.viewer);
    const here = await openStream(http, session);
    const there = await openStream(second, session);
    const stranger = await openStream(second, await http.signIn(other.people.system_admin));
    await change(mine, 'first');
    await change(other, 'second');
    await change(mine, 'third');
    await here.until('third');
    await there.until('third');
    // Changes arrive in order, so the first one would be here by now.
    await stranger.until('second');
    const idsOf = (stream: Stream) => stream.messages().flatMap(({ ids }) => ids ?? []);
    expect([idsOf(here), idsOf(there), idsOf(stranger)]).toEqual([
      ['first', 'third'],
      ['first', 'third'],
      ['second'],
    ]);
  });

  it('tells of changes made by a request to another process', async () => {
    const stream = await openStream(second, await http.signIn(mine.people.viewer));
    const body = { name: 'New', url: 'http://127.0.0.1:9/', events: ['*'] };
    const headers = { authorization: `Bearer ${mine.apiKey}` };
    const created = await http.call('POST', '/api/v1/webhooks', { headers, body });
    const { id } = created.json as { id: string };
    await stream.until(id);
    await stream.until('"audit"');
    expect(stream.messages()).toContainEqual({
      topic: 'webhooks',
      ids: [id],
      at: expect.any(String) as unknown,
    });
  });

  it('ends when the membership, the session or the organization of the session does', async () => {
    const admin = await http.signIn(mine.people.system_admin);
    const headersOf = async () => {
      const person = await test.createPerson();
      const { pool } = test.database;
      for (const organization of [mine, other]) {
        await pool.query(
          `INSERT INTO members (id, organization_id, user_id, role, created_at) VALUES ($1, $2, $3, 'viewer', $4)`,
          [test.app.newId(), organization.id, person.id, new Date(test.time.now)],
        );
        test.time.advance(1);
      }
      return { person, headers: await http.signIn(person) };
    };
    const [removed, gone, moved] = [await headersOf(), await headersOf(), await headersOf()];
    const streams = [
      await openStream(http, removed.headers),
      await openStream(second, gone.headers),
      await openStream(second, moved.headers),
    ];
    const remove = { headers: admin, body: { userId: removed.person.id } };
    expect((await http.call('POST', '/api/trpc/access.removeMember', remove)).status).toBe(200);
    await http.call('POST', '/api/trpc/access.signOut', { headers: gone.headers, body: {} });
    const move = { headers: moved.headers, body: { organizationId: other.id } };
    expect((await http.call('POST', '/api/trpc/access.switchOrganization', move)).status).toBe(200);
    for (const stream of streams) await stream.end();
    await change(mine, 'after the end');
    for (const stream of streams) expect(JSON.stringify(stream.messages())).not.toContain('after the end');
  });

  it('ends at once when the server closes', async () => {
    const third = await startTestHttp(test.app);
    const stream = await openStream(third, await http.signIn(mine.people.viewer));
    const closed = third.http.close(60_000);
    await stream.end();
    await closed;
  });
});
