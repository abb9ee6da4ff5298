import { performance } from 'node:perf_hooks';
import type { LiveTopic } from '@trunkline/contract/live';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config/env.ts';
import type { Sender } from '../lib/egress/client.ts';
import { cancel, claimDue, freeAllLeases, handBack, nextDue, renewLeases } from './claim.ts';
import type { ClaimedRow, HandBack } from './claim.ts';
import { Dispatcher } from './dispatcher.ts';
import { EndpointCache } from './endpoints.ts';
import type { EndpointParts } from './endpoints.ts';
import { Ingest } from './ingest.ts';
import type { FreshDelivery, NewEvent } from './ingest.ts';
import { isDataFault, recordResults, recordTest, storedAttempts } from './record.ts';
import type { Result } from './record.ts';
import { sendAttempt, userAgentOf } from './send-attempt.ts';
import { Statistics } from './statistics.ts';
import type { Endpoint, Lease, Outcome, StoredEvent } from './types.ts';

/** What the engine needs of the process. */
export interface EngineParts extends EndpointParts {
  random: () => number;
  newId: () => string;
  log: Logger;
  sender: Sender;
  version: string;
  config: Pick<Config, 'brand' | 'attemptTimeoutSeconds' | 'leaseSeconds'>;
}

export interface EngineOptions {
  app: EngineParts;
  /** Its own pool: a screen's slow query never waits before a delivery. */
  pool: pg.Pool;
  publish: (organizationId: string, topic: LiveTopic, ids: string[]) => void;
  /** An endpoint answered 410: it wants nothing more. */
  onGone: (organizationId: string, webhookId: string) => void;
  /** A delivery was given up. */
  onDeadLettered: (result: Result) => void;
}

const recordLimit = 500;
const retryRecordMs = 500;
/** Results that may wait to be written before sending pauses. */
const resultLimit = 5_000;
/** Deliveries in memory beyond which fresh ones are left for a later claim. */
const inHandLimit = 10_000;
const claimLimitRows = 500;
const flushEveryMs = 250;
const longestNapMs = 1_000;
/** The low-water mark of claims steps back to the beginning this often. */
const fullSweepEveryMs = 3_000;
/** Transactions that are still open may insert rows a little older than what was claimed last. */
const lowWaterSlackMs = 2_000;
const drainMs = 25_000;

/**
 * The delivery engine of one node: accept → store and lease → send → record, and the claims of what is due.
 * PostgreSQL holds the truth; what is in memory is only ever a leased copy.
 */
export class Engine {
  readonly nodeId: string;
  readonly endpoints: EndpointCache;
  readonly #app: EngineParts;
  readonly #pool: pg.Pool;
  readonly #options: EngineOptions;
  readonly #ingest: Ingest;
  readonly #dispatcher: Dispatcher;
  readonly #statistics: Statistics;
  readonly #held = new Map<string, Lease>();
  #results: Result[] = [];
  /** Results whose statement broke off: they may be written although nobody said so. */
  readonly #unsure = new WeakSet<Result>();
  #recording = false;
  #recorded: (() => void)[] = [];
  #ended = false;
  #returning = new Map<HandBack, Lease[]>();
  #handingBack: Promise<void> = Promise.resolve();
  #touched = new Map<string, { deliveries: Set<string>; deadLetters: boolean }>();
  #running = false;
  #claiming: Promise<void> | null = null;
  #claimTimer: NodeJS.Timeout | undefined;
  /** When the timer fires, in monotonic milliseconds. */
  #claimAt = 0;
  /** Somebody asked for a claim while one was running. */
  #wanted = false;
  #flushing = false;
  #renewing = false;
  #flushTimer: NodeJS.Timeout | undefined;
  #renewTimer: NodeJS.Timeout | undefined;
  #lowWater = 0;
  #lastFullSweep = -Infinity;
  readonly counters = {
    accepted: 0,
    duplicates: 0,
    succeeded: 0,
    failed: 0,
    deadLettered: 0,
    stale: 0,
    claimed: 0,
  };

