import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Logger } from 'pino';
import { int4Array, uuidArray } from '../lib/pg-binary.ts';
import { takeDue } from './claim.ts';
import type { ClaimedRow, Claimant } from './claim.ts';
import type { EndpointCache } from './endpoints.ts';
import { claimHeads } from './lines.ts';

const lookEveryMs = 1_000;
/** Endpoints with a backlog that one look steps over; the next look goes on behind them. */
const lookLimit = 2_000;
/** Rows of one endpoint that one statement takes. */
const pullLimit = 500;
const endpointsPerStatement = 100;
/** Rows of all endpoints beyond which the others wait for the next statement. */
const statementLimit = 2_000;
const firstId = '00000000-0000-0000-0000-000000000000';

export interface FoundBacklog {
  webhookId: string;
  version: number;
  /** It has deliveries that stand in no line, and those that do. */
  loose: boolean;
  lined: boolean;
}

/** Where a look ends and the next one goes on: ids of webhooks. */
export interface LookCursor {
  loose: string;
  lined: string;
}

/** What waits and stands in no line, in the words of its partial index. */
const loose = 'NOT isfinite(due_at) AND subject IS NULL';

/** One step of an index for each webhook in it, whatever waits there; the order is that of the index. */
const webhooksIn = (name: string, after: string, where: string, order: string) => `
  ${name} (webhook_id, place) AS (
    (SELECT webhook_id, 1 FROM delivery_queue WHERE ${where} AND webhook_id > ${after} ORDER BY ${order} LIMIT 1)
    UNION ALL
    SELECT n.webhook_id, l.place + 1 FROM ${name} l CROSS JOIN LATERAL (
      SELECT webhook_id FROM delivery_queue WHERE ${where} AND webhook_id > l.webhook_id
      ORDER BY ${order} LIMIT 1) n
    WHERE l.place < $3)`;

/** Finds endpoints that flow and have a backlog. */
const find = {
  name: 'find_backlogs',
  text: `
  WITH RECURSIVE ${webhooksIn('loose', '$1::uuid', loose, 'webhook_id, due_at, id')},
  ${webhooksIn('lined', '$2::uuid', 'subject IS NOT NULL', 'webhook_id, subject, due_at')},
  ends AS (
    SELECT (SELECT webhook_id FROM loose WHERE place = $3) AS "looseEnd",
      (SELECT webhook_id FROM lined WHERE place = $3) AS "linedEnd"),
  found AS (
    SELECT w.id, w.version, bool_or(b.loose) AS loose, bool_or(NOT b.loose) AS lined
    FROM (SELECT webhook_id, true AS loose FROM loose UNION ALL SELECT webhook_id, false FROM lined) b
    JOIN webhooks w ON w.id = b.webhook_id
    WHERE w.enabled AND NOT w.paused AND NOT w.circuit_open AND w.deleted_at IS NULL
    GROUP BY w.id)
  SELECT found.id AS "webhookId", found.version, found.loose, found.lined, ends.*
  FROM ends LEFT JOIN found ON true`,
};

/** Which endpoints flow and have a backlog; `limit` of them with the cursor for the next look. */
export async function findBacklogs(
  pool: pg.Pool,
  from: LookCursor,
  limit = lookLimit,
): Promise<{ found: FoundBacklog[]; next: LookCursor }> {
  const { rows } = await pool.query<Partial<FoundBacklog> & { looseEnd: string; linedEnd: string }>({
    ...find,
    values: [from.loose, from.lined, limit],
  });
  const found: FoundBacklog[] = [];
  for (const { webhookId, version = 0, loose = false, lined = false } of rows) {
    // Without any there is one row, which only says where the look ended.
    if (webhookId) found.push({ webhookId, version, loose, lined });
  }
  return { found, next: { loose: rows[0]?.looseEnd ?? firstId, lined: rows[0]?.linedEnd ?? firstId } };
}

/**
 * Oldest first, for several endpoints at once, each with its own number; the partial index is all that is read. The
 * outer limit tells the planner how few rows these are. `after` spares the scan what was taken before it, whose dead
 * entries stay in the index as long as any snapshot is old enough to see them.
 */
