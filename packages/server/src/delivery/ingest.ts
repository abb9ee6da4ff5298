import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { AppError } from '../errors.ts';
import { patternsOf } from '@trunkline/contract/event-pattern';
import { int4Array, textArray, uuidArray } from '../lib/pg-binary.ts';
import { weightOf } from './hand.ts';
import type { Line, StoredEvent } from './types.ts';

/** An event on its way into the database. */
export interface NewEvent extends StoredEvent {
  organizationId: string;
  /** What it is about; the deliveries to a webhook that keeps an order stand in the line of it. */
  subject: string | null;
}

/** A delivery that the fan-out made, already leased to this node. */
export interface FreshDelivery {
  id: string;
  webhookId: string;
  webhookVersion: number;
  /** Its subject, when the webhook keeps an order. */
  line: string | null;
  event: NewEvent;
}

export interface IngestOptions {
  pool: pg.Pool;
  nodeId: string;
  leaseSeconds: number;
  /** Statements in flight at once. */
  lanes?: number;
  batchLimit?: number;
  /** What may wait for a lane, by `weightOf`; more is refused. */
  waitingLimit?: number;
  /** Of one statement, by `weightOf`. */
  batchWeightLimit?: number;
  /** False: the deliveries are left for a claim, because this node has enough in hand. */
  mayLease: () => boolean;
  /** A statement failed, and may have stored and leased its deliveries all the same. */
  onFailed: () => void;
  /** `leasedAt`: monotonic ms before the statement was sent, since leases count from its start. */
  onFresh: (deliveries: FreshDelivery[], leasedAt: number) => void;
  /** Lines at whose end deliveries were placed; their heads may have left while this was not visible yet. */
  onQueuedUp: (lines: Line[]) => void;
}

interface Waiting {
  events: NewEvent[];
  weight: number;
  /** Which of the events were there already. */
  resolve: (duplicates: Set<string>) => void;
  reject: (error: unknown) => void;
}

/**
 * The organizations among these that have an automation that is on. A statement that makes no runs stores nothing when there
 * is one ({@link unlessOwned}) and answers them instead, so that no event is accepted without what it sets off, on any node,
 * however lately the automation was made.
 */
const owners = (organizations: string) => `owners AS MATERIALIZED (
    SELECT organization_id FROM automations
    WHERE organization_id = ANY(${organizations}::uuid[]) AND enabled AND deleted_at IS NULL),
  `;
const unlessOwned = ' WHERE NOT EXISTS (SELECT FROM owners)';
const ownersAnswer = ' UNION ALL SELECT NULL, organization_id, NULL, NULL, NULL FROM owners';

/**
 * Events and their fan-out in one statement. Subscriptions are matched inside it, so a webhook that was
 * created before the event is never missed, on any node. A delivery's id takes the event's time and counter, so
 * deliveries sort as their events do and lie in the partitions of the same day. What cannot go out now lies in
 * the backlog: deliveries of an endpoint that does not flow, and those with others of their line ahead. Only
 * webhooks that keep an order pay for the look at lines: "heads" is evaluated at the first row that needs it. A
 * line is in the order of the statements ("place", one number for each), and within one in that of the ids. Rows
 * are inserted in the order of their keys: two nodes that insert the same keys wait for each other instead of
 * deadlocking.
 */
