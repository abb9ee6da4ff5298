import type { RetryPolicy } from '@trunkline/contract/retry';
import type pg from 'pg';
import type { SecretBox } from '../lib/secret-box.ts';
import { brandKeyOf, signingKeyOf } from '../lib/webhook-signature.ts';
import { defaultRetryConfig } from '@trunkline/contract/retry';
import type { Endpoint } from './types.ts';

interface EndpointRow {
  id: string;
  organizationId: string;
  version: number;
  enabled: boolean;
  deleted: boolean;
  url: string;
  secretBox: Buffer | null;
  previousSecretBox: Buffer | null;
  previousSecretExpiresAt: Date | null;
  retry: RetryPolicy | null;
  orgPolicy: (RetryPolicy & { enableDlq: boolean; dlqRetentionDays: number }) | null;
}

export interface EndpointParts {
  secretBox: SecretBox;
  clock: () => number;
}

/** Which row and column a webhook's secret is bound to. */
export function secretPlace(
  organizationId: string,
  webhookId: string,
  column: 'secret_box' | 'previous_secret_box',
) {
  return { organizationId, table: 'webhooks', row: webhookId, column };
}

/**
 * The node's copies of the webhooks that it delivers to. A copy is dropped when any node announces a change,
 * and read again when the ingest statement reports a newer version.
 */
export class EndpointCache {
  readonly #app: EndpointParts;
  readonly #pool: pg.Pool;
  readonly #known = new Map<string, Endpoint>();
  #loading: { ids: Set<string>; done: Promise<void> } | null = null;
  #limit = 50_000;

  constructor(app: EndpointParts, pool: pg.Pool) {
    this.#app = app;
    this.#pool = pool;
  }

  /** The copy, if it is at least of this version. */
  peek(id: string, version = 0): Endpoint | undefined {
    const endpoint = this.#known.get(id);
    return endpoint && endpoint.version >= version ? endpoint : undefined;
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  forgetOrganization(organizationId: string): void {
    for (const [id, endpoint] of this.#known) {
      if (endpoint.organizationId === organizationId) this.#known.delete(id);
    }
  }

  forgetAll(): void {
    this.#known.clear();
  }

  /** Reads webhooks, those that others ask for at the same moment in the same query. */
  async load(ids: Iterable<string>): Promise<void> {
    // What is already being read may be older than what the caller has seen: always a new round.
    this.#loading ??= this.#startRound();
    for (const id of ids) this.#loading.ids.add(id);
    await this.#loading.done;
  }

  #startRound(): { ids: Set<string>; done: Promise<void> } {
    const ids = new Set<string>();
    const done = Promise.resolve().then(async () => {
      this.#loading = null;
      await this.#read([...ids]);
    });
    return { ids, done };
  }

  async #read(ids: string[]): Promise<void> {
    const { rows } = await this.#pool.query<EndpointRow>(
      `SELECT w.id, w.organization_id AS "organizationId", w.version, w.enabled, w.deleted_at IS NOT NULL AS deleted,
              w.url, w.secret_box AS "secretBox", w.previous_secret_box AS "previousSecretBox",
              w.previous_secret_expires_at AS "previousSecretExpiresAt", w.retry,
              CASE WHEN c.organization_id IS NOT NULL THEN json_build_object(
                'retryStrategy', c.retry_strategy, 'maxRetries', c.max_retries,
                'initialDelaySeconds', c.initial_delay_seconds, 'maxDelaySeconds', c.max_delay_seconds,
                'enableJitter', c.enable_jitter, 'enableDlq', c.enable_dlq,
                'dlqRetentionDays', c.dlq_retention_days) END AS "orgPolicy"
       FROM webhooks w LEFT JOIN retry_configs c ON c.organization_id = w.organization_id
       WHERE w.id = ANY($1::uuid[])`,
      [ids],
    );
    if (this.#known.size > this.#limit) this.#known.clear();
    for (const row of rows) this.#known.set(row.id, this.#open(row));
  }

  #open(row: EndpointRow): Endpoint {
    const url = new URL(row.url);
    const secrets: string[] = [];
    if (row.secretBox) {
      secrets.push(
        this.#app.secretBox.open(row.secretBox, secretPlace(row.organizationId, row.id, 'secret_box')),
      );
    }
    const until = row.previousSecretExpiresAt?.getTime() ?? 0;
    if (row.previousSecretBox && until > this.#app.clock()) {
      secrets.push(
        this.#app.secretBox.open(
          row.previousSecretBox,
          secretPlace(row.organizationId, row.id, 'previous_secret_box'),
        ),
      );
    }
    const config = row.orgPolicy ?? defaultRetryConfig;
    return {
      id: row.id,
      organizationId: row.organizationId,
      version: row.version,
      enabled: row.enabled && !row.deleted && secrets.length > 0,
      deleted: row.deleted,
      url: row.url,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      signingKeys: secrets.map((secret) => signingKeyOf(secret)),
      brandKeys: secrets.map(brandKeyOf),
      previousKeyUntil: until,
      policy: row.retry ?? config,
      enableDlq: config.enableDlq,
      dlqRetentionDays: config.dlqRetentionDays,
    };
  }
}