const claimLoose = {
  name: 'claim_backlog',
  text: `
  WITH due AS MATERIALIZED (
    SELECT q.id FROM unnest($3::uuid[], $4::int4[], $5::uuid[]) AS w (webhook_id, rows, after) CROSS JOIN LATERAL (
      SELECT id FROM (
        SELECT id FROM delivery_queue
        WHERE webhook_id = w.webhook_id AND ${loose} AND due_at = 'infinity' AND id > w.after
        ORDER BY due_at, id LIMIT w.rows FOR UPDATE SKIP LOCKED) first LIMIT ${pullLimit}) q),
  ${takeDue}`,
};

/** Takes deliveries that stand in no line out of the backlogs of some endpoints. */
export async function claimBacklog(
  pool: pg.Pool,
  { nodeId, leaseSeconds }: Claimant,
  wanted: readonly Wanted[],
): Promise<ClaimedRow[]> {
  const { rows } = await pool.query<ClaimedRow>({
    ...claimLoose,
    values: [
      nodeId,
      leaseSeconds,
      uuidArray(wanted.map((w) => w.webhookId)),
      int4Array(wanted.map((w) => w.rows)),
      uuidArray(wanted.map((w) => w.behind ?? firstId)),
    ],
  });
  return rows;
}

export interface BacklogOptions extends Claimant {
  pool: pg.Pool;
  log: Logger;
  endpoints: EndpointCache;
  /** Deliveries of an endpoint that this node has room for. */
  room: (webhookId: string) => number;
  /** Whether an endpoint has a backlog to ask for when its lane runs low. */
  onKnown: (webhookId: string, waits: boolean) => void;
  onClaimed: (rows: readonly ClaimedRow[], leasedAt: number) => Promise<void>;
  /** A claim failed, and may have leased rows all the same. */
  onFailed: () => void;
  /** How many may be taken now; it asks again when there are more (`Backlog.ask`). */
  catchUp: (webhookId: string, organizationId: string, rate: number, rows: number) => number;
  /** So many of these were not there to be taken. */
  onUnused: (webhookId: string, rows: number) => void;
}

interface Wanted {
  webhookId: string;
  rows: number;
  /** Ids of deliveries up to this one are left out. */
  behind?: string;
}

interface Known {
  version: number;
  loose: boolean;
  lined: boolean;
  /** The subject after which the next look at lines goes on. */
  after: string;
  /** The last delivery that was taken; every look begins at the front again, for what was handed back. */
  behind: string;
}

