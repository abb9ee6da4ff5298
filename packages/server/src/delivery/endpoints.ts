import type { RetryPolicy } from '@trunkline/contract/retry';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { SecretBox, SecretPlace } from '../lib/secret-box.ts';
import { brandKeyOf, signingKeyOf } from '../lib/webhook-signature.ts';
import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { KnownEndpoint, Limits } from './types.ts';

interface EndpointRow {
  id: string;
  organizationId: string;
  name: string;
  version: number;
  enabled: boolean;
  deleted: boolean;
  paused: boolean;
  circuitOpen: boolean;
  maxConcurrency: number | null;
  ratePerSecond: number | null;
  catchUpPerSecond: number | null;
  url: string;
  secretBox: Buffer | null;
  previousSecretBox: Buffer | null;
  previousSecretExpiresAt: Date | null;
  /** Null when there are none. */
  older: { id: string; box: string; until: number }[] | null;
  retry: RetryPolicy | null;
  orgPolicy: (RetryPolicy & { enableDlq: boolean; dlqRetentionDays: number }) | null;
}

export interface EndpointParts {
  secretBox: SecretBox;
  clock: () => number;
  log: Logger;
}

/** Where a secret before the previous one is bound to. */
export function olderSecretPlace(organizationId: string, id: string) {
  return { organizationId, table: 'webhook_older_secrets', row: id, column: 'secret_box' };
}

/** Which row and column a webhook's secret is bound to. */
export function secretPlace(
  organizationId: string,
  webhookId: string,
  column: 'secret_box' | 'previous_secret_box',
) {
  return { organizationId, table: 'webhooks', row: webhookId, column };
}

/** What was forgotten since a read began: its rows may be older than that. */
interface Read {
  ids: Set<string>;
  organizations: Set<string>;
  all: boolean;
}

/**
 * The node's copies of the webhooks that it delivers to. A copy is dropped when any node announces a change,
 * and read again when the ingest statement reports a newer version.
 */
export class EndpointCache {
  readonly #app: EndpointParts;
  readonly #pool: pg.Pool;
  readonly #known = new Map<string, KnownEndpoint>();
  readonly #reads = new Set<Read>();
  #loading: { ids: Set<string>; done: Promise<Map<string, KnownEndpoint>> } | null = null;
  #limit = 50_000;

  constructor(app: EndpointParts, pool: pg.Pool) {
    this.#app = app;
    this.#pool = pool;
  }

  /** The copy, if it is at least of this version. */
  peek(id: string, version = 0): KnownEndpoint | undefined {
    const endpoint = this.#known.get(id);
    return endpoint && endpoint.version >= version ? endpoint : undefined;
  }

  forget(id: string): void {
    this.#known.delete(id);
    for (const read of this.#reads) read.ids.add(id);
  }

  forgetOrganization(organizationId: string): void {
    for (const [id, endpoint] of this.#known) {
      if (endpoint.organizationId === organizationId) this.#known.delete(id);
    }
    for (const read of this.#reads) read.organizations.add(organizationId);
  }

  forgetAll(): void {
    this.#known.clear();
    for (const read of this.#reads) read.all = true;
  }

  /**
   * Reads webhooks, those that others ask for at the same moment in the same query. What is not in the answer
   * does not exist; a copy that is in it may be forgotten again by now.
   */
  async load(ids: Iterable<string>): Promise<ReadonlyMap<string, KnownEndpoint>> {
    // What is already being read may be older than what the caller has seen: always a new round.
    this.#loading ??= this.#startRound();
    for (const id of ids) this.#loading.ids.add(id);
    return this.#loading.done;
  }

  #startRound(): { ids: Set<string>; done: Promise<Map<string, KnownEndpoint>> } {
    const ids = new Set<string>();
    const done = Promise.resolve().then(() => {
      this.#loading = null;
      return this.#read([...ids]);
    });
    return { ids, done };
  }

  /** What was announced as changed while it was being read is read once more. */
  async #read(ids: readonly string[]): Promise<Map<string, KnownEndpoint>> {
    const found = new Map<string, KnownEndpoint>();
    let left = ids;
    while (left.length > 0) {
      const read: Read = { ids: new Set(), organizations: new Set(), all: false };
      this.#reads.add(read);
      const rows = await this.#query(left).finally(() => this.#reads.delete(read));
      if (this.#known.size > this.#limit) this.#known.clear();
      const again: string[] = [];
      for (const row of rows) {
        if (read.all || read.ids.has(row.id) || read.organizations.has(row.organizationId)) {
          again.push(row.id);
          continue;
        }
        // Another read that began later may be done already.
        const endpoint = this.peek(row.id, row.version + 1) ?? this.#open(row);
        this.#known.set(row.id, endpoint);
        found.set(row.id, endpoint);
      }
      left = again;
    }
    return found;
  }

  async #query(ids: readonly string[]): Promise<EndpointRow[]> {
    const { rows } = await this.#pool.query<EndpointRow>(
      `SELECT w.id, w.organization_id AS "organizationId", w.name, w.version, w.enabled, w.deleted_at IS NOT NULL AS deleted,
              w.paused, w.circuit_open AS "circuitOpen", w.max_concurrency AS "maxConcurrency",
              w.rate_per_second AS "ratePerSecond", w.catch_up_per_second AS "catchUpPerSecond",
              w.url, w.secret_box AS "secretBox", w.previous_secret_box AS "previousSecretBox",
              w.previous_secret_expires_at AS "previousSecretExpiresAt", w.retry,
              (SELECT json_agg(json_build_object('id', o.id, 'box', encode(o.secret_box, 'base64'),
                  'until', extract(epoch FROM o.expires_at) * 1000) ORDER BY o.id DESC)
                FROM webhook_older_secrets o WHERE o.webhook_id = w.id) AS older,
              CASE WHEN c.organization_id IS NOT NULL THEN json_build_object(
                'retryStrategy', c.retry_strategy, 'maxRetries', c.max_retries,
                'initialDelaySeconds', c.initial_delay_seconds, 'maxDelaySeconds', c.max_delay_seconds,
                'enableJitter', c.enable_jitter, 'enableDlq', c.enable_dlq,
                'dlqRetentionDays', c.dlq_retention_days) END AS "orgPolicy"
       FROM webhooks w LEFT JOIN retry_configs c ON c.organization_id = w.organization_id
       WHERE w.id = ANY($1::uuid[])`,
      [ids],
    );
    return rows;
  }