const stored = (arrays: string, known = '') => `
  WITH ${known === '' ? '' : owners('$2')}input AS MATERIALIZED (
    SELECT * FROM unnest(${arrays})
      AS i (id, organization_id, key, type, patterns, body, subject)${known}),
  keyed AS (
    INSERT INTO event_keys (organization_id, key, event_id)
    SELECT organization_id, key, id FROM input WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING event_id),
  fresh AS MATERIALIZED (
    SELECT * FROM input WHERE key IS NULL OR id IN (SELECT event_id FROM keyed)),
  stored AS (
    INSERT INTO events (id, organization_id, key, type, subject, body)
    SELECT id, organization_id, key, type, subject, body FROM fresh),
  matched AS MATERIALIZED (
    SELECT (substr(f.id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid AS id,
      f.id AS event_id, f.organization_id, w.id AS webhook_id, w.version, w.paused OR w.circuit_open AS held,
      CASE WHEN w.ordering <> 'none' THEN f.subject END AS line, w.ordering = 'park' AS parks
    FROM fresh f JOIN webhooks w
      ON w.organization_id = f.organization_id AND w.enabled AND w.deleted_at IS NULL
      AND w.events && string_to_array(f.patterns, ' ')),
  heads AS MATERIALIZED (
    SELECT m.id FROM (
      SELECT id, webhook_id, line, parks,
        row_number() OVER (PARTITION BY webhook_id, line ORDER BY event_id) AS place
      FROM matched WHERE line IS NOT NULL) m
    WHERE m.place = 1
      AND (SELECT true FROM delivery_queue q WHERE q.webhook_id = m.webhook_id AND q.subject = m.line LIMIT 1) IS NULL
      AND NOT (m.parks AND EXISTS (
        SELECT FROM dead_letters d WHERE d.webhook_id = m.webhook_id AND d.subject = m.line))),
  placed AS MATERIALIZED (
    SELECT m.*, CASE WHEN held THEN false WHEN line IS NULL THEN true ELSE id IN (SELECT id FROM heads) END AS goes
    FROM matched m),
  queued AS (
    INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, subject, place, trigger, claims, owner, due_at)
    SELECT id, organization_id, webhook_id, event_id, line,
      CASE WHEN line IS NOT NULL THEN (SELECT nextval('delivery_places')) END, 'event',
      CASE WHEN goes AND $7::uuid IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN goes THEN $7::uuid END,
      CASE WHEN NOT goes THEN 'infinity' WHEN $7::uuid IS NULL THEN now() ELSE now() + $8 * interval '1 second' END
    FROM placed)`;

const answer = `
  SELECT event_id AS "eventId", id, webhook_id AS "webhookId", CASE WHEN goes THEN version END AS version, line
  FROM placed WHERE goes OR (line IS NOT NULL AND NOT held)
  UNION ALL
  SELECT id, NULL, NULL, NULL, NULL FROM input WHERE key IS NOT NULL AND id NOT IN (SELECT event_id FROM keyed)`;

const arrayTypes = [
  '1::uuid[]',
  '2::uuid[]',
  '3::text[]',
  '4::text[]',
  '5::text[]',
  '6::text[]',
  '9::text[]',
];

/**
 * Begins each statement that stores events: who looks for events without a delivery waits until those that began before have
 * ended (`stores_since_before` in the database).
 */
const mark = '/* ingest */';

const ingest = {
  name: 'ingest',
  text: `${mark}${stored(arrayTypes.map((type) => `$${type}`).join(', '), unlessOwned)}${answer}${ownersAnswer}`,
};

/**
 * The same with the runs of automations, for the same reason as deliveries: what an event sets off is decided once, with
 * it, and nothing that comes later can lose it. What automations tell of themselves sets none off. The arrays hide behind
 * subqueries, so that PostgreSQL does not plan anew for each length of them.
 */
const ingestAndTrigger = {
  name: 'ingest_and_trigger',
  text: `${mark}${stored(arrayTypes.map((type) => `(SELECT $${type})`).join(', '))},
  asked AS MATERIALIZED (
    SELECT a.* FROM (SELECT DISTINCT organization_id FROM fresh) o CROSS JOIN LATERAL (
      SELECT id, organization_id, events FROM automations
      WHERE organization_id = o.organization_id AND enabled AND deleted_at IS NULL OFFSET 0) a),
  triggered AS (
    INSERT INTO automation_runs (id, organization_id, automation_id, event_id, event_type, state, due_at)
    SELECT (substr(f.id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid, f.organization_id, a.id, f.id, f.type,
      'queued', now()
    FROM asked a JOIN fresh f ON f.organization_id = a.organization_id AND a.events && string_to_array(f.patterns, ' ')
    WHERE f.type NOT LIKE 'automation.%')${answer}`,
};

/**
 * The same when no event has an id of its caller's or a subject, so that none can be there already and none stands in a
 * line: about a tenth less for the database. The events of a batch are of few types, and each type is matched once, not each
 * event: `kind` is the place of its organization and type among those of the batch, from 1.
 */
