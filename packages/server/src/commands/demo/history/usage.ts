import { randomBytes } from 'node:crypto';
import type { App } from '../../../ctx.ts';
import { createUuid7 } from '../../../lib/uuid7.ts';
import { latencyClass, noLatencies } from '../../../modules/usage/latencies.ts';
import type { Caller, Counted, SampledRequest, Throttled } from '../../../modules/usage/types.ts';
import { writeUsage } from '../../../modules/usage/write-usage.ts';
import { busyness, dayMs, hourMs } from './past.ts';

const minuteMs = 60_000;
const days = 45;
/** Sums by minute are kept for two days; one in five of them is enough here. */
const fineMs = 46 * hourMs;
const fineStepMs = 5 * minuteMs;
const samples = 160;
const rowsAtOnce = 4_000;

/** What a product does with the API: how often in a busy hour, how long it takes, and how it goes wrong. */
const endpoints = [
  { endpoint: 'POST /api/v1/events', perHour: 240, ms: 6, wrong: 0.012, error: ['invalid_input', 422] },
  {
    endpoint: 'POST /api/v1/actions/{capability}',
    perHour: 55,
    ms: 210,
    wrong: 0.03,
    error: ['conflict', 409],
  },
  { endpoint: 'GET /api/v1/integrations', perHour: 40, ms: 14, wrong: 0, error: null },
  {
    endpoint: 'GET /api/v1/webhooks/{webhookId}/deliveries',
    perHour: 26,
    ms: 22,
    wrong: 0.02,
    error: ['not_found', 404],
  },
  { endpoint: 'GET /api/v1/events/{eventId}', perHour: 18, ms: 9, wrong: 0.06, error: ['not_found', 404] },
  { endpoint: 'POST /api/v1/webhooks', perHour: 0.6, ms: 31, wrong: 0.2, error: ['webhook_url_unsafe', 422] },
] as const;
/** Hours ago when a job ran over its limit, and when the database was restarted: the last day has some of everything. */
const recentBursts = [2, 9, 31];
const recentOutage = 5;
/** A few requests fall into a restart of the database. */
const failing = { share: 0.0008, error: ['database_unavailable', 503] } as const;

/** A key, its part of the traffic, and the program that uses it. */
export interface KeyInUse {
  keyId: string;
  part: number;
  userAgent: string;
  ip: string;
}

/**
 * Writes how an organization has used the API in the past weeks: sums with their statuses and durations, some requests
 * over a limit, the programs, and the newest single requests (KEY-3, KEY-4). `scale` 1 is a busy organization.
 */
export async function writeUsageHistory(
  app: App,
  organizationId: string,
  keys: readonly KeyInUse[],
  scale: number,
): Promise<void> {
  const now = app.clock();
  const counted = new Map<string, Counted>();
  const throttled: Throttled[] = [];
  const first = now - days * dayMs;
  for (let at = first - (first % hourMs); at < now - fineMs; at += hourMs) step(at, 1);
  const fine = now - fineMs;
  for (let at = fine - (fine % hourMs); at < now - fineStepMs; at += fineStepMs)
    step(at, fineStepMs / hourMs);

  const ago = (hours: number) => now - (now % minuteMs) - hours * hourMs;
  for (const hours of recentBursts) burst(ago(hours), keys.at(1)?.keyId ?? keys[0]!.keyId);
  add(ago(recentOutage), keys[0]!.keyId, endpoints[0].endpoint, 5, 3, 900);

  const rows = [...counted.values()];
  const callers: Caller[] = keys.map(({ keyId, ip, userAgent }) => ({
    organizationId,
    keyId,
    ip,
    userAgent,
    requests: rows.filter((row) => row.keyId === keyId).reduce((sum, { requests }) => sum + requests, 0),
    lastAt: now - minuteMs,
  }));
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const batch = rows.slice(from, from + rowsAtOnce);
    await writeUsage(app.pool, { counted: batch, throttled: [], callers: [], requests: [] });
  }
  await writeUsage(app.pool, { counted: [], throttled, callers, requests: newest() });

  function step(at: number, hours: number): void {
    // Growth of a third over the time, and noise.
    const grown = 0.75 + 0.25 * ((at - first) / (now - first));
    for (const { keyId, part } of keys) {
      for (const { endpoint, perHour, ms, wrong } of endpoints) {
        const wanted = perHour * hours * scale * part * grown * busyness(at) * (0.7 + 0.6 * app.random());
        const requests = Math.floor(wanted + app.random());
        const bad = share(requests, wrong);
        const down = share(requests, failing.share);
        add(at, keyId, endpoint, 2, requests - bad - down, ms);
        add(at, keyId, endpoint, 4, bad, ms / 2);
        add(at, keyId, endpoint, 5, down, ms * 4);
      }
      // Now and then a job runs over its limit.
      if (busyness(at) > 0.7 && app.random() < 0.012) burst(at, keyId);
    }
  }

  function burst(at: number, keyId: string): void {
    const requests = 5 + Math.floor(60 * app.random() * scale);
    add(at, keyId, endpoints[0].endpoint, 4, requests, 1);
    throttled.push({ organizationId, keyId, minute: at, quota: 'minute', requests, lastAt: at + 50_000 });
  }

  function share(requests: number, probability: number): number {
    let found = 0;
    for (let index = 0; index < requests; index += 1) if (app.random() < probability) found += 1;
    return found;
  }

  function add(
    at: number,
    keyId: string,
    endpoint: string,
    statusClass: number,
    requests: number,
    ms: number,
  ) {
    if (requests <= 0) return;
    const latencies = noLatencies();
    for (let index = 0; index < requests; index += 1) latencies[latencyClass(duration(ms))]! += 1;
    const key = `${at} ${keyId} ${endpoint} ${statusClass}`;
    const row = counted.get(key);
    if (row === undefined) {
      counted.set(key, { organizationId, keyId, endpoint, statusClass, minute: at, requests, latencies });
      return;
    }
    row.requests += requests;
    row.latencies = row.latencies.map((count, index) => count + latencies[index]!);
  }

  /** Most are near the usual, a few take several times as long. */
  function duration(ms: number): number {
    return ms * (0.6 + 0.8 * app.random()) * (app.random() < 0.04 ? 6 : 1);
  }

  function newest(): SampledRequest[] {
    const requests: SampledRequest[] = [];
    for (let index = samples; index > 0; index -= 1) {
      const at = now - index * 97_000;
      const key = keys[index % keys.length]!;
      const { endpoint, ms, error } = endpoints[(index * 7) % endpoints.length]!;
      const wrong = index % 9 === 0 ? error : index === 41 ? failing.error : null;
      const durationMs = Math.round(duration(ms));
      requests.push({
        id: createUuid7(() => at, randomBytes)(),
        organizationId,
        keyId: key.keyId,
        endpoint,
        status: wrong?.[1] ?? (endpoint === 'POST /api/v1/events' ? 202 : 200),
        startedAt: at - durationMs,
        at,
        durationMs,
        errorCode: wrong?.[0] ?? null,
        throttledBy: null,
        ip: key.ip,
        userAgent: key.userAgent,
        requestId: app.newId(),
      });
    }
    return requests;
  }
}
