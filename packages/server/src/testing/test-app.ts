import { randomBytes } from 'node:crypto';
import { roles } from '@trunkline/contract/permissions';
import type { Role } from '@trunkline/contract/permissions';
import pg from 'pg';
import { pino } from 'pino';
import { readConfig } from '../config/env.ts';
import { Calls } from '../connections/calls.ts';
import { noteFullLimit } from '../connections/throttling.ts';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import type { App, Ctx } from '../ctx.ts';
import { LiveBus } from '../db/live-bus.ts';
import type { LiveChange } from '../db/live-bus.ts';
import { liveChannel } from '../db/live-channel.ts';
import { Engine } from '../delivery/engine.ts';
import { clientAddressHeader } from '../identity/client.ts';
import { createIdentity } from '../identity/identity.ts';
import { InboundTally } from '../inbound/tally.ts';
import { createPasswords } from '../identity/passwords.ts';
import { addMember } from '../identity/organizations.ts';
import { Sender } from '../lib/egress/client.ts';
import { Dialer } from '../lib/egress/tcp.ts';
import { createSecretBox, parseMasterKey } from '../lib/secret-box.ts';
import { createSigner } from '../lib/signer.ts';
import { createUuid7 } from '../lib/uuid7.ts';
import { LogWriter } from '../logs/log-writer.ts';
import { Measures } from '../measures/measures.ts';
import { createOrganizationWithAdministrator } from '../modules/access/create-organization.ts';
import { createTestDatabase } from './database.ts';
import { rememberingHashing } from './remembering-hashing.ts';
import type { TestDatabase } from './database.ts';

/** The password of every person that a test app makes. */
export const testPassword = 'correct horse battery';

export interface TestPerson {
  id: string;
  email: string;
  name: string;
}

export interface TestOrganization {
  id: string;
  name: string;
  /** The whole API key, and its id. */
  apiKey: string;
  apiKeyId: string;
  people: Record<Role, TestPerson>;
}

export interface TestApp {
  app: App;
  database: TestDatabase;
  /** Stands still between calls. */
  time: { now: number; advance(ms: number): void };
  /** An organization with one person of each role, an API key and its first audit records. */
  createOrganization(name?: string): Promise<TestOrganization>;
  /** A person with an account and `testPassword`, member of nothing. */
  createPerson(name?: string): Promise<TestPerson>;
  anonymous(headers?: Record<string, string>): Ctx;
  /** A person of the organization who has just proved who they are. There is no session behind it. */
  as(role: Role, organization: TestOrganization): Ctx;
  /** As {@link TestApp.as}, with a real session, its cookie in the request and its id in the actor. */
  signedIn(person: TestPerson): Promise<Ctx>;
  apiKey(organization: TestOrganization): Ctx;
  /** Somebody in a frame, with a token that is in no table. */
  portal(organization: TestOrganization, parts: readonly PortalPart[], role: Role): Ctx;
  /** All live changes of everything committed so far, oldest first, since the last call. */
  announced(): Promise<LiveChange[]>;
  close(): Promise<void>;
}

/**
 * An `App` over a database of its own: real pool, identity, secret box, live bus, sender and engine (the last
 * two not started; sending is allowed to loopback), a clock that the test moves. Call `close` when done.
 */
