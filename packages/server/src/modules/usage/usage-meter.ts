import type { Quota } from '@trunkline/contract/limits';
import type { App } from '../../ctx.ts';
import { latencyClass, noLatencies } from './latencies.ts';
import type { Caller, Counted, KeyRequest, SampledRequest, Throttled } from './types.ts';
import { writeUsage } from './write-usage.ts';

const minuteMs = 60_000;
const flushMs = 1_000;
/** Open screens hear of new numbers at most this often. */
const announceMs = 5_000;
/** Of each organization, between two writes. */
const failuresKept = 50;
const othersKept = 10;
/** Of each key, between two writes: one that changes its name with every request does not fill the table. */
const callersKept = 10;
const userAgentLength = 200;

/**
 * Counts the requests with API keys of one node in memory and writes the sums about once a second (KEY-4): no row a
 * request. A clean end loses nothing, a kill at most what came since the last write.
 */
export class UsageMeter {
  readonly #app: Pick<App, 'pool' | 'clock' | 'newId' | 'log' | 'live'>;
  #counted = new Map<string, Counted>();
  #throttled = new Map<string, Throttled>();
  #callers = new Map<string, Caller>();
  #callersOfKey = new Map<string, number>();
  #requests: SampledRequest[] = [];
  #kept = new Map<string, { failures: number; others: number }>();
  #changed = new Set<string>();
  #announcedAt = -Infinity;
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(app: Pick<App, 'pool' | 'clock' | 'newId' | 'log' | 'live'>) {
    this.#app = app;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  add(request: KeyRequest): void {
    const { organizationId, keyId, endpoint, status } = request;
    const at = this.#app.clock();
    const minute = at - (at % minuteMs);
    const durationMs = Math.max(0, at - request.startedAt);
    const statusClass = Math.floor(status / 100);
    const key = `${keyId} ${minute} ${statusClass} ${endpoint}`;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = {
        organizationId,
        keyId,
        endpoint,
        statusClass,
        minute,
        requests: 0,
        latencies: noLatencies(),
      };
      this.#counted.set(key, counted);
    }
    counted.requests += 1;
    counted.latencies[latencyClass(durationMs)]! += 1;
    if (request.throttledBy !== null) this.#addThrottled(request, request.throttledBy, at, minute);
    this.#addCaller(request, at);
    this.#sample(request, at, durationMs);
  }

  /** Writes what was counted; what cannot be written stays for the next time. Never rejects. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  #addThrottled(request: KeyRequest, quota: Quota, at: number, minute: number): void {
    const { organizationId, keyId } = request;
    const key = `${keyId} ${minute} ${quota}`;
    let throttled = this.#throttled.get(key);
    if (throttled === undefined) {
      throttled = { organizationId, keyId, minute, quota, requests: 0, lastAt: at };
      this.#throttled.set(key, throttled);
    }
    throttled.requests += 1;
    throttled.lastAt = at;
  }

  #addCaller(request: KeyRequest, at: number): void {
    const { organizationId, keyId } = request;
    const ip = request.ip ?? '';
    const userAgent = request.userAgent ?? '';
    const key = `${keyId} ${ip} ${userAgent}`;
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      const known = this.#callersOfKey.get(keyId) ?? 0;
      if (known >= callersKept) return;
      this.#callersOfKey.set(keyId, known + 1);
      caller = {
        organizationId,
        keyId,
        ip,
        userAgent: userAgent.slice(0, userAgentLength),
        requests: 0,
        lastAt: at,
      };
      this.#callers.set(key, caller);
    }
    caller.requests += 1;
    caller.lastAt = at;
  }

  #sample(request: KeyRequest, at: number, durationMs: number): void {
    let kept = this.#kept.get(request.organizationId);
    if (kept === undefined) this.#kept.set(request.organizationId, (kept = { failures: 0, others: 0 }));
    if (request.status >= 400) {
      if (kept.failures >= failuresKept) return;
      kept.failures += 1;
    } else {
      if (kept.others >= othersKept) return;
      kept.others += 1;
    }
    const userAgent = request.userAgent?.slice(0, userAgentLength) ?? null;
    this.#requests.push({ ...request, userAgent, id: this.#app.newId(), at, durationMs });
  }

  async #write(): Promise<void> {
    const { pool, log, clock, live } = this.#app;
    if (this.#counted.size > 0) {
      const counted = this.#counted;
      const throttled = this.#throttled;
      const callers = this.#callers;
      const requests = this.#requests;
      this.#counted = new Map();
      this.#throttled = new Map();
      this.#callers = new Map();
      this.#callersOfKey = new Map();
      this.#requests = [];
      this.#kept = new Map();
      try {
        await writeUsage(pool, {
          counted: [...counted.values()],
          throttled: [...throttled.values()],
          callers: [...callers.values()],
          requests,
        });
        for (const { organizationId } of counted.values()) this.#changed.add(organizationId);
      } catch (error) {
        log.warn({ err: error, rows: counted.size }, 'usage of the API could not be written; trying again');
        this.#putBack(counted, throttled, callers, requests);
      }
    }
    if (this.#changed.size === 0 || clock() - this.#announcedAt < announceMs) return;
    this.#announcedAt = clock();
    for (const organizationId of this.#changed) live.publish({ organizationId, topic: 'api_usage' });
    this.#changed.clear();
  }

  #putBack(
    counted: Map<string, Counted>,
    throttled: Map<string, Throttled>,
    callers: Map<string, Caller>,
    requests: SampledRequest[],
  ): void {
    for (const [key, row] of counted) {
      const later = this.#counted.get(key);
      if (later === undefined) this.#counted.set(key, row);
      else {
        later.requests += row.requests;
        row.latencies.forEach((count, index) => (later.latencies[index]! += count));
      }
    }
    for (const [key, row] of throttled) {
      const later = this.#throttled.get(key);
      if (later === undefined) this.#throttled.set(key, row);
      else later.requests += row.requests;
    }
    for (const [key, row] of callers) {
      const later = this.#callers.get(key);
      if (later !== undefined) later.requests += row.requests;
      else if (this.#callers.size < 1_000) this.#callers.set(key, row);
    }
    this.#requests = [...requests, ...this.#requests].slice(-1_000);
  }
}