  constructor(options: EngineOptions) {
    const { app } = options;
    this.#app = app;
    this.#statistics = new Statistics(app.log);
    this.#pool = options.pool;
    this.#options = options;
    this.nodeId = app.newId();
    this.endpoints = new EndpointCache(app, options.pool);
    this.#dispatcher = new Dispatcher({
      sender: app.sender,
      clock: app.clock,
      random: app.random,
      brand: app.config.brand,
      userAgent: userAgentOf(app.config.brand, app.version),
      timeoutMs: app.config.attemptTimeoutSeconds * 1000,
      leaseSeconds: app.config.leaseSeconds,
      endpoints: this.endpoints,
      onResult: (result) => this.#onResult(result),
      onHandBack: (leases, how) => this.#handBack(leases, how),
      congested: () => this.#results.length >= resultLimit,
    });
    this.#ingest = new Ingest({
      pool: options.pool,
      nodeId: this.nodeId,
      leaseSeconds: app.config.leaseSeconds,
      mayLease: () => this.#running && this.#held.size < inHandLimit,
      onFresh: (deliveries) => this.#onFresh(deliveries),
    });
  }

  /** Starts claiming. `alone`: no other process uses this database, so every lease in it is a dead process's. */
  async start(alone: boolean): Promise<void> {
    if (alone) await freeAllLeases(this.#pool);
    this.#running = true;
    this.#flushTimer = setInterval(() => void this.#flush(), flushEveryMs);
    this.#renewTimer = setInterval(() => void this.#renew(), (this.#app.config.leaseSeconds * 1000) / 3);
    this.wake();
  }

  /** Stores events and their deliveries durably. Gives the row ids of those that were there already. */
  async accept(events: NewEvent[]): Promise<Set<string>> {
    const duplicates = await this.#ingest.accept(events);
    this.counters.accepted += events.length;
    this.counters.duplicates += duplicates.size;
    return duplicates;
  }

  /** Looks for due deliveries now: something was queued outside of the engine. */
  wake(): void {
    this.#scheduleClaim(0);
  }

  /** Sends a test now, with a single attempt; the caller stored its event. */
  async sendTest(endpoint: Endpoint, event: StoredEvent): Promise<{ deliveryId: string; outcome: Outcome }> {
    const deliveryId = this.#app.newId();
    const outcome = await this.ping(endpoint, event, deliveryId);
    const lease: Lease = {
      id: deliveryId,
      fence: 0,
      organizationId: endpoint.organizationId,
      webhookId: endpoint.id,
      event,
      trigger: 'test',
      replayOf: null,
      attempts: 0,
      attemptsBefore: 0,
      claims: 0,
      renewedAt: performance.now(),
    };
    const result: Result = { lease, outcome, verdict: { state: outcome.success ? 'success' : 'failed' } };
    await recordTest(this.#pool, result);
    this.#statistics.add(result);
    this.#touch(result);
    return { deliveryId, outcome };
  }

  /** One signed request that is recorded nowhere. */
  ping(endpoint: Endpoint, event: StoredEvent, deliveryId: string): Promise<Outcome> {
    const { app } = this.#options;
    return sendAttempt(
      {
        sender: app.sender,
        clock: app.clock,
        brand: app.config.brand,
        userAgent: userAgentOf(app.config.brand, app.version),
        timeoutMs: app.config.attemptTimeoutSeconds * 1000,
      },
      endpoint,
      event,
      deliveryId,
    );
  }

  /** Finishes what is in flight, writes it, and hands back the rest; bounded in time. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#claimTimer);
    await this.#ingest.drained();
    await this.#claiming;
    await this.#dispatcher.stop(drainMs);
    await this.#allRecorded(5_000);
    this.#ended = true;
    if (this.#results.length > 0) {
      this.#app.log.error(
        { results: this.#results.length },
        'the database is away: these deliveries will be sent again',
      );
    }
    clearInterval(this.#flushTimer);
    clearInterval(this.#renewTimer);
    await this.#flush();
    await this.#statistics.flush(this.#pool);
    await this.#handingBack;
  }

  /** For /metrics. */
  gauges(): { inFlight: number; waiting: number; held: number; unrecorded: number } {
    return {
      inFlight: this.#dispatcher.inFlight,
      waiting: this.#dispatcher.waiting,
      held: this.#held.size,
      unrecorded: this.#results.length,
    };
  }

  #onFresh(deliveries: FreshDelivery[]): void {
    const now = performance.now();
    const leases: Lease[] = [];
    const versions = new Map<string, number>();
    for (const { id, webhookId, webhookVersion, event } of deliveries) {
      const lease: Lease = {
        id,
        fence: 1,
        organizationId: event.organizationId,
        webhookId,
        event,
        trigger: 'event',
        replayOf: null,
        attempts: 0,
        attemptsBefore: 0,
        claims: 1,
        renewedAt: now,
      };
      this.#held.set(id, lease);
      leases.push(lease);
      versions.set(webhookId, webhookVersion);
    }
    void this.#dispatcher.take(leases, versions);
  }

  #onResult(result: Result): void {
    this.#results.push(result);
    if (result.outcome.success) this.counters.succeeded += 1;
    else this.counters.failed += 1;
    if (result.verdict.state === 'dlq') this.counters.deadLettered += 1;
    if (!this.#recording) {
      this.#recording = true;
      setImmediate(() => void this.#record());
    }
  }

  /** One statement at a time: what finishes meanwhile is the next batch. */
  async #record(): Promise<void> {
    while (this.#results.length > 0 && !this.#ended) {
      const batch = this.#results.splice(0, recordLimit);
      const fences = batch.map((result) => result.lease.fence);
      try {
        const written = await this.#write(batch);
        batch.forEach((result, index) =>
          this.#recordedOne(result, written.has(result.lease.id), fences[index]),
        );
      } catch (error) {
        this.#app.log.warn(
          { err: error, results: batch.length },
          'results could not be recorded; trying again',
        );
        for (const result of batch) this.#unsure.add(result);
        this.#results.unshift(...batch);
        await pause(retryRecordMs);
      }
      this.#dispatcher.resume();
    }
    this.#recording = false;
    for (const resolve of this.#recorded.splice(0)) resolve();
  }

  /** Gives the ids of the deliveries whose result is written, by this statement or by one that broke off. */
  async #write(batch: Result[]): Promise<Set<string>> {
    let written: Set<string>;
    try {
      written = await recordResults(this.#pool, batch);
    } catch (error) {
      if (!isDataFault(error)) throw error;
      written = await this.#writeEach(batch);
    }
    const unsure = batch.filter((result) => this.#unsure.has(result) && !written.has(result.lease.id));
    if (unsure.length > 0) for (const id of await storedAttempts(this.#pool, unsure)) written.add(id);
    return written;
  }

  /**
   * One result that the database refuses must not stop the others. Its delivery stays leased, is claimed again,
   * and counts as crashing its worker after some claims.
   */
  async #writeEach(batch: Result[]): Promise<Set<string>> {
    const written = new Set<string>();
    for (const result of batch) {
      try {
        for (const id of await recordResults(this.#pool, [result])) written.add(id);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        this.#app.log.error({ err: error, deliveryId: result.lease.id }, 'a result cannot be recorded');
      }
    }
    return written;
  }

  #recordedOne(result: Result, written: boolean, fence: number | undefined): void {
    const { lease } = result;
    const inHand = this.#held.get(lease.id) === lease;
    if (!written && inHand && lease.fence !== fence) {
      // This node has claimed it anew meanwhile, see #takeClaimed: the result holds under the new lease.
      this.#results.push(result);
      return;
    }
    if (inHand) this.#held.delete(lease.id);
    if (!written) {
      this.counters.stale += 1;
      return;
    }
    this.#statistics.add(result);
    this.#touch(result);
    if (result.verdict.state === 'retrying') this.#scheduleClaim(result.verdict.delayMs);
    if (result.verdict.state === 'dlq') this.#options.onDeadLettered(result);
    if (result.outcome.errorCode === 'gone') {
      this.#options.onGone(result.lease.organizationId, result.lease.webhookId);
    }
  }

  #touch(result: Result): void {
    const { organizationId, webhookId, attemptsBefore } = result.lease;
    let touched = this.#touched.get(organizationId);
    if (!touched)
      this.#touched.set(organizationId, (touched = { deliveries: new Set(), deadLetters: false }));
    touched.deliveries.add(webhookId);
    if (result.verdict.state === 'dlq' || attemptsBefore > 0) touched.deadLetters = true;
  }

  /** Statistics first, so that a screen which refetches sees the new sums. */
  async #flush(): Promise<void> {
    if (this.#flushing || (this.#touched.size === 0 && !this.#statistics.pending)) return;
    this.#flushing = true;
    const touched = this.#touched;
    this.#touched = new Map();
    await this.#statistics.flush(this.#pool);
    this.#flushing = false;
    for (const [organizationId, { deliveries, deadLetters }] of touched) {
      this.#options.publish(organizationId, 'deliveries', [...deliveries].slice(0, 50));
      if (deadLetters) this.#options.publish(organizationId, 'dead_letters', []);
    }
  }

  /** Deliveries that come back one after another in one turn of the event loop share a statement. */
  #handBack(leases: Lease[], how: HandBack): void {
    if (leases.length === 0) return;
    for (const lease of leases) {
      if (this.#held.get(lease.id) === lease) this.#held.delete(lease.id);
    }
    if (this.#returning.size === 0) {
      this.#handingBack = Promise.all([this.#handingBack, this.#giveBack()]).then(() => undefined);
    }
    const returning = this.#returning.get(how);
    if (returning) returning.push(...leases);
    else this.#returning.set(how, [...leases]);
  }

  async #giveBack(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const returning = this.#returning;
    this.#returning = new Map();
    for (const [how, leases] of returning) {
      try {
        if (how === 'cancel') await cancel(this.#pool, leases);
        else await handBack(this.#pool, leases, how);
      } catch (error) {
        // It costs only time: the lease runs out and the delivery is claimed again.
        this.#app.log.warn({ err: error }, 'deliveries could not be handed back');
      }
    }
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    await this.#renewDue().catch((error: unknown) =>
      this.#app.log.warn({ err: error }, 'leases could not be renewed'),
    );
    this.#renewing = false;
  }

  async #renewDue(): Promise<void> {
    const now = performance.now();
    const third = (this.#app.config.leaseSeconds * 1000) / 3;
    const due = [...this.#held.values()].filter((lease) => now - lease.renewedAt >= third * 0.9);
    for (let start = 0; start < due.length; start += 1000) {
      const part = due.slice(start, start + 1000);
      const fences = part.map((lease) => lease.fence);
      const kept = await renewLeases(this.#pool, part, this.#app.config.leaseSeconds);
      const lost = new Set<string>();
      part.forEach((lease, index) => {
        if (kept.has(lease.id)) lease.renewedAt = now;
        else if (this.#held.get(lease.id) === lease && lease.fence === fences[index]) {
          this.#held.delete(lease.id);
          lost.add(lease.id);
        }
      });
      this.#dispatcher.dropWaiting(lost);
    }
  }

  #scheduleClaim(delayMs: number): void {
    if (!this.#running || delayMs > longestNapMs) return;
    const at = performance.now() + Math.max(0, delayMs);
    // An earlier claim stands: a stream of later wishes must not push it ahead of itself.
    if (this.#claimTimer !== undefined && this.#claimAt <= at) return;
    clearTimeout(this.#claimTimer);
    this.#claimAt = at;
    this.#claimTimer = setTimeout(() => this.#claimNow(), Math.max(0, delayMs));
  }

  #claimNow(): void {
    this.#claimTimer = undefined;
    if (!this.#running || this.#claiming) {
      this.#wanted = true;
      return;
    }
    this.#claiming = this.#claim().finally(() => {
      this.#claiming = null;
    });
  }

  /** Claims until nothing is due or enough is in hand, then naps until the next delivery falls due. */
  async #claim(): Promise<void> {
    let nap = longestNapMs;
    try {
      this.#wanted = false;
      for (;;) {
        const room = inHandLimit - this.#held.size;
        if (!this.#running) return;
        if (room < claimLimitRows) {
          nap = 20;
          break;
        }
        const started = performance.now();
        const sweep = started - this.#lastFullSweep > fullSweepEveryMs;
        if (sweep) this.#lastFullSweep = started;
        const from = sweep ? 0 : this.#lowWater;
        const rows = await claimDue(this.#pool, {
          nodeId: this.nodeId,
          leaseSeconds: this.#app.config.leaseSeconds,
          limit: claimLimitRows,
          from,
          without: this.#dispatcher.saturated(),
        });
        const latest = rows.reduce((max, row) => Math.max(max, row.dueAt.getTime()), 0);
        if (latest > 0) this.#lowWater = latest - lowWaterSlackMs;
        await this.#takeClaimed(rows);
        if (rows.length < claimLimitRows) {
          const { now, dueAt } = await nextDue(this.#pool, from);
          if (dueAt === null) nap = longestNapMs;
          else if (dueAt > now) nap = Math.min(longestNapMs, dueAt - now + 1);
          // Due, but of a webhook of which this node has enough, or in the hands of another one just now.
          else nap = rows.length === 0 ? 200 : 20;
          break;
        }
      }
    } catch (error) {
      this.#app.log.warn({ err: error }, 'due deliveries could not be claimed');
    }
    this.#scheduleClaim(this.#wanted ? 0 : nap);
  }

  async #takeClaimed(rows: readonly ClaimedRow[]): Promise<void> {
    if (rows.length === 0) return;
    this.counters.claimed += rows.length;
    const now = performance.now();
    const leases: Lease[] = [];
    const withoutEvent: Lease[] = [];
    for (const row of rows) {
      const own = this.#held.get(row.id);
      if (own) {
        // Its lease ran out while the database was away, but it is still in hand here: sent once, not twice.
        Object.assign(own, { fence: row.fence, attempts: row.attempts, claims: row.claims, renewedAt: now });
        continue;
      }
      const lease: Lease = {
        id: row.id,
        fence: row.fence,
        organizationId: row.organizationId,
        webhookId: row.webhookId,
        event: { id: row.eventId, key: row.key, type: row.type ?? '', body: row.body ?? '' },
        trigger: row.trigger,
        replayOf: row.replayOf,
        attempts: row.attempts,
        attemptsBefore: row.attemptsBefore,
        claims: row.claims,
        renewedAt: now,
      };
      if (row.body === null) withoutEvent.push(lease);
      else {
        this.#held.set(lease.id, lease);
        leases.push(lease);
      }
    }
    if (withoutEvent.length > 0) {
      this.#app.log.error(
        { deliveries: withoutEvent.map((l) => l.id) },
        'events of deliveries are gone; cancelled',
      );
      await cancel(this.#pool, withoutEvent);
    }
    await this.#dispatcher.take(leases);
  }

  #allRecorded(limitMs: number): Promise<void> {
    if (!this.#recording) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#recorded.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
