import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../testing/database.ts';
import type { TestDatabase } from '../testing/database.ts';
import { eventually } from '../testing/eventually.ts';
import { LiveBus } from './live-bus.ts';

let database: TestDatabase;
let path: Path;
let bus: LiveBus;

beforeEach(async () => {
  database = await createTestDatabase();
  path = await openPath(Number(new URL(database.directUrl).port));
});

afterEach(async () => {
  await bus.stop();
  await path.close();
  await database.drop();
});

describe('a connection that went dead in silence', () => {
  it('is noticed and made anew', async () => {
    const url = new URL(database.directUrl);
    url.port = String(path.port);
    bus = new LiveBus({
      url: url.href,
      clock: Date.now,
      log: pino({ level: 'silent' }),
      aliveEveryMs: 100,
      patienceMs: 300,
    });
    let gaps = 0;
    const heard: (string[] | undefined)[] = [];
    bus.onGap(() => {
      gaps += 1;
    });
    bus.onChange(({ ids }) => heard.push(ids));
    await bus.start();
    path.abandon();
    await eventually(() => expect(gaps).toBe(1));
    bus.publish({ organizationId: 'one', topic: 'webhooks', ids: ['after'] });
    await eventually(() => expect(heard).toEqual([['after']]));
  });
});

it('sends together what waits, without losing or mixing any of it', async () => {
  bus = new LiveBus({ url: database.directUrl, clock: Date.now, log: pino({ level: 'silent' }) });
  const heard: [string, string[] | undefined][] = [];
  bus.onChange(({ organizationId, topic, ids }) => heard.push([`${organizationId} ${topic}`, ids]));
  await bus.start();
  const ids = Array.from({ length: 250 }, (_, index) => `id ${index}`);
  for (const id of ids) bus.publish({ organizationId: 'one', topic: 'actions', ids: [id] });
  bus.publish({ organizationId: 'two', topic: 'actions', ids: ['other'] });
  bus.publish({ organizationId: 'one', topic: 'actions' });
  bus.publish({ organizationId: 'one', topic: 'webhooks', ids: ['last'] });
  await eventually(() => expect(heard.at(-1)).toEqual(['one webhooks', ['last']]));
  const actions = heard.filter(([kind, some]) => kind === 'one actions' && some !== undefined);
  expect(actions.flatMap(([, some]) => some)).toEqual(ids);
  expect(actions.length).toBeLessThan(10);
  expect(heard).toContainEqual(['two actions', ['other']]);
  expect(heard).toContainEqual(['one actions', undefined]);
});

interface Path {
  port: number;
  /** The far side of every open connection ends, and the near side never hears of it. */
  abandon(): void;
  close(): Promise<void>;
}

/** A way to the database that can lose its far end. */
async function openPath(target: number): Promise<Path> {
  const pairs = new Set<[Socket, Socket]>();
  const nearSides = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    nearSides.add(near);
    for (const socket of pair) socket.on('error', () => undefined);
    near.on('data', (chunk) => far.write(chunk)).on('close', () => far.destroy());
    far.on('data', (chunk) => near.write(chunk)).on('close', () => pairs.has(pair) && near.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    abandon: () => {
      for (const pair of pairs) {
        pairs.delete(pair);
        pair[1].destroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const near of nearSides) near.destroy();
      }),
  };
}
