import { performance } from 'node:perf_hooks';
import { FailureRow, healthOf } from './circuit.ts';
import { beginAttemptSpan, endAttemptSpan, traceparentFor } from './attempt-span.ts';
import type { HandBack } from './claim.ts';
import { weightOf } from './hand.ts';
import { Suspects } from './suspects.ts';
import { claimLimit, verdictOf } from './verdict.ts';
import { sendAttempt } from './send-attempt.ts';
import type { AttemptSender } from './send-attempt.ts';
import type { Span, Tracer } from '../tracing/tracer.ts';
import type { EndpointCache } from './endpoints.ts';
import type { Pace } from './pace.ts';
import type { Result } from './record.ts';
import type { KnownEndpoint, Lease, Limits, Outcome } from './types.ts';

export interface DispatcherOptions extends AttemptSender {
  endpoints: EndpointCache;
  random: () => number;
  leaseSeconds: number;
  /** Null: no attempt is traced. */
  tracer: Tracer | null;
  /** Endpoints are told of the span of an attempt. */
  sendTraceparent: boolean;
  /** Requests in flight at once, over all endpoints. */
  inFlightLimit?: number;
  /** Requests in flight at once to one endpoint. */
  windowLimit?: number;
  /** Deliveries of one endpoint that may wait in memory. */
  waitingPerEndpoint?: number;
  /** What may wait in memory over all endpoints, by weight. */
  waitingLimit?: number;
  /** See `Suspects`. */
  markSuspect: (lease: Lease) => Promise<boolean>;
  onResult: (result: Result) => void;
  /** Deliveries that cannot go out from here now. */
  onHandBack: (leases: Lease[], how: HandBack) => void;
  /** Rates, and among how many nodes a bound on requests in flight is divided. */
  pace: Pick<Pace, 'take'>;
  liveNodes: () => number;
  /** The lane of an endpoint runs low, and its backlog has more. */
  onLow: (webhookId: string) => void;
  /** The endpoint does not flow. */
  onStopped: (webhookId: string) => void;
  /** An endpoint has failed so often in a row that its circuit should open. */
  onUnwell: (endpoint: KnownEndpoint) => void;
  onProbed: (endpoint: KnownEndpoint, well: boolean) => void;
  /** True while results wait to be recorded beyond the bound. */
  congested: () => boolean;
}

/** The deliveries of one endpoint that this node has in hand. */
interface Lane {
  endpointId: string;
  /** Null up to its head, so that nothing that is over is kept. */
  waiting: (Lease | null)[];
  /** Index of the head of `waiting`; the array is cut now and then. */
  head: number;
  /** Of what waits, see `weightOf`. */
  weight: number;
  inFlight: number;
  /** Requests that may be in flight; grows with success and shrinks when the endpoint does not answer. */
  window: number;
  queued: boolean;
  /** Its webhook changed and is being read again. */
  reading: boolean;
  /** Deliveries that may wait here. */
  limit: number;
  /** More of it lies in its backlog; asked for already. */
  backlog: boolean;
  asked: boolean;
  /** What is taken out of its backlog has a rate of its own. */
  catchesUp: boolean;
  failures: FailureRow | null;
}

const firstWindow = 8;
/** In windows: a lane asks for more of its backlog when no more than this waits, and up to how much it takes. */
const low = 2;
const full = 6;
/** Of an endpoint with a rate, no more than this waits in memory. */
const limitSeconds = 3;
const leastLimit = 8;

/**
 * Sends what this node has leased. Every endpoint has its own lane and window, and lanes take turns, so a slow
 * endpoint holds up nobody else (WH-10).
 */
export class Dispatcher {
  readonly #options: Required<DispatcherOptions>;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that have something to send and room in their window, in turn. */
  readonly #ready: Lane[] = [];
  readonly #suspects: Suspects;
  #inFlight = 0;
  #waiting = 0;
  #waitingWeight = 0;
  #stopping = false;
  #idle: (() => void)[] = [];
  /** Webhooks being read for deliveries that are neither waiting nor in flight meanwhile. */
  readonly #reading = new Set<Promise<void>>();
  /** Deliveries that are sent although the circuit is open. */
  readonly #probes = new Set<string>();

