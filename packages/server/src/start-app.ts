import { hkdfSync, randomBytes } from 'node:crypto';
import { resolveMx } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import type { Logger } from 'pino';
import type { Config } from './config/env.ts';
import { Calls } from './connections/calls.ts';
import { noteFullLimit } from './connections/throttling.ts';
import type { App } from './ctx.ts';
import { startEmbeddedPostgres } from './db/embedded.ts';
import type { EmbeddedPostgres } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { createPool } from './db/pool.ts';
import { isSameDatabase } from './db/same-database.ts';
import { Engine } from './delivery/engine.ts';
import { LiveBus } from './db/live-bus.ts';
import { createIdentity } from './identity/identity.ts';
import type { IdentityOptions } from './identity/identity.ts';
import { InboundTally } from './inbound/tally.ts';
import { Sender } from './lib/egress/client.ts';
import { Dialer } from './lib/egress/tcp.ts';
import { LogWriter } from './logs/log-writer.ts';
import { redactSecrets } from './lib/redact.ts';
import { resolveTxt } from './lib/resolve-txt.ts';
import { createSecretBox, parseMasterKey } from './lib/secret-box.ts';
import type { MasterKey } from './lib/secret-box.ts';
import { createSigner } from './lib/signer.ts';
import { createUuid7 } from './lib/uuid7.ts';
import { Measures } from './measures/measures.ts';
import type { Tracer } from './tracing/tracer.ts';
import { ApiAccess } from './modules/api-keys/api-access.ts';
import { disableGoneWebhook } from './modules/webhooks/disable-gone-webhook.ts';
import { announceDeadLetter } from './modules/events/announce-dead-letter.ts';
import { systemContext } from './system-context.ts';