const ingestPlain = {
  name: 'ingest_plain',
  text: `${mark}
  WITH ${owners('$6')}input AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int4[])
      AS i (id, organization_id, type, body, kind)${unlessOwned}),
  stored AS (
    INSERT INTO events (id, organization_id, type, body) SELECT id, organization_id, type, body FROM input),
  targets AS MATERIALIZED (
    SELECT k.kind::int4 AS kind, w.id AS webhook_id, w.version, NOT (w.paused OR w.circuit_open) AS goes
    FROM unnest($6::uuid[], $7::text[]) WITH ORDINALITY AS k (organization_id, patterns, kind)
    JOIN webhooks w ON w.organization_id = k.organization_id AND w.enabled AND w.deleted_at IS NULL
      AND w.events && string_to_array(k.patterns, ' ')),
  placed AS MATERIALIZED (
    SELECT (substr(i.id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid AS id,
      i.id AS event_id, i.organization_id, t.webhook_id, t.version, t.goes
    FROM input i JOIN targets t ON t.kind = i.kind),
  queued AS (
    INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, trigger, claims, owner, due_at)
    SELECT id, organization_id, webhook_id, event_id, 'event',
      CASE WHEN goes AND $8::uuid IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN goes THEN $8::uuid END,
      CASE WHEN NOT goes THEN 'infinity' WHEN $8::uuid IS NULL THEN now() ELSE now() + $9 * interval '1 second' END
    FROM placed)
  SELECT event_id AS "eventId", id, webhook_id AS "webhookId", version, NULL AS line FROM placed WHERE goes${ownersAnswer}`,
};

/**
 * Events that make a statement beside a running one worthwhile. 32 were 6 % quicker on an idle machine and 5 % slower on
 * a busy one, where the database pays for every statement.
 */
const enoughBeside = 128;

/** How long an organization that has an automation is taken to have one, before a statement asks again. */
const ownersKeptMs = 60_000;

interface IngestRow {
  /** Null: nothing was stored, and `id` is an organization that has an automation. */
  eventId: string | null;
  id: string | null;
  webhookId: string | null;
  /** Null: it waits in its line. */
  version: number | null;
  line: string | null;
}

/**
 * Groups concurrent requests into one commit: while a lane is busy, requests gather; a free lane takes up to
 * `batchLimit` events. A promise that resolves means that the events and their deliveries are durable.
 */
export class Ingest {
  readonly #options: Required<IngestOptions>;
  readonly #waiting: Waiting[] = [];
  #waitingEvents = 0;
  #waitingWeight = 0;
  #busyLanes = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];
  /** Organizations that a statement met with an automation; what is not here is found out by the statement itself. */
  readonly #owners = new Set<string>();
  #ownersSince = 0;

  constructor(options: IngestOptions) {
    this.#options = { lanes: 2, batchLimit: 500, waitingLimit: 20_000, batchWeightLimit: 2_000, ...options };
  }

  /**
   * Stores events with their deliveries. Gives the row ids of those that were there already.
   *
   * @throws AppError `overloaded` when too many wait, `database_unavailable` when the statement fails
   */
  accept(events: NewEvent[]): Promise<Set<string>> {
    let weight = 0;
    for (const { body } of events) weight += weightOf(body);
    if (this.#waitingWeight + weight > this.#options.waitingLimit) {
      return Promise.reject(
        new AppError('overloaded', 'More events are arriving than can be stored. Send again shortly.', {
          retryAfterSeconds: 1,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, weight, resolve, reject });
      this.#waitingEvents += events.length;
      this.#waitingWeight += weight;
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and no statement runs. */
  drained(): Promise<void> {
    if (this.#busyLanes === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Everything that this turn of the event loop reads from its sockets shares a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#busyLanes >= this.#options.lanes) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#mayStart()) void this.#runLane();
    });
  }

  /**
   * A statement beside one that runs is worth its cost only when it carries enough; else what waits goes with the
   * next one, a few milliseconds later.
   */
  #mayStart(): boolean {
    if (this.#waiting.length === 0 || this.#busyLanes >= this.#options.lanes) return false;
    return this.#busyLanes === 0 || this.#waitingEvents >= enoughBeside;
  }

  async #runLane(): Promise<void> {
    this.#busyLanes += 1;
    const batch = this.#takeBatch();
    try {
      await this.#store(batch);
    } catch (error) {
      this.#options.onFailed();
      const refusal = new AppError(
        'database_unavailable',
        'The events could not be stored. Send them again.',
        {
          cause: error,
          retryAfterSeconds: 2,
        },
      );
      for (const request of batch) request.reject(refusal);
    }
    this.#busyLanes -= 1;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#busyLanes === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeBatch(): Waiting[] {
    const { batchLimit, batchWeightLimit } = this.#options;
    let count = 0;
    let weight = 0;
    let end = 0;
    while (end < this.#waiting.length) {
      const next = this.#waiting[end]!;
      if (end > 0 && (count + next.events.length > batchLimit || weight + next.weight > batchWeightLimit))
        break;
      count += next.events.length;
      weight += next.weight;
      end += 1;
    }
    this.#waitingEvents -= count;
    this.#waitingWeight -= weight;
    return this.#waiting.splice(0, end);
  }

  #statement(events: NewEvent[], owner: string | null, triggers: boolean): pg.QueryConfig {
    const { leaseSeconds } = this.#options;
    if (!triggers && events.every((e) => e.key === null && e.subject === null))
      return plainStatement(events, owner, leaseSeconds);
    return {
      ...(triggers ? ingestAndTrigger : ingest),
      values: [
        uuidArray(events.map((e) => e.id)),
        uuidArray(events.map((e) => e.organizationId)),
        textArray(events.map((e) => e.key)),
        textArray(events.map((e) => e.type)),
        textArray(events.map((e) => patternText(e.type))),
        textArray(events.map((e) => e.body)),
        owner,
        leaseSeconds,
        events.some((e) => e.subject !== null) ? textArray(events.map((e) => e.subject)) : null,
      ],
    };
  }

