import { logLevels } from '@trunkline/contract/log-levels';
import type { LogLevel, LogSource } from '@trunkline/contract/log-levels';
import type { LogFilter } from '@trunkline/contract/logs';
import type { Tx } from '../../ctx.ts';
import type { LogDetails } from '../../logs/log-line.ts';
import { queryOf, wordsOf } from '../../logs/words.ts';
import { timeOfUuid7 } from '../../lib/uuid7.ts';
import { idAt } from './rules.ts';
import type { Buckets, IdRange } from './rules.ts';

export interface LogRow {
  id: string;
  at: Date;
  level: LogLevel;
  source: LogSource;
  event: string;
  message: string;
  details: LogDetails;
  integrationId: string | null;
  integrationName: string | null;
  webhookId: string | null;
  webhookName: string | null;
}

export type LineFilter = Pick<LogFilter, 'level' | 'source' | 'integrationId' | 'webhookId' | 'search'>;

const rowColumns = `l.id, l.at, l.level, l.source, l.event, l.message, l.details,
  l.integration_id AS "integrationId", i.name AS "integrationName",
  l.webhook_id AS "webhookId", w.name AS "webhookName"`;
const named = `
  LEFT JOIN integrations i ON i.organization_id = l.organization_id AND i.id = l.integration_id
  LEFT JOIN webhooks w ON w.organization_id = l.organization_id AND w.id = l.webhook_id`;

/** Words or a source are looked for through the index of words; everything else has an index in order. */
function isSearched({ source, search }: LineFilter): boolean {
  return source !== undefined || wordsOf(search ?? '').length > 0;
}

const levelsOf = ({ level }: LineFilter): readonly LogLevel[] =>
  level === undefined || level.length === 0 ? logLevels : level;

/** Conditions on integration and webhook, with parameters from `$first` on. */
function scopeOf(
  { integrationId, webhookId }: Pick<LineFilter, 'integrationId' | 'webhookId'>,
  first: number,
): { sql: string; values: string[] } {
  const values: string[] = [];
  let sql = '';
  for (const [column, id] of [
    ['integration_id', integrationId],
    ['webhook_id', webhookId],
  ] as const) {
    if (id === undefined) continue;
    sql += ` AND ${column} = $${first + values.length}`;
    values.push(id);
  }
  return { sql, values };
}

/**
 * Lines of a range, at most `limit`, newest first (or oldest first). Every level is read by its own index in order, and
 * the levels are merged, so that a page of rare errors costs no more than one of everything. Each level is a parameter of
 * its own: PostgreSQL then knows how much of the table it is, and does not look for a level that is not there along the
 * order of all lines.
 */
function linesOf(
  filter: LineFilter,
  { from, until }: IdRange,
  limit: number,
  columns: string,
  order: 'DESC' | 'ASC' = 'DESC',
): { sql: string; values: unknown[] } {
  const scope = scopeOf(filter, 4);
  const levels = levelsOf(filter);
  const firstLevel = 4 + scope.values.length;
  const ofLevels = levels.map(
    (_, n) => `
      (SELECT ${columns} FROM log_entries
       WHERE organization_id = current_organization() AND level = $${firstLevel + n} AND id >= $1 AND id < $2${scope.sql}
       ORDER BY id ${order} LIMIT $3)`,
  );
  return {
    sql: `SELECT l.* FROM (${ofLevels.join(' UNION ALL ')}) l ORDER BY l.id ${order} LIMIT $3`,
    values: [from, until, limit, ...scope.values, ...levels],
  };
}

/** Lines that fit, newest first. */
export async function newestLines(
  tx: Tx,
  filter: LineFilter,
  range: IdRange,
  limit: number,
): Promise<LogRow[]> {
  if (!isSearched(filter)) {
    const lines = linesOf(filter, range, limit, '*');
    return tx.query<LogRow>(
      `SELECT ${rowColumns} FROM (${lines.sql}) l ${named} ORDER BY l.id DESC`,
      lines.values,
    );
  }
  const ids = await newestMatches(tx, filter, range, limit);
  return tx.query<LogRow>(
    `SELECT ${rowColumns} FROM log_entries l ${named}
     WHERE l.organization_id = current_organization() AND l.id = ANY ($1::uuid[]) ORDER BY l.id DESC`,
    [ids],
  );
}