/**
 * The backlogs of endpoints that flow, taken from by demand: when a lane runs low, and every second for those that
 * nobody has told this node of. So nothing has to be moved when an endpoint is paused or resumed.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Set<string>();
  #withLines: ReadonlySet<string> = new Set();
  #cursor: LookCursor = { loose: firstId, lined: firstId };
  #lookWanted = false;
  #stopped = true;
  #working: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#timer = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  /** Takes nothing more; resolves when what was being taken is handed over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  /** Looks for backlogs that flow now. */
  look(): void {
    this.#lookWanted = true;
    this.#work();
  }

  /** The lane of an endpoint runs low. */
  ask(webhookId: string): void {
    if (!this.#known.has(webhookId)) return;
    this.#asked.add(webhookId);
    this.#work();
  }

  /** The endpoint does not flow any more; the next look finds it when it does. */
  forget(webhookId: string): void {
    if (this.#known.delete(webhookId)) this.#options.onKnown(webhookId, false);
    this.#asked.delete(webhookId);
  }

  /** Whether the last look found lines of this endpoint. */
  hasLines(webhookId: string): boolean {
    return this.#withLines.has(webhookId);
  }

  /** A line of the endpoint may have a head to take. */
  askLines(webhookId: string): void {
    const known = this.#known.get(webhookId);
    if (known) Object.assign(known, { lined: true, after: '' });
    else this.#known.set(webhookId, { version: 0, loose: false, lined: true, after: '', behind: firstId });
    this.ask(webhookId);
  }

  #work(): void {
    if (this.#stopped || this.#working) return;
    this.#working = this.#serve().finally(() => {
      this.#working = null;
      if (this.#lookWanted || this.#asked.size > 0) this.#work();
    });
  }

  /** What fails is logged and found again by the next look. */
  async #serve(): Promise<void> {
    try {
      // In the same turn of the event loop several lanes run low: they share a statement.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#lookWanted) await this.#look();
      const ids = [...this.#asked].slice(0, endpointsPerStatement);
      for (const id of ids) this.#asked.delete(id);
      await this.#take(ids);
    } catch (error) {
      this.#options.onFailed();
      this.#options.log.warn({ err: error }, 'a backlog could not be read');
    }
  }

  async #look(): Promise<void> {
    this.#lookWanted = false;
    const { found, next } = await findBacklogs(this.#options.pool, this.#cursor);
    this.#cursor = next;
    this.#withLines = new Set(found.filter(({ lined }) => lined).map(({ webhookId }) => webhookId));
    for (const { webhookId, version, loose, lined } of found) {
      const after = this.#known.get(webhookId)?.after ?? '';
      this.#known.set(webhookId, { version, loose, lined, after, behind: firstId });
      this.#options.onKnown(webhookId, true);
      this.#asked.add(webhookId);
    }
  }

  async #take(ids: readonly string[]): Promise<void> {
    const { endpoints } = this.#options;
    // The node's copy may be older than a resume that nobody has told it of.
    const stale = ids.filter((id) => !endpoints.peek(id, this.#known.get(id)?.version));
    if (stale.length > 0) await endpoints.load(stale);
    const wanted: Wanted[] = [];
    let left = statementLimit;
    for (const webhookId of ids) {
      if (left <= 0) {
        this.#asked.add(webhookId);
        continue;
      }
      const rows = this.#known.has(webhookId) ? this.#rowsFor(webhookId) : 0;
      if (rows > 0) wanted.push({ webhookId, rows, behind: this.#known.get(webhookId)!.behind });
      left -= rows;
    }
    const others = await this.#takeLoose(wanted);
    for (const { webhookId, rows } of others) {
      const taken = await this.#takeHeads(webhookId, rows);
      if (taken < rows) this.#options.onUnused(webhookId, rows - taken);
    }
    for (const id of ids) this.#options.onKnown(id, this.#known.has(id));
    for (const { webhookId } of wanted) {
      if (this.#known.has(webhookId) && this.#options.room(webhookId) > 0) this.#asked.add(webhookId);
    }
  }

  /** Gives what is left to take of each. */
  async #takeLoose(wanted: readonly Wanted[]): Promise<Wanted[]> {
    const asked = wanted.filter(({ webhookId }) => this.#known.get(webhookId)?.loose);
    if (asked.length === 0 || this.#stopped) return [...wanted];
    const leasedAt = performance.now();
    const claimed = await claimBacklog(this.#options.pool, this.#options, asked);
    const taken = new Map<string, number>();
    for (const { webhookId, id } of claimed) {
      taken.set(webhookId, (taken.get(webhookId) ?? 0) + 1);
      const known = this.#known.get(webhookId);
      if (known && id > known.behind) known.behind = id;
    }
    for (const { webhookId, rows } of asked) {
      if ((taken.get(webhookId) ?? 0) < rows) this.#noMore(webhookId, 'loose');
    }
    await this.#options.onClaimed(claimed, leasedAt);
    return wanted.map(({ webhookId, rows }) => ({ webhookId, rows: rows - (taken.get(webhookId) ?? 0) }));
  }

  async #takeHeads(webhookId: string, rows: number): Promise<number> {
    const known = this.#known.get(webhookId);
    if (!known?.lined || rows === 0 || this.#stopped) return 0;
    const leasedAt = performance.now();
    const heads = await claimHeads(this.#options.pool, this.#options, webhookId, known.after, rows);
    known.after = heads.after;
    if (heads.rows.length < rows && heads.after === '') this.#noMore(webhookId, 'lined');
    await this.#options.onClaimed(heads.rows, leasedAt);
    return heads.rows.length;
  }

  #rowsFor(webhookId: string): number {
    const endpoint = this.#options.endpoints.peek(webhookId);
    if (!endpoint?.flows) {
      this.forget(webhookId);
      return 0;
    }
    const room = Math.min(pullLimit, this.#options.room(webhookId));
    const rate = endpoint.limits?.catchUpPerSecond ?? null;
    if (room <= 0 || rate === null) return Math.max(0, room);
    return this.#options.catchUp(webhookId, endpoint.organizationId, rate, room);
  }

  #noMore(webhookId: string, kind: 'loose' | 'lined'): void {
    const known = this.#known.get(webhookId);
    if (!known) return;
    known[kind] = false;
    if (!known.loose && !known.lined) this.#known.delete(webhookId);
  }
}