export async function createTestApp(overrides: Partial<App> = {}): Promise<TestApp> {
  const database = await createTestDatabase({ max: 10 });
  const time = {
    now: Date.now(),
    advance(ms: number): void {
      time.now += ms;
    },
  };
  const clock = (): number => time.now;
  const log = pino({ level: 'silent' });
  const config = readConfig({
    ...database.env,
    TRUNKLINE_PUBLIC_URL: 'http://trunkline.test',
    TRUNKLINE_EGRESS_ALLOW: '127.0.0.0/8',
    TRUNKLINE_RATE_LIMITS: 'off',
  });
  const live = new LiveBus({ url: database.directUrl, clock, log });
  const newId = createUuid7(clock, randomBytes);
  const logs = new LogWriter({
    pool: database.pool,
    clock,
    newId,
    log,
    // It comes at a time of its own, between what tests wait for.
    announce: () => {},
  });
  const masterKey = parseMasterKey(randomBytes(32).toString('hex'));
  const parts: Omit<App, 'engine' | 'calls'> = {
    config,
    version: '0.0.0-test',
    clock,
    random: Math.random,
    randomBytes,
    newId,
    log,
    tracer: null,
    span: null,
    pool: database.pool,
    secretBox: createSecretBox({ current: masterKey }),
    signer: createSigner({ current: masterKey }, 'tests'),
    egressAllow: config.egressAllow,
    sender: new Sender({ allow: config.egressAllow }),
    dialer: new Dialer({ allow: config.egressAllow }),
    identity: createIdentity({
      pool: database.pool,
      secret: 'a secret of at least thirty-two characters',
      publicUrl: config.publicUrl,
      secureCookies: false,
      clock,
      hashing: rememberingHashing,
    }),
    live,
    logs,
    inbound: new InboundTally({ pool: database.pool, clock, log, logs, live }),
    measures: new Measures({ pool: database.pool, clock, log, live }),
    reroute: (_provider, url) => url,
    resolveMx: () => Promise.reject(Object.assign(new Error('no DNS in tests'), { code: 'ENOTFOUND' })),
    resolveTxt: () => Promise.reject(Object.assign(new Error('no DNS in tests'), { code: 'ENOTFOUND' })),
    ...overrides,
  };
  const engine =
    overrides.engine ??
    new Engine({
      app: parts,
      pool: database.pool,
      publish: (organizationId, topic, ids) => parts.live.publish({ organizationId, topic, ids }),
      onGone: () => {},
      onDeadLettered: () => {},
    });
  const calls =
    overrides.calls ??
    new Calls({
      pool: database.pool,
      clock: parts.clock,
      log,
      monotonic: () => parts.dialer.clock(),
      liveNodes: () => engine.liveNodes,
      onFull: (limited, full) => noteFullLimit({ ...parts, pool: database.pool }, limited, full),
    });
  const app: App = { ...parts, engine, calls };
  await live.start();
  const recorder = await recordChanges(database.directUrl);

  let people = 0;
  let requests = 0;
  let organizations = 0;

  async function createPerson(name = `Person ${people + 1}`): Promise<TestPerson> {
    const id = app.newId();
    const email = `person${++people}@example.com`;
    const at = new Date(time.now);
    await database.pool.query(
      `WITH created AS (INSERT INTO users (id, email, name, created_at, updated_at) VALUES ($1, $2, $3, $6, $6))
       INSERT INTO accounts (id, user_id, provider_id, account_id, password, created_at, updated_at)
       VALUES ($4, $1, 'credential', $1::text, $5, $6, $6)`,
      [id, email, name, app.newId(), await passwordHash(), at],
    );
    return { id, email, name };
  }

  function context(actor: Ctx['actor'], organizationId: string | null, headers = {}): Ctx {
    const number = ++requests;
    // Every request has an address of its own, so that tests do not fill each other's failure counts.
    const ip = `10.9.${Math.floor(number / 250)}.${number % 250}`;
    return {
      app,
      actor,
      organizationId,
      request: {
        id: `request-${number}`,
        ip,
        userAgent: 'test browser',
        headers: new Headers({ [clientAddressHeader]: ip, 'user-agent': 'test browser', ...headers }),
      },
      cookies: [],
    };
  }

  return {
    app,
    database,
    time,
    createPerson,

    async createOrganization(name = `Works ${organizations + 1}`) {
      organizations += 1;
      const [administrator, editor, viewer] = [
        await createPerson(`${name} administrator`),
        await createPerson(`${name} editor`),
        await createPerson(`${name} viewer`),
      ];
      const created = await createOrganizationWithAdministrator(app, {
        name,
        administrator: { userId: administrator.id },
      });
      const organizationId = created.organizationId;
      const byRole = { system_admin: administrator, utility_admin: editor, viewer };
      for (const role of roles) {
        if (role === 'system_admin') continue;
        await addMember(database.pool, { id: app.newId(), organizationId, userId: byRole[role].id, role });
      }
      const { rows } = await database.pool.query<{ id: string }>(
        'SELECT id FROM api_keys WHERE organization_id = $1',
        [organizationId],
      );
      const apiKeyId = rows[0]?.id ?? '';
      return { id: organizationId, name, apiKey: created.apiKey, apiKeyId, people: byRole };
    },

    anonymous: (headers) => context({ type: 'anonymous' }, null, headers),

    as(role, organization) {
      const { id, name } = organization.people[role];
      const actor = { type: 'user', id, name, role, sessionId: app.newId(), freshAt: time.now } as const;
      return context(actor, organization.id);
    },

    async signedIn(person) {
      const { setCookie, session } = await app.identity.signIn({
        email: person.email,
        password: testPassword,
        headers: context({ type: 'anonymous' }, null).request.headers,
      });
      const { userId: id, name, role, sessionId, freshAt, organizationId } = session;
      return context({ type: 'user', id, name, role, sessionId, freshAt }, organizationId, {
        cookie: cookieOf(setCookie),
      });
    },

    apiKey: (organization) =>
      context({ type: 'api_key', id: organization.apiKeyId, name: 'API key', scopes: null }, organization.id),

    portal: (organization, parts, role) =>
      context(
        {
          type: 'portal',
          id: app.newId(),
          name: 'Jane via portal',
          parts,
          role,
          expiresAt: time.now + 900_000,
        },
        organization.id,
      ),

    announced: () => recorder.takeAll(),

    async close() {
      await engine.stop();
      await parts.logs.stop();
      await calls.stop();
      await parts.sender.close(0);
      await live.stop();
      await recorder.stop();
      await database.drop();
    },
  };
}

/** The `name=value` of what a browser would send back for a Set-Cookie header. */
export function cookieOf(setCookie: readonly string[]): string {
  return (setCookie[0] ?? '').split(';')[0] ?? '';
}

let hashed: Promise<string> | undefined;

/** Hashed once per process: hashing is slow on purpose. */
function passwordHash(): Promise<string> {
  return (hashed ??= createPasswords().hash(testPassword));
}

async function recordChanges(url: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  let changes: LiveChange[] = [];
  let markers = 0;
  const waiting = new Map<string, () => void>();
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === liveChannel) changes.push(JSON.parse(payload) as LiveChange);
    else waiting.get(payload)?.();
  });
  await client.connect();
  await client.query(`LISTEN ${liveChannel}; LISTEN test_marker`);
  return {
    /** Notifications arrive in the order of their commits, so what came before the marker is complete. */
    async takeAll(): Promise<LiveChange[]> {
      const marker = String(++markers);
      const arrived = new Promise<void>((resolve) => waiting.set(marker, resolve));
      await client.query(`SELECT pg_notify('test_marker', $1)`, [marker]);
      await arrived;
      const taken = changes;
      changes = [];
      return taken;
    },
    stop: () => client.end(),
  };
}