/** Lines that are looked at one by one before the index of words is asked: what matches often is found among them. */
const lookedAt = 2_000;
const dayMs = 86_400_000;

/**
 * Ids of lines that match words or a source, newest first. First the newest lines are looked at, which suffices where
 * much matches; then the index of words is asked for longer and longer spans, back into the past, each about as long
 * as all before, so that a rare word costs a handful of statements and a frequent one never collects what nobody reads.
 */
export async function newestMatches(
  tx: Tx,
  filter: LineFilter,
  { from, until }: IdRange,
  limit: number,
): Promise<string[]> {
  const query = queryOf(filter, filter.search ?? '');
  const lines = linesOf(filter, { from, until }, lookedAt, 'id, words');
  const looked = await tx.query<{ id: string; fits: boolean }>(
    `SELECT id, words @@ $${lines.values.length + 1}::tsquery AS fits FROM (${lines.sql}) newest ORDER BY id DESC`,
    [...lines.values, query],
  );
  const ids = looked.filter(({ fits }) => fits).map(({ id }) => id);
  const last = looked.at(-1)?.id;
  if (last === undefined || looked.length < lookedAt || ids.length >= limit) return ids.slice(0, limit);
  const start = timeOfUuid7(last);
  let end = last;
  for (let days = 1; ids.length < limit && end > from; days *= 2) {
    const earlier = idAt(start - days * dayMs);
    const begin = earlier > from ? earlier : from;
    const found = await tx.query<{ id: string }>(
      'SELECT id FROM find_log_entries($1::tsquery, $2, $3, $4) f (id)',
      [query, begin, end, limit - ids.length],
    );
    ids.push(...found.map(({ id }) => id));
    end = begin;
  }
  return ids;
}

/** How many lines fit, counted up to `most`. */
export async function countLines(tx: Tx, filter: LineFilter, range: IdRange, most: number): Promise<number> {
  const { sql, values } = isSearched(filter)
    ? {
        sql: 'SELECT id FROM find_log_entries($1::tsquery, $2, $3, $4) f (id)',
        values: [queryOf(filter, filter.search ?? ''), range.from, range.until, most],
      }
    : linesOf(filter, range, most, 'id');
  const [row] = await tx.query<{ count: number }>(`SELECT count(*) FROM (${sql}) l`, values);
  return row?.count ?? 0;
}

/** Lines of one level in one bucket, of which at most so many are counted; beyond them the rest is estimated. */
const mostInBucket = 5_000;
/** Matches of a level that are counted, the newest. */
const mostMatches = 10_000;

export interface LevelCounts {
  /** For each bucket, the number of lines of each level. */
  counts: Record<LogLevel, number>[];
  approximate: boolean;
  /** Milliseconds; null when all were counted. */
  countedSince: number | null;
}

/** Counts lines by time and level, at a bounded cost whatever is stored. */
export async function countBuckets(
  tx: Tx,
  filter: LineFilter,
  buckets: Buckets,
  range: IdRange,
): Promise<LevelCounts> {
  const counts = Array.from({ length: buckets.count }, () => ({ debug: 0, info: 0, warn: 0, error: 0 }));
  return isSearched(filter)
    ? countMatches(tx, filter, buckets, range, counts)
    : countStored(tx, filter, buckets, range, counts);
}