  constructor(options: DispatcherOptions) {
    this.#options = {
      inFlightLimit: 1024,
      windowLimit: 128,
      waitingPerEndpoint: 5_000,
      waitingLimit: 10_000,
      ...options,
    };
    this.#suspects = new Suspects(async (lease) =>
      this.#stopping || this.#tooOld(lease) ? false : options.markSuspect(lease),
    );
  }

  /** Deliveries waiting in memory. */
  get waiting(): number {
    return this.#waiting;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Endpoints of which this node has as much in hand as it wants. */
  saturated(): string[] {
    const ids: string[] = [];
    for (const lane of this.#lanes.values())
      if (lane.waiting.length - lane.head > lane.limit / 2 || lane.weight > this.#share() / 2)
        ids.push(lane.endpointId);
    return ids;
  }

  /** How many deliveries out of its backlog an endpoint's lane has room for. */
  room(webhookId: string): number {
    const lane = this.#lanes.get(webhookId);
    if (this.#stopping) return 0;
    if (!lane) return firstWindow * full;
    const waiting = lane.waiting.length - lane.head;
    return Math.max(
      0,
      Math.min(lane.window * full - waiting, lane.limit - waiting, this.#share() - lane.weight),
    );
  }

  /** Whether an endpoint's backlog has more than was asked for. */
  setBacklog(webhookId: string, waits: boolean): void {
    let lane = this.#lanes.get(webhookId);
    if (!lane) {
      if (!waits) return;
      lane = this.#open(webhookId);
    }
    lane.backlog = waits;
    lane.asked = false;
  }

  /** Lets one delivery pass the open circuit of its endpoint; it is taken right after. */
  probe(deliveryId: string): void {
    this.#probes.add(deliveryId);
  }

  /** Tokens of its rate may be there. */
  retry(webhookId: string): void {
    const lane = this.#lanes.get(webhookId);
    if (!lane) return;
    this.#makeReady(lane);
    this.#pump();
  }

  /**
   * Takes leased deliveries, reading the endpoints that are not known yet in the versions needed. `fresh`: the deliveries are
   * new.
   */
  async take(leases: readonly Lease[], versions?: ReadonlyMap<string, number>, fresh = false): Promise<void> {
    const missing = new Set<string>();
    for (const lease of leases) {
      if (!this.#options.endpoints.peek(lease.webhookId, versions?.get(lease.webhookId)))
        missing.add(lease.webhookId);
    }
    if (missing.size === 0) this.#place(leases, missing, fresh);
    else await this.#tracked(this.#readAndPlace(leases, missing, fresh));
    this.#pump();
  }

  async #readAndPlace(leases: readonly Lease[], missing: ReadonlySet<string>, fresh: boolean): Promise<void> {
    try {
      const found = await this.#options.endpoints.load(missing);
      this.#place(leases, new Set([...missing].filter((id) => !found.has(id))), fresh);
    } catch {
      this.#options.onHandBack([...leases], 'now');
    }
  }

  /** `unknown` are webhooks that do not exist; whether a known copy is still in the cache says nothing. */
  #place(leases: readonly Lease[], unknown: ReadonlySet<string>, fresh: boolean): void {
    const surplus: Lease[] = [];
    const orphans: Lease[] = [];
    for (const lease of leases) {
      if (unknown.has(lease.webhookId)) orphans.push(lease);
      else if (!this.#enqueue(lease, fresh)) surplus.push(lease);
    }
    if (orphans.length > 0) this.#options.onHandBack(orphans, 'cancel');
    if (surplus.length > 0) this.#options.onHandBack(surplus, this.#stopping ? 'now' : 'held');
  }

  async #tracked(work: Promise<void>): Promise<void> {
    this.#reading.add(work);
    await work;
    this.#reading.delete(work);
  }

  #enqueue(lease: Lease, fresh: boolean): boolean {
    if (this.#stopping) return false;
    const lane = this.#lanes.get(lease.webhookId) ?? this.#open(lease.webhookId);
    const waiting = lane.waiting.length - lane.head;
    if (waiting >= lane.limit || lane.weight >= this.#share()) return false;
    // What is new goes behind the backlog, or the oldest would starve under a steady load.
    if (fresh && lane.backlog && !lane.catchesUp && waiting >= lane.window * low) return false;
    lane.waiting.push(lease);
    this.#waiting += 1;
    this.#weigh(lane, weightOf(lease.event.body));
    this.#makeReady(lane);
    return true;
  }

  #open(endpointId: string): Lane {
    const lane: Lane = {
      endpointId,
      waiting: [],
      head: 0,
      weight: 0,
      inFlight: 0,
      window: firstWindow,
      queued: false,
      reading: false,
      limit: this.#options.waitingPerEndpoint,
      backlog: false,
      asked: false,
      catchesUp: false,
      failures: null,
    };
    this.#bound(lane, this.#options.endpoints.peek(endpointId)?.limits ?? null);
    this.#lanes.set(endpointId, lane);
    return lane;
  }

  #weigh(lane: Lane, weight: number): void {
    lane.weight += weight;
    this.#waitingWeight += weight;
  }

  /**
   * What one lane may have waiting, by weight: as much as is free. So many endpoints that hang share what there is, and
   * always leave some of it to those that do not.
   */
  #share(): number {
    return Math.max(leastLimit, this.#options.waitingLimit - this.#waitingWeight);
  }

  #bound(lane: Lane, limits: Limits | null): void {
    const rate = limits?.ratePerSecond ?? null;
    lane.limit =
      rate === null
        ? this.#options.waitingPerEndpoint
        : Math.min(this.#options.waitingPerEndpoint, Math.max(leastLimit, rate * limitSeconds));
    lane.catchesUp = limits !== null && limits.catchUpPerSecond !== null;
  }

  #askIfLow(lane: Lane): void {
    if (!lane.backlog || lane.asked || lane.waiting.length - lane.head > lane.window * low) return;
    lane.asked = true;
    this.#options.onLow(lane.endpointId);
  }

  #makeReady(lane: Lane): void {
    if (lane.queued || lane.reading || lane.head >= lane.waiting.length || lane.inFlight >= lane.window)
      return;
    // As with what waits: one lane has no more requests in flight than are free, so that some stay free.
    if (lane.inFlight > 0 && lane.inFlight >= this.#options.inFlightLimit - this.#inFlight) return;
    lane.queued = true;
    this.#ready.push(lane);
  }

  /** Sends as long as there is something to send and room for it. */
  #pump(): void {
    while (
      this.#ready.length > 0 &&
      this.#inFlight < this.#options.inFlightLimit &&
      !this.#options.congested()
    ) {
      const lane = this.#ready.shift()!;
      lane.queued = false;
      const lease = lane.waiting[lane.head];
      if (!lease) continue;
      const endpoint = this.#options.endpoints.peek(lane.endpointId);
      if (!endpoint) {
        void this.#tracked(this.#readAgain(lane));
        continue;
      }
      if (endpoint.limits !== null && !this.#admits(lane, endpoint, endpoint.limits)) continue;
      lane.waiting[lane.head] = null;
      lane.head += 1;
      if (lane.head > 256 && lane.head * 2 > lane.waiting.length) {
        lane.waiting.splice(0, lane.head);
        lane.head = 0;
      }
      this.#waiting -= 1;
      this.#weigh(lane, -weightOf(lease.event.body));
      this.#start(lane, lease, endpoint);
      if (lane.backlog) this.#askIfLow(lane);
      this.#makeReady(lane);
    }
  }

  /** Whether the bounds of an endpoint let one more go; a request that ends or a token makes its lane ready again. */
  #admits(lane: Lane, endpoint: KnownEndpoint, limits: Limits): boolean {
    this.#bound(lane, limits);
    if (!endpoint.flows && !endpoint.probing) return true;
    const { maxConcurrency, ratePerSecond } = limits;
    if (
      maxConcurrency !== null &&
      lane.inFlight >= Math.max(1, Math.floor(maxConcurrency / this.#options.liveNodes()))
    )
      return false;
    if (ratePerSecond === null) return true;
    const { id: webhookId, organizationId } = endpoint;
    const key = { webhookId, organizationId, clock: 'rate' } as const;
    return this.#options.pace.take(key, ratePerSecond, 1, lane.waiting.length - lane.head) === 1;
  }

  /** Called when results were recorded, so that a congested dispatcher goes on. */
  resume(): void {
    this.#pump();
  }

  /** The webhook changed while deliveries waited here; the lane stands still until it is read again. */
  async #readAgain(lane: Lane): Promise<void> {
    lane.reading = true;
    let how: HandBack | null = null;
    try {
      const found = await this.#options.endpoints.load([lane.endpointId]);
      if (!found.has(lane.endpointId)) how = 'cancel';
    } catch {
      how = 'now';
    }
    lane.reading = false;
    if (how !== null && lane.head < lane.waiting.length) this.#options.onHandBack(this.#empty(lane), how);
    this.#makeReady(lane);
    this.#pump();
  }

  #empty(lane: Lane): Lease[] {
    const leases = waitingOf(lane);
    lane.waiting = [];
    lane.head = 0;
    this.#waiting -= leases.length;
    this.#weigh(lane, -lane.weight);
    return leases;
  }

  /** An endpoint that does not answer gives back what lies beyond its share, the last ones first. */
  #giveBackSurplus(lane: Lane): void {
    const surplus: Lease[] = [];
    while (lane.waiting.length > lane.head && lane.weight > this.#share()) {
      const lease = lane.waiting.pop()!;
      this.#waiting -= 1;
      this.#weigh(lane, -weightOf(lease.event.body));
      surplus.push(lease);
    }
    if (surplus.length > 0) this.#options.onHandBack(surplus, 'held');
  }

  #start(lane: Lane, lease: Lease, endpoint: KnownEndpoint): void {
    if (this.#tooOld(lease)) this.#giveUp(lease, 'now');
    else if (endpoint.deleted) this.#giveUp(lease, 'cancel');
    else if (!endpoint.flows && !(endpoint.probing && this.#probes.has(lease.id))) {
      this.#giveUp(lease, 'held');
      this.#options.onStopped(lane.endpointId);
    } else if (endpoint.locked) this.#giveUp(lease, 'later');
    else {
      lane.inFlight += 1;
      this.#inFlight += 1;
      void this.#attempt(lane, lease, endpoint);
    }
  }

  #giveUp(lease: Lease, how: HandBack): void {
    this.#probes.delete(lease.id);
    this.#options.onHandBack([lease], how);
  }

  /** A process that slept past its lease must not send: somebody else may have the delivery by now. */
  #tooOld(lease: Lease): boolean {
    return performance.now() - lease.renewedAt > this.#options.leaseSeconds * 1000 * 0.9;
  }

  async #attempt(lane: Lane, lease: Lease, endpoint: KnownEndpoint): Promise<void> {
    const { clock, random, tracer } = this.#options;
    const span = beginAttemptSpan(tracer, lease);
    const sent =
      lease.claims < claimLimit
        ? await this.#send(lease, endpoint, span)
        : await this.#sendAlone(lease, endpoint, span);
    if (sent === null) {
      this.#giveUp(lease, 'now');
      this.#ended(lane);
      return;
    }
    const outcome = sent === 'crashed' ? crashedOutcome(clock(), endpoint.url) : sent;
    const verdict =
      outcome.errorCode === 'crashed'
        ? ({ state: 'dlq', retentionDays: endpoint.dlqRetentionDays } as const)
        : verdictOf(lease, endpoint, outcome, clock(), random);
    if (span !== null) endAttemptSpan(span, outcome, verdict);
    if (outcome.responseStatus === 0) {
      lane.window = Math.max(1, lane.window >> 1);
      this.#giveBackSurplus(lane);
    } else lane.window = Math.min(this.#options.windowLimit, lane.window + 1);
    if (!outcome.success || lane.failures !== null) this.#watch(lane, lease, endpoint, outcome);
    this.#options.onResult({ lease, outcome, verdict });
    if (this.#probes.size > 0 && this.#probes.delete(lease.id))
      this.#options.onProbed(endpoint, healthOf(outcome) === 'well');
    this.#ended(lane);
  }

  #sendAlone(lease: Lease, endpoint: KnownEndpoint, span: Span | null): Promise<Outcome | 'crashed' | null> {
    return this.#suspects.attempt(lease, () => this.#send(lease, endpoint, span));
  }

  #send(lease: Lease, endpoint: KnownEndpoint, span: Span | null): Promise<Outcome> {
    const traceparent = traceparentFor(span, this.#options.sendTraceparent);
    return sendAttempt(this.#options, endpoint, lease.event, lease.id, traceparent);
  }

  #ended(lane: Lane): void {
    lane.inFlight -= 1;
    this.#inFlight -= 1;
    this.#makeReady(lane);
    if (lane.inFlight === 0 && lane.head >= lane.waiting.length) this.#forgetLater(lane);
    this.#pump();
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Counts failures in a row, for the circuit breaker. */
  #watch(lane: Lane, lease: Lease, endpoint: KnownEndpoint, outcome: Outcome): void {
    const health = healthOf(outcome);
    if (health === 'well') lane.failures = null;
    if (health !== 'unwell') return;
    if (lane.failures?.url !== outcome.url) lane.failures = new FailureRow(outcome.url);
    if (!lane.failures.add(lease.id)) return;
    // Once it closes again, the endpoint is approached with one request at a time.
    lane.failures = null;
    lane.window = 1;
    this.#options.onUnwell(endpoint);
  }

  /** Lanes at rest keep their window for a while; beyond a bound the oldest go. */
  #forgetLater(lane: Lane): void {
    if (this.#lanes.size <= 10_000) return;
    this.#lanes.delete(lane.endpointId);
  }

  /** Drops deliveries that wait here but belong to another node by now. */
  dropWaiting(lost: ReadonlySet<string>): void {
    if (lost.size === 0) return;
    for (const lane of this.#lanes.values()) {
      const kept = waitingOf(lane).filter((lease) => !lost.has(lease.id));
      if (kept.length === lane.waiting.length - lane.head) continue;
      this.#waiting -= lane.waiting.length - lane.head - kept.length;
      lane.waiting = kept;
      lane.head = 0;
      const weight = kept.reduce((sum, lease) => sum + weightOf(lease.event.body), 0);
      this.#weigh(lane, weight - lane.weight);
    }
  }

  /** Takes nothing more and hands back what waits; resolves when nothing is in flight, or after `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    const left = [...this.#lanes.values()].flatMap((lane) => this.#empty(lane));
    if (left.length > 0) this.#options.onHandBack(left, 'now');
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    const idle =
      this.#inFlight === 0 ? Promise.resolve() : new Promise<void>((resolve) => this.#idle.push(resolve));
    await Promise.race([Promise.all([idle, ...this.#reading]), limit]);
    clearTimeout(timer);
  }
}

function waitingOf(lane: Lane): Lease[] {
  return lane.waiting.slice(lane.head).filter((lease) => lease !== null);
}

function crashedOutcome(now: number, url: string): Outcome {
  return {
    success: false,
    responseStatus: 0,
    errorCode: 'crashed',
    errorMessage: `The delivery was taken ${claimLimit} times without a recorded attempt; it may crash its worker.`,
    responseHeaders: null,
    responseBody: null,
    responseTruncated: false,
    startedAt: now,
    durationMs: 0,
    url,
    signatures: '\n',
  };
}
