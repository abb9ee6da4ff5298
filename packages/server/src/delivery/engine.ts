import { performance } from 'node:perf_hooks';
import type { LiveTopic } from '@trunkline/contract/live';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config/env.ts';
import type { Sender } from '../lib/egress/client.ts';
import type { LogWriter } from '../logs/log-writer.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { Backlog } from './backlog.ts';
import {
  cancel,
  claimDue,
  freeAllLeases,
  freeUnknown,
  handBack,
  markSuspect,
  lowWaterSlackMs,
  nextDue,
  renewLeases,
} from './claim.ts';
import type { ClaimedRow, HandBack } from './claim.ts';
import { Circuits } from './circuits.ts';
import { DeliveryLog } from './delivery-log.ts';
import { Dispatcher } from './dispatcher.ts';
import { Hand, nowhere } from './hand.ts';
import { EndpointCache } from './endpoints.ts';
import type { EndpointParts } from './endpoints.ts';
import { Ingest } from './ingest.ts';
import type { FreshDelivery, NewEvent } from './ingest.ts';
import { Lines } from './lines.ts';
import { Nodes } from './nodes.ts';
import { Pace } from './pace.ts';
import { recordTest } from './record.ts';
import type { Result } from './record.ts';
import { Recorder } from './recorder.ts';
import { sendAttempt, userAgentOf } from './send-attempt.ts';
import { Statistics } from './statistics.ts';
import type { Endpoint, Lease, Outcome, StoredEvent } from './types.ts';

/** What the engine needs of the process. */
export interface EngineParts extends EndpointParts {
  random: () => number;
  newId: () => string;
  log: Logger;
  logs: Pick<LogWriter, 'write'>;
  sender: Sender;
  tracer: Tracer | null;
  version: string;
  config: Pick<Config, 'brand' | 'attemptTimeoutSeconds' | 'leaseSeconds' | 'sendTraceparent'>;
}

export interface EngineOptions {
  app: EngineParts;
  /** Its own pool: a screen's slow query never waits before a delivery. */
  pool: pg.Pool;
  publish: (organizationId: string, topic: LiveTopic, ids: string[]) => void;
  /** An endpoint answered 410 at this URL: it wants nothing more. */
  onGone: (organizationId: string, webhookId: string, url: string) => void;
  /** A delivery was given up. */
  onDeadLettered: (result: Result) => void;
}

/** Results that may wait to be written before sending pauses. */
const resultLimit = 5_000;
/**
 * What is in hand, by weight, beyond which fresh deliveries are left for a later claim. More than the dispatcher lets wait: what
 * endpoints that hang have waiting never keeps others from being claimed.
 */