async function countStored(
  tx: Tx,
  filter: LineFilter,
  { start, sizeMs, count }: Buckets,
  range: IdRange,
  counts: LevelCounts['counts'],
): Promise<LevelCounts> {
  const edges = Array.from({ length: count + 1 }, (_, n) => idAt(start + n * sizeMs));
  const froms = edges.slice(0, -1).map((edge) => (edge < range.from ? range.from : edge));
  const untils = edges.slice(1).map((edge) => (edge > range.until ? range.until : edge));
  const scope = scopeOf(filter, 5);
  const rows = await tx.query<{ n: number; level: LogLevel; count: number; last: string | null }>(
    `SELECT b.n::int AS n, v.level, c.count, c.last
     FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY b (from_id, until_id, n)
     CROSS JOIN unnest($1::text[]) v (level)
     CROSS JOIN LATERAL (
       SELECT count(*) AS count, (array_agg(id))[$4::int] AS last FROM (
         SELECT id FROM log_entries WHERE organization_id = current_organization() AND level = v.level
           AND id >= b.from_id AND id < b.until_id${scope.sql}
         ORDER BY id LIMIT $4) x) c
     WHERE c.count > 0`,
    [[...levelsOf(filter)], froms, untils, mostInBucket, ...scope.values],
  );
  let approximate = false;
  for (const { n, level, count: counted, last } of rows) {
    const bucket = counts[n - 1];
    if (!bucket) continue;
    bucket[level] = counted;
    if (last === null) continue;
    // So many lines in this part of the bucket: as dense in the rest of it.
    const coveredMs = Math.max(1, timeOfUuid7(last) - timeOfUuid7(froms[n - 1] ?? last));
    const wholeMs = timeOfUuid7(untils[n - 1] ?? last) - timeOfUuid7(froms[n - 1] ?? last);
    bucket[level] = Math.max(counted, Math.round((counted * wholeMs) / coveredMs));
    approximate = true;
  }
  return { counts, approximate, countedSince: null };
}

async function countMatches(
  tx: Tx,
  filter: LineFilter,
  { start, sizeMs }: Buckets,
  range: IdRange,
  counts: LevelCounts['counts'],
): Promise<LevelCounts> {
  let countedSince: number | null = null;
  for (const level of levelsOf(filter)) {
    const ids = await newestMatches(tx, { ...filter, level: [level] }, range, mostMatches);
    for (const id of ids) {
      const bucket = counts[Math.floor((timeOfUuid7(id) - start) / sizeMs)];
      if (bucket) bucket[level] += 1;
    }
    const oldest = ids.at(-1);
    if (oldest !== undefined && ids.length === mostMatches) {
      countedSince = Math.max(countedSince ?? 0, timeOfUuid7(oldest));
    }
  }
  return { counts, approximate: false, countedSince };
}

/** One line of the organization. */
export async function readLine(tx: Tx, id: string): Promise<LogRow | undefined> {
  const [row] = await tx.query<LogRow>(
    `SELECT ${rowColumns} FROM log_entries l ${named}
     WHERE l.organization_id = current_organization() AND l.id = $1`,
    [id],
  );
  return row;
}

/** Removes lines of a range, of an integration or a webhook or all; gives how many. A statement for each day. */
export async function removeLines(
  tx: Tx,
  scope: Pick<LineFilter, 'integrationId' | 'webhookId'>,
  range: IdRange,
): Promise<number> {
  const oldest = linesOf(scope, range, 1, 'id', 'ASC');
  const [first] = await tx.query<{ id: string }>(oldest.sql, oldest.values);
  const { sql, values } = scopeOf(scope, 3);
  let removed = 0;
  for (let from = first?.id; from !== undefined && from < range.until;) {
    const nextDay = idAt((Math.floor(timeOfUuid7(from) / dayMs) + 1) * dayMs);
    const until = nextDay < range.until ? nextDay : range.until;
    const [row] = await tx.query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM log_entries
         WHERE organization_id = current_organization() AND id >= $1 AND id < $2${sql} RETURNING 1)
       SELECT count(*) FROM gone`,
      [from, until, ...values],
    );
    removed += row?.count ?? 0;
    from = until;
  }
  return removed;
}

/** Whether an integration and a webhook, where they are named, are the organization's; deleted ones count. */
export async function knowsScope(
  tx: Tx,
  { integrationId, webhookId }: Pick<LineFilter, 'integrationId' | 'webhookId'>,
): Promise<{ integration: string | null; webhook: string | null } | null> {
  const [row] = await tx.query<{ integration: string | null; webhook: string | null }>(
    `SELECT (SELECT name FROM integrations WHERE organization_id = current_organization() AND id = $1) AS integration,
       (SELECT name FROM webhooks WHERE organization_id = current_organization() AND id = $2) AS webhook`,
    [integrationId ?? null, webhookId ?? null],
  );
  if (!row || (integrationId !== undefined && row.integration === null)) return null;
  return webhookId !== undefined && row.webhook === null ? null : row;
}