export interface RunningApp {
  app: App;
  access: ApiAccess;
  /** Set when this process runs its own PostgreSQL. */
  embedded: EmbeddedPostgres | undefined;
  databaseUrl: string;
  /** Starts deliveries; separate, so that demo data can be laid first. */
  startEngine(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** See `App.reroute`. */
  reroute?: App['reroute'];
  /** A certificate authority to trust beside the known ones, in PEM. */
  ca?: string;
  /** See `App.resolveMx`. */
  resolveMx?: App['resolveMx'];
  /** See `App.resolveTxt`. */
  resolveTxt?: App['resolveTxt'];
  /** See `IdentityOptions.hashing`. */
  hashing?: IdentityOptions['hashing'];
}

/** The version of the package, for headers and documents. */
export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Structured logs to standard error; known places of secrets are removed whatever is logged. */
export function createLog(level: Config['logLevel']): Logger {
  return pino(
    {
      level,
      base: { name: 'trunkline' },
      redact: {
        paths: [
          '*.password',
          '*.secret',
          '*.key',
          '*.token',
          '*.authorization',
          '*.cookie',
          'headers',
          '*.headers',
        ],
        remove: true,
      },
      serializers: { err: describeError },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What a log line says of an error: never its other properties, which may hold a connection or a row. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: redactSecrets(String(error)) };
  return {
    type: error.name,
    message: redactSecrets(error.message),
    ...('code' in error ? { code: error.code } : {}),
    stack: redactSecrets(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/**
 * Puts one process together: database (embedded unless `DATABASE_URL` names another), migrations, keys,
 * identity, engine. Nothing listens yet.
 *
 * @throws DataFolderInUseError, ConfigError, MigrationFailedError and what the database answers
 */
export async function startApp(
  config: Config,
  log = createLog(config.logLevel),
  options: StartOptions = {},
): Promise<RunningApp> {
  const clock = Date.now;
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config, log) : undefined;
  const databaseUrl = embedded?.url ?? config.databaseUrl ?? '';
  const directUrl = config.directDatabaseUrl ?? databaseUrl;
  try {
    return await assemble(config, log, clock, { databaseUrl, directUrl }, embedded, options);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function startEmbedded(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  await mkdir(config.dataDir, { recursive: true });
  return startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => log.info({ from: 'postgres' }, message),
  });
}

async function assemble(
  config: Config,
  log: Logger,
  clock: () => number,
  { databaseUrl, directUrl }: { databaseUrl: string; directUrl: string },
  embedded: EmbeddedPostgres | undefined,
  options: StartOptions,
): Promise<RunningApp> {
  let stopping = false;
  const onConnectionError = (error: Error) => {
    // A database that is stopped right after its pools may still end their last sessions.
    if (!stopping) log.warn({ err: error }, 'a database connection broke');
  };
  const pooled = config.directDatabaseUrl !== undefined;
  const pool = createPool(databaseUrl, {
    pooled,
    max: 16,
    applicationName: 'trunkline',
    statementTimeoutMs: 30_000,
    onConnectionError,
  });
  const enginePool = createPool(databaseUrl, {
    pooled,
    max: 8,
    applicationName: 'trunkline engine',
    statementTimeoutMs: 20_000,
    onConnectionError,
  });
  const stopPools = async () => {
    stopping = true;
    await Promise.all([pool.end(), enginePool.end()]);
  };
  try {
    if (pooled && !(await isSameDatabase(pool, directUrl))) throw new OtherDatabaseError();
    const applied = await migrateThrough(directUrl, onConnectionError);
    if (applied.length > 0) log.info({ applied }, 'database migrated');
    const masterKey = config.masterKey ?? (await ownMasterKey(config.dataDir));
    const masterKeys = { current: masterKey, previous: config.previousMasterKeys };
    const secretBox = createSecretBox(masterKeys);
    const signer = createSigner(masterKeys, 'trunkline audit log');
    await requireKnownKeys(pool, (box) => secretBox.keyIdOf(box), [masterKey, ...config.previousMasterKeys]);
    const newId = createUuid7(clock, randomBytes);
    const tracer = await tracerOf(config, { clock, log });
    const sender = new Sender({
      allow: config.egressAllow,
      connectionsPerOrigin: 128,
      totalTimeoutMs: config.attemptTimeoutSeconds * 1000,
    });
    const identity = createIdentity({
      pool,
      secret: Buffer.from(hkdfSync('sha256', masterKey.key, '', 'trunkline identity', 32)).toString('hex'),
      publicUrl: config.publicUrl,
      secureCookies: config.publicUrl.startsWith('https:'),
      clock,
      hashing: options.hashing,
    });
    const live = new LiveBus({ url: directUrl, clock, log });
    const logs = new LogWriter({
      pool,
      clock,
      newId,
      log,
      announce: (organizationId) => live.publish({ organizationId, topic: 'logs' }),
    });
    const parts = {
      config,
      version,
      clock,
      random: Math.random,
      randomBytes,
      newId,
      log,
      pool,
      secretBox,
      signer,
      logs,
      tracer,
      span: null,
    };
    const measures = new Measures({ pool, clock, log, live });
    const inbound = new InboundTally({ pool, clock, log, logs, live });
    const engine: Engine = new Engine({
      app: { ...parts, sender },
      pool: enginePool,
      publish: (organizationId, topic, ids) => live.publish({ organizationId, topic, ids }),
      onGone: (organizationId, webhookId, url) => {
        disableGoneWebhook(systemContext(app, organizationId), webhookId, url).catch((error: unknown) =>
          log.error({ err: error, webhookId }, 'a webhook that answered 410 could not be switched off'),
        );
      },
      onDeadLettered: (result) => {
        announceDeadLetter(app, result).catch((error: unknown) =>
          log.warn({ err: error }, 'delivery.dead_lettered could not be sent'),
        );
      },
    });
    const dialer = new Dialer({
      allow: config.egressAllow,
      ...(options.ca !== undefined && { ca: options.ca }),
    });
    const calls = new Calls({
      pool,
      clock,
      log,
      monotonic: () => dialer.clock(),
      liveNodes: () => engine.liveNodes,
      onFull: (limited, full) => noteFullLimit(parts, limited, full),
    });
    const app: App = {
      ...parts,
      egressAllow: config.egressAllow,
      sender,
      dialer,
      calls,
      identity,
      live,
      engine,
      measures,
      inbound,
      reroute: options.reroute ?? ((_provider, url) => url),
      resolveMx: options.resolveMx ?? systemResolveMx,
      resolveTxt: options.resolveTxt ?? ((name) => resolveTxt(name)),
    };
    const access = new ApiAccess(app);
    live.onChange(({ organizationId, topic, ids }) => {
      if (topic === 'webhooks') for (const id of ids ?? []) engine.endpoints.forget(id);
      if (topic === 'retry') engine.endpoints.forgetOrganization(organizationId);
      if (topic === 'api_key') access.keys.forget(organizationId);
    });
    live.onGap(() => {
      engine.endpoints.forgetAll();
      access.keys.forget();
    });
    await live.start();
    measures.start();
    inbound.start();
    // What could not be written is kept for the next time; the process lives on without it.
    const flushLastUsed = () =>
      access.keys
        .flushLastUsed()
        .catch((error: unknown) => log.warn({ err: error }, 'uses of API keys could not be written'));
    const lastUsedTimer = setInterval(() => void flushLastUsed(), 10_000);
    access.start();
    return {
      app,
      access,
      embedded,
      databaseUrl,
      startEngine: () => engine.start(embedded !== undefined),
      stop: async () => {
        clearInterval(lastUsedTimer);
        await engine.stop();
        await flushLastUsed();
        await access.stop();
        await inbound.stop();
        await logs.stop();
        await measures.stop();
        await calls.stop();
        await sender.close(5_000);
        // After all that is recorded, and short: a collector that is away keeps nobody from ending.
        await tracer?.stop(3_000);
        await live.stop();
        await stopPools();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await stopPools();
    throw error;
  }
}

/** Null without a collector: then nothing that records spans is even loaded. */
async function tracerOf(
  config: Config,
  { clock, log }: { clock: () => number; log: Logger },
): Promise<Tracer | null> {
  if (config.tracing === undefined) return null;
  const { createTracer } = await import('./tracing/otel-tracer.ts');
  return createTracer({ config: config.tracing, version, clock, random: Math.random, randomBytes, log });
}

/** A pool of its own: a migration may take longer than any statement of normal work, and needs no pooler. */
async function migrateThrough(url: string, onConnectionError: (error: Error) => void): Promise<string[]> {
  const pool = createPool(url, { max: 1, applicationName: 'trunkline migrate', onConnectionError });
  try {
    return (await migrate(pool)).applied;
  } finally {
    await pool.end();
  }
}

async function systemResolveMx(domain: string): Promise<string[]> {
  const records = await resolveMx(domain);
  return records.sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
}

/** The master key that this installation made for itself, kept in its data folder for the owner only. */
async function ownMasterKey(dataDir: string): Promise<MasterKey> {
  const file = join(dataDir, 'secret.key');
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    await chmod(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return parseMasterKey((await readFile(file, 'utf8')).trim());
}

/**
 * Refuses to run when stored secrets need a master key that is not configured: better at the start than with
 * the first delivery.
 */
async function requireKnownKeys(
  pool: pg.Pool,
  keyIdOf: (box: Buffer) => string,
  keys: readonly MasterKey[],
): Promise<void> {
  const { rows } = await pool.query<{ box: Buffer }>(
    `(SELECT token_box AS box FROM api_keys LIMIT 100) UNION ALL
     (SELECT secret_box FROM webhooks WHERE secret_box IS NOT NULL LIMIT 100)`,
  );
  const known = new Set(keys.map((key) => key.id));
  const missing = rows.map((row) => keyIdOf(row.box)).find((id) => !known.has(id));
  if (missing !== undefined) {
    throw new MissingMasterKeyError(missing);
  }
}

/** The two addresses of the database disagree; migrations and announcements would go where nobody looks. */
export class OtherDatabaseError extends Error {
  override readonly name = 'OtherDatabaseError';

  constructor() {
    super(
      'TRUNKLINE_DIRECT_DATABASE_URL: what is announced through DATABASE_URL does not arrive there. It must lead to the same database, past the pooler.',
    );
  }
}

/** Stored secrets were encrypted with a master key that this process does not have. */
export class MissingMasterKeyError extends Error {
  override readonly name = 'MissingMasterKeyError';

  constructor(keyId: string) {
    super(
      `TRUNKLINE_SECRET_KEY: stored secrets need the master key with id ${keyId}. Give it as TRUNKLINE_SECRET_KEY, or in TRUNKLINE_PREVIOUS_SECRET_KEYS after a change of keys.`,
    );
  }
}
