import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { liveChannel } from '../db/live-channel.ts';
import type { Outcome } from './types.ts';

/** So many failures in a row, from so many deliveries, over so long: an endpoint that is down, not an odd one. */
const openAfter = { failures: 20, deliveries: 10, ms: 5_000 };
const firstWaitSeconds = 10;
const longestWaitSeconds = 300;

/** What an outcome says of the endpoint; `nothing`: nobody asked it. */
export function healthOf(outcome: Outcome): 'well' | 'unwell' | 'nothing' {
  if (outcome.success) return 'well';
  if (outcome.responseStatus === 0) {
    if (outcome.errorCode === 'blocked' || outcome.errorCode === 'crashed') return 'nothing';
    return outcome.errorCode === 'too_large' ? 'well' : 'unwell';
  }
  return outcome.responseStatus >= 500 || outcome.responseStatus === 429 ? 'unwell' : 'well';
}

/** The failures in a row that one node has seen of one endpoint. */
export class FailureRow {
  readonly url: string;
  readonly #since = performance.now();
  readonly #deliveries = new Set<string>();
  #count = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** Counts one more; true when the circuit should open. */
  add(deliveryId: string): boolean {
    this.#count += 1;
    if (this.#deliveries.size < openAfter.deliveries) this.#deliveries.add(deliveryId);
    return (
      this.#count >= openAfter.failures &&
      this.#deliveries.size >= openAfter.deliveries &&
      performance.now() - this.#since >= openAfter.ms
    );
  }
}

/** Tells every node and screen, when and only when the change commits. */
const announce = (of: string) => `pg_notify('${liveChannel}', json_build_object(
    'organizationId', ${of}.organization_id, 'topic', 'webhooks', 'ids', json_build_array(${of}.id))::text)`;

/**
 * Opens the circuit of an endpoint for every node: false when it is open, off, or has another address by now than the
 * one that failed.
 */
export async function openCircuit(pool: pg.Pool, webhookId: string, url: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'open_circuit',
    text: `
    WITH opened AS (
      UPDATE webhooks SET circuit_open = true, version = version + 1
      WHERE id = $1 AND url = $2 AND enabled AND NOT circuit_open AND deleted_at IS NULL
      RETURNING id, organization_id),
    health AS (
      INSERT INTO webhook_health AS h (webhook_id, organization_id, circuit_opened_at, circuit_probe_at)
      SELECT id, organization_id, now(), now() + $3 * interval '1 second' FROM opened
      ON CONFLICT (webhook_id) DO UPDATE SET circuit_opened_at = excluded.circuit_opened_at,
        circuit_probe_at = excluded.circuit_probe_at, circuit_probes = 0)
    SELECT ${announce('o')} FROM opened o`,
    values: [webhookId, url, firstWaitSeconds],
  });
  return rowCount === 1;
}

/** Closes it; false when it was not open. */
export async function closeCircuit(pool: pg.Pool, webhookId: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'close_circuit',
    text: `
    WITH closed AS (
      UPDATE webhooks SET circuit_open = false, version = version + 1 WHERE id = $1 AND circuit_open
      RETURNING id, organization_id),
    health AS (
      UPDATE webhook_health h SET circuit_opened_at = NULL, circuit_probe_at = NULL, circuit_probes = 0
      FROM closed c WHERE h.webhook_id = c.id)
    SELECT ${announce('c')} FROM closed c`,
    values: [webhookId],
  });
  return rowCount === 1;
}

/** A probe failed: the wait until the next one doubles. */
export async function waitLonger(pool: pg.Pool, webhookId: string): Promise<void> {
  await pool.query({
    name: 'wait_for_probe',
    text: `
    WITH h AS (
      UPDATE webhook_health SET circuit_probes = circuit_probes + 1, circuit_probe_at =
        now() + least($3, $2 * power(2, least(circuit_probes + 1, 20))) * interval '1 second'
      WHERE webhook_id = $1 AND circuit_opened_at IS NOT NULL RETURNING webhook_id AS id, organization_id)
    SELECT ${announce('h')} FROM h`,
    values: [webhookId, firstWaitSeconds, longestWaitSeconds],
  });
}

/**
 * Circuits whose probe this node is to send. Their time is pushed ahead with it, so that no other node sends one, and
 * so that another follows should this one never come back. One that lies further ahead than any wait is from before the
 * database's clock was set back.
 */
export async function takeProbes(
  pool: pg.Pool,
  limit: number,
  againSeconds: number,
): Promise<{ webhookId: string; version: number }[]> {
  const { rows } = await pool.query<{ webhookId: string; version: number }>({
    name: 'take_probes',
    text: `
    WITH due AS MATERIALIZED (
      SELECT h.webhook_id, w.version FROM webhook_health h JOIN webhooks w ON w.id = h.webhook_id
      WHERE h.circuit_opened_at IS NOT NULL
        AND (h.circuit_probe_at <= now() OR h.circuit_probe_at > now() + $3 * interval '1 second')
        AND w.circuit_open AND w.enabled AND NOT w.paused AND w.deleted_at IS NULL
      ORDER BY h.circuit_probe_at LIMIT $1 FOR UPDATE OF h SKIP LOCKED)
    UPDATE webhook_health h SET circuit_probe_at = now() + $2 * interval '1 second'
    FROM due WHERE h.webhook_id = due.webhook_id
    RETURNING h.webhook_id AS "webhookId", due.version`,
    values: [limit, againSeconds, longestWaitSeconds + againSeconds],
  });
  return rows;
}