const inHandLimit = 12_000;
const claimLimitRows = 500;
const flushEveryMs = 250;
const longestNapMs = 1_000;
/** The low-water mark of claims steps back to the beginning this often. */
const fullSweepEveryMs = 3_000;
const drainMs = 25_000;
const recordLastMs = 5_000;

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
  readonly #deliveryLog: DeliveryLog;
  readonly #backlog: Backlog;
  readonly #lines: Lines;
  readonly #pace: Pace;
  readonly #nodes: Nodes;
  readonly #recorder: Recorder;
  readonly #circuits: Circuits;
  readonly #held = new Hand();
  #returning = new Map<HandBack, Lease[]>();
  #handingBack: Promise<void> = Promise.resolve();
  #touched = new Map<string, { deliveries: Set<string>; deadLetters: boolean }>();
  #running = false;
  #stopped: Promise<void> | undefined;
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
  /** Until then there may be leases of this node that it does not know of; monotonic ms. */
  #unknownUntil = 0;
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
    this.#deliveryLog = new DeliveryLog(app);
    this.#pool = options.pool;
    this.#options = options;
    this.nodeId = app.newId();
    this.endpoints = new EndpointCache(app, options.pool);
    const { pool } = options;
    const { log } = app;
    const onFailed = (): void => this.#lostAnswer();
    const claimant = { pool, log, nodeId: this.nodeId, leaseSeconds: app.config.leaseSeconds, onFailed };
    this.#nodes = new Nodes({ pool, log, nodeId: this.nodeId, version: app.version });
    this.#pace = new Pace({
      pool,
      log,
      onReady: (webhookId, clock) =>
        clock === 'rate' ? this.#dispatcher.retry(webhookId) : this.#backlog.ask(webhookId),
    });
    this.#lines = new Lines({
      ...claimant,
      onClaimed: (rows, leasedAt) => this.#takeClaimed(rows, leasedAt),
    });
    this.#backlog = new Backlog({
      ...claimant,
      endpoints: this.endpoints,
      room: (webhookId) => (this.#held.weight < inHandLimit ? this.#dispatcher.room(webhookId) : 0),
      onKnown: (webhookId, waits) => this.#dispatcher.setBacklog(webhookId, waits),
      onClaimed: (rows, leasedAt) => this.#takeClaimed(rows, leasedAt),
      catchUp: (webhookId, organizationId, rate, rows) =>
        this.#pace.take({ webhookId, organizationId, clock: 'catch_up' }, rate, rows, rows),
      onUnused: (webhookId, rows) => this.#pace.giveBack({ webhookId, clock: 'catch_up' }, rows),
    });
    this.#dispatcher = new Dispatcher({
      sender: app.sender,
      clock: app.clock,
      random: app.random,
      brand: app.config.brand,
      userAgent: userAgentOf(app.config.brand, app.version),
      timeoutMs: app.config.attemptTimeoutSeconds * 1000,
      leaseSeconds: app.config.leaseSeconds,
      tracer: app.tracer,
      sendTraceparent: app.config.sendTraceparent,
      endpoints: this.endpoints,
      onResult: (result) => this.#onResult(result),
      onHandBack: (leases, how) => this.#handBack(leases, how),
      pace: this.#pace,
      liveNodes: () => this.#nodes.live,
      onLow: (webhookId) => this.#backlog.ask(webhookId),
      onStopped: (webhookId) => this.#backlog.forget(webhookId),
      onUnwell: (endpoint) => void this.#circuits.open(endpoint),
      onProbed: (endpoint, well) => void this.#circuits.probed(endpoint, well),
      congested: () => this.#recorder.size >= resultLimit,
      markSuspect: (lease) => markSuspect(pool, lease),
    });
    this.#recorder = new Recorder({
      pool,
      log,
      onRecorded: (result, written, fence) => this.#onRecorded(result, written, fence),
      onBatch: () => this.#dispatcher.resume(),
    });
    this.#circuits = new Circuits({
      ...claimant,
      logs: app.logs,
      attemptTimeoutSeconds: app.config.attemptTimeoutSeconds,
      endpoints: this.endpoints,
      onProbe: (rows, leasedAt) => {
        for (const { id } of rows) this.#dispatcher.probe(id);
        return this.#takeClaimed(rows, leasedAt);
      },
      onClosed: () => this.#backlog.look(),
    });
    this.#ingest = new Ingest({
      pool: options.pool,
      nodeId: this.nodeId,
      leaseSeconds: app.config.leaseSeconds,
      onFailed,
      mayLease: () => this.#running && this.#held.weight < inHandLimit,
      onFresh: (deliveries, leasedAt) => this.#onFresh(deliveries, leasedAt),
      onQueuedUp: (lines) => {
        for (const line of lines) this.#lines.move(line);
      },
    });
  }

  /** Starts claiming. `alone`: no other process uses this database, so every lease in it is a dead process's. */
  async start(alone: boolean): Promise<void> {
    if (alone) await freeAllLeases(this.#pool);
    await this.#nodes.start(alone);
    this.#running = true;
    this.#lines.start();
    this.#backlog.start();
    this.#circuits.start();
    this.#flushTimer = setInterval(() => {
      this.#deliveryLog.flush();
      void this.#flush();
    }, flushEveryMs);
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

  /**
   * Looks for due deliveries, backlogs and probes now: something was queued, switched or cleared outside of the
   * engine.
   */
  wake(): void {
    if (!this.#running) return;
    this.#scheduleClaim(0);
    this.#backlog.look();
    this.#circuits.probe();
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
      line: null,
      attempts: 0,
      attemptsBefore: 0,
      claims: 0,
      renewedAt: performance.now(),
      place: nowhere,
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

  /** Finishes what is in flight, writes it, and hands back the rest; bounded in time. Events are accepted all the same. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#claimTimer);
    await this.#ingest.drained();
    await this.#claiming;
    await Promise.all([this.#circuits.stop(), this.#backlog.stop(), this.#lines.stop()]);
    this.#pace.stop();
    await this.#dispatcher.stop(drainMs);
    const unrecorded = await this.#recorder.stop(recordLastMs);
    if (unrecorded > 0) {
      this.#app.log.error(
        { results: unrecorded },
        'the database is away: these deliveries will be sent again',
      );
    }
    clearInterval(this.#flushTimer);
    clearInterval(this.#renewTimer);
    await this.#flush();
    await this.#statistics.flush(this.#pool);
    this.#deliveryLog.flush(true);
    await this.#handingBack;
    await this.#nodes.stop();
  }

  /** Processes at work on this database, this one included. */
  get liveNodes(): number {
    return this.#nodes.live;
  }

  /** For /metrics. `nodes`: processes at work on this database. */
  gauges(): { inFlight: number; waiting: number; held: number; unrecorded: number; nodes: number } {
    return {
      inFlight: this.#dispatcher.inFlight,
      waiting: this.#dispatcher.waiting,
      held: this.#held.size,
      unrecorded: this.#recorder.size,
      nodes: this.#nodes.live,
    };
  }

  #onFresh(deliveries: FreshDelivery[], leasedAt: number): void {
    const leases: Lease[] = [];
    const versions = new Map<string, number>();
    for (const { id, webhookId, webhookVersion, line, event } of deliveries) {
      const lease: Lease = {
        id,
        fence: 1,
        organizationId: event.organizationId,
        webhookId,
        event,
        trigger: 'event',
        replayOf: null,
        line,
        attempts: 0,
        attemptsBefore: 0,
        claims: 1,
        renewedAt: leasedAt,
        place: nowhere,
      };
      this.#held.add(lease);
      leases.push(lease);
      versions.set(webhookId, webhookVersion);
    }
    void this.#dispatcher.take(leases, versions, true);
  }

  #onResult(result: Result): void {
    if (result.outcome.success) this.counters.succeeded += 1;
    else this.counters.failed += 1;
    if (result.verdict.state === 'dlq') this.counters.deadLettered += 1;
    this.#recorder.add(result);
  }

  /** True: the result is to be recorded once more. */
  #onRecorded(result: Result, written: boolean, fence: number): boolean {
    const { lease } = result;
    const inHand = this.#held.has(lease);
    // This node has claimed it anew meanwhile, see #takeClaimed: the result holds under the new lease.
    if (!written && inHand && lease.fence !== fence) return true;
    this.#held.remove(lease);
    if (!written) this.counters.stale += 1;
    else if (inHand && lease.fence !== fence) this.#goOn(result);
    else this.#settle(result);
    return false;
  }

  /**
   * What is written fell due again at once, and its next claim was answered before the record of it was: #takeClaimed took the
   * new lease for one of the attempt that is over now. It is of the next one, which nobody else would send before it ends.
   */
  #goOn(result: Result): void {
    const { lease } = result;
    const next: Lease = { ...lease, place: nowhere };
    this.#held.add(next);
    this.#settle({ ...result, lease: { ...lease, attempts: lease.attempts - 1 } });
    void this.#dispatcher.take([next]);
  }

  #settle(result: Result): void {
    const { lease } = result;
    this.#statistics.add(result);
    this.#deliveryLog.add(result);
    this.#touch(result);
    if (result.verdict.state === 'retrying') this.#scheduleClaim(result.verdict.delayMs);
    else if (lease.line !== null) this.#moveLine(lease.webhookId, lease.line);
    if (result.verdict.state === 'dlq') this.#options.onDeadLettered(result);
    if (result.outcome.errorCode === 'gone') {
      this.#options.onGone(lease.organizationId, lease.webhookId, result.outcome.url);
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
    for (const lease of leases) this.#held.remove(lease);
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
        if (how === 'cancel') await this.#cancel(leases);
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

  #lostAnswer(): void {
    this.#unknownUntil = performance.now() + this.#app.config.leaseSeconds * 1500;
  }

  async #renewDue(): Promise<void> {
    const now = performance.now();
    const third = (this.#app.config.leaseSeconds * 1000) / 3;
    const due = this.#held.leases().filter((lease) => now - lease.renewedAt >= third * 0.9);
    for (let start = 0; start < due.length; start += 1000) {
      const part = due.slice(start, start + 1000);
      const fences = part.map((lease) => lease.fence);
      const kept = await renewLeases(this.#pool, part, this.#app.config.leaseSeconds);
      const lost = new Set<string>();
      part.forEach((lease, index) => {
        if (kept.has(lease.id)) lease.renewedAt = now;
        else if (lease.fence === fences[index] && this.#held.remove(lease)) lost.add(lease.id);
      });
      this.#dispatcher.dropWaiting(lost);
    }
    if (now >= this.#unknownUntil) return;
    const claimant = { nodeId: this.nodeId, leaseSeconds: this.#app.config.leaseSeconds };
    const known = this.#held.leases().map((lease) => lease.id);
    const freed = await freeUnknown(this.#pool, claimant, known);
    if (freed > 0) {
      this.#app.log.warn(
        { deliveries: freed },
        'answers of the database were lost; their deliveries are free again',
      );
      this.wake();
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
        const room = inHandLimit - this.#held.weight;
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
          saturated: this.#dispatcher.saturated(),
        });
        const latest = rows.reduce((max, row) => Math.max(max, row.dueAt.getTime()), 0);
        if (latest > 0) this.#lowWater = latest - lowWaterSlackMs;
        await this.#takeClaimed(
          rows.filter((row) => !row.surplus),
          started,
        );
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
      this.#lostAnswer();
      this.#app.log.warn({ err: error }, 'due deliveries could not be claimed');
    }
    this.#scheduleClaim(this.#wanted ? 0 : nap);
  }

  /** `leasedAt`: monotonic ms before the claim was sent, since its leases count from its start in the database. */
  async #takeClaimed(rows: readonly ClaimedRow[], leasedAt: number): Promise<void> {
    if (rows.length === 0) return;
    this.counters.claimed += rows.length;
    const leases: Lease[] = [];
    const withoutEvent: Lease[] = [];
    // A change that this node was not told of, because its connection had gone dead, counts all the same.
    const versions = new Map<string, number>();
    const inHand = this.#held.ofDeliveries(new Set(rows.map((row) => row.id)));
    for (const row of rows) {
      if (row.webhookVersion !== null) versions.set(row.webhookId, row.webhookVersion);
      const own = inHand.get(row.id);
      if (own) {
        // Its lease ran out while the database was away, but it is still in hand here: sent once, not twice.
        Object.assign(own, {
          fence: row.fence,
          attempts: row.attempts,
          attemptsBefore: row.attemptsBefore,
          claims: row.claims,
          renewedAt: leasedAt,
        });
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
        line: row.line,
        attempts: row.attempts,
        attemptsBefore: row.attemptsBefore,
        claims: row.claims,
        renewedAt: leasedAt,
        place: nowhere,
      };
      if (row.body === null) withoutEvent.push(lease);
      else {
        this.#held.add(lease);
        leases.push(lease);
      }
    }
    if (withoutEvent.length > 0) {
      this.#app.log.error(
        { deliveries: withoutEvent.map((l) => l.id) },
        'events of deliveries are gone; cancelled',
      );
      await this.#cancel(withoutEvent);
    }
    await this.#dispatcher.take(leases, versions);
  }

  async #cancel(leases: readonly Lease[]): Promise<void> {
    await cancel(this.#pool, leases);
    for (const { webhookId, line } of leases) if (line !== null) this.#moveLine(webhookId, line);
  }

  /** A head left its line. While a line that had piled up is caught up with, the next one is taken at that rate. */
  #moveLine(webhookId: string, subject: string): void {
    const limits = this.endpoints.peek(webhookId)?.limits;
    if (limits?.catchUpPerSecond && this.#backlog.hasLines(webhookId)) this.#backlog.askLines(webhookId);
    else this.#lines.move({ webhookId, subject });
  }
}