  #open(row: EndpointRow): KnownEndpoint {
    const url = new URL(row.url);
    const current = this.#secretOf(row, 'secret_box', row.secretBox);
    const secrets = [{ secret: current, until: Infinity }, ...this.#formerOf(row)].filter(isOpen);
    const config = row.orgPolicy ?? defaultRetryConfig;
    const wanted = row.enabled && !row.deleted && !row.paused;
    return {
      id: row.id,
      organizationId: row.organizationId,
      name: row.name,
      flows: wanted && !row.circuitOpen,
      probing: wanted && row.circuitOpen,
      limits: limitsOf(row),
      version: row.version,
      enabled: row.enabled && !row.deleted,
      deleted: row.deleted,
      locked: current === undefined,
      url: row.url,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      signingKeys: secrets.map(({ secret }) => signingKeyOf(secret)),
      brandKeys: secrets.slice(0, 1).map(({ secret }) => brandKeyOf(secret)),
      keysUntil: secrets.map(({ until }) => until),
      policy: row.retry ?? config,
      enableDlq: config.enableDlq,
      dlqRetentionDays: config.dlqRetentionDays,
    };
  }

  /** Secrets that were replaced and are still valid, newest first. */
  #formerOf(row: EndpointRow): MaybeSecret[] {
    const now = this.#app.clock();
    const former: MaybeSecret[] = [];
    const until = row.previousSecretExpiresAt?.getTime() ?? 0;
    if (until > now)
      former.push({ secret: this.#secretOf(row, 'previous_secret_box', row.previousSecretBox), until });
    for (const older of row.older ?? []) {
      if (older.until <= now) continue;
      const place = olderSecretPlace(row.organizationId, older.id);
      const secret = this.#openBox(row, place, Buffer.from(older.box, 'base64'));
      former.push({ secret, until: older.until });
    }
    return former;
  }

  #secretOf(
    row: EndpointRow,
    column: 'secret_box' | 'previous_secret_box',
    box: Buffer | null,
  ): string | undefined {
    return box === null
      ? undefined
      : this.#openBox(row, secretPlace(row.organizationId, row.id, column), box);
  }

  /** One webhook whose secret does not open must not stop the others that are read with it. */
  #openBox(row: EndpointRow, place: SecretPlace, box: Buffer): string | undefined {
    try {
      return this.#app.secretBox.open(box, place);
    } catch (error) {
      const { column } = place;
      this.#app.log.error({ err: error, webhookId: row.id, column }, 'a signing secret cannot be opened');
      return undefined;
    }
  }
}

/** Undefined where it cannot be opened; `until` in milliseconds since the epoch. */
interface MaybeSecret {
  secret: string | undefined;
  until: number;
}

const isOpen = (one: MaybeSecret): one is { secret: string; until: number } => one.secret !== undefined;

function limitsOf({ maxConcurrency, ratePerSecond, catchUpPerSecond }: EndpointRow): Limits | null {
  if (maxConcurrency === null && ratePerSecond === null && catchUpPerSecond === null) return null;
  return { maxConcurrency, ratePerSecond, catchUpPerSecond };
}