  /** Stores events; once more with the runs of automations when an organization turns out to have some. */
  async #run(events: NewEvent[], owner: string | null): Promise<{ rows: IngestRow[]; leasedAt: number }> {
    const startedAt = performance.now();
    if (startedAt - this.#ownersSince > ownersKeptMs) {
      this.#owners.clear();
      this.#ownersSince = startedAt;
    }
    const triggers = this.#owners.size > 0 && events.some((e) => this.#owners.has(e.organizationId));
    const { pool } = this.#options;
    const { rows } = await pool.query<IngestRow>(this.#statement(events, owner, triggers));
    const met = rows.filter(({ eventId }) => eventId === null);
    if (met.length === 0) return { rows, leasedAt: startedAt };
    for (const { id } of met) this.#owners.add(id!);
    const leasedAt = performance.now();
    const again = await pool.query<IngestRow>(this.#statement(events, owner, true));
    return { rows: again.rows, leasedAt };
  }

  async #store(batch: Waiting[]): Promise<void> {
    const events = batch.length === 1 ? [...batch[0]!.events] : batch.flatMap((request) => request.events);
    if (events.some((event) => event.key !== null)) events.sort(byKey);
    const owner = this.#options.mayLease() ? this.#options.nodeId : null;
    const { rows, leasedAt } = await this.#run(events, owner);
    const duplicates = new Set<string>();
    const fresh: FreshDelivery[] = [];
    const lines: Line[] = [];
    const byId =
      rows.length > 0 ? new Map(events.map((event) => [event.id, event])) : new Map<string, NewEvent>();
    for (const row of rows) {
      if (row.id === null) duplicates.add(row.eventId!);
      else if (row.version === null) lines.push({ webhookId: row.webhookId!, subject: row.line! });
      else if (owner !== null) {
        fresh.push({
          id: row.id,
          webhookId: row.webhookId!,
          webhookVersion: row.version,
          line: row.line,
          event: byId.get(row.eventId!)!,
        });
      }
    }
    for (const request of batch) request.resolve(duplicates);
    if (fresh.length > 0) this.#options.onFresh(fresh, leasedAt);
    if (lines.length > 0) this.#options.onQueuedUp(lines);
  }
}

function plainStatement(
  events: readonly NewEvent[],
  owner: string | null,
  leaseSeconds: number,
): pg.QueryConfig {
  const kinds: { organizationId: string; type: string }[] = [];
  const places = new Map<string, number>();
  const kindOf = ({ organizationId, type }: NewEvent): number => {
    const name = `${organizationId} ${type}`;
    let place = places.get(name);
    if (place === undefined) {
      place = kinds.push({ organizationId, type });
      places.set(name, place);
    }
    return place;
  };
  const kind = int4Array(events.map(kindOf));
  return {
    ...ingestPlain,
    values: [
      uuidArray(events.map((e) => e.id)),
      uuidArray(events.map((e) => e.organizationId)),
      textArray(events.map((e) => e.type)),
      textArray(events.map((e) => e.body)),
      kind,
      uuidArray(kinds.map((k) => k.organizationId)),
      textArray(kinds.map((k) => patternText(k.type))),
      owner,
      leaseSeconds,
    ],
  };
}

function byKey(a: NewEvent, b: NewEvent): number {
  if (a.organizationId !== b.organizationId) return a.organizationId < b.organizationId ? -1 : 1;
  const left = a.key ?? '';
  const right = b.key ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}

const patternTexts = new Map<string, string>();

function patternText(type: string): string {
  let text = patternTexts.get(type);
  if (text === undefined) {
    text = patternsOf(type).join(' ');
    if (patternTexts.size < 10_000) patternTexts.set(type, text);
  }
  return text;
}
