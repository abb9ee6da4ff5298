import { logLevels, logSources } from '@trunkline/contract/log-levels';
import type { LogLevel, LogSource } from '@trunkline/contract/log-levels';
import type { LogFilter } from '@trunkline/contract/logs';
import { toLocalInput } from '../webhooks/local-time.ts';

export const ranges = ['15m', '1h', '24h', '7d', '30d', 'all', 'own'] as const;
export type Range = (typeof ranges)[number];

/** What is chosen unless the address says otherwise. */
export const usualRange: Range = '24h';

const minuteMs = 60_000;
const spans: Record<Exclude<Range, 'own'>, number> = {
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '24h': 1_440 * minuteMs,
  '7d': 7 * 1_440 * minuteMs,
  '30d': 30 * 1_440 * minuteMs,
  all: 366 * 1_440 * minuteMs,
};

export const rangeLabels: Record<Range, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  all: 'All that is kept',
  own: 'From and to…',
};

/** The filters as the address says them: `/logs?range=1h&level=error,warn&q=timeout`. */
export interface LogSearch {
  range?: Range;
  /** Of the range `own`: instants in ISO 8601. */
  since?: string;
  until?: string;
  /** Levels with commas between them; all without it. */
  level?: string;
  source?: LogSource;
  integration?: string;
  webhook?: string;
  q?: string;
}

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address; what it does not know it leaves out. */
export function logSearch(search: Record<string, unknown>): LogSearch {
  const text = (key: string): string | undefined =>
    typeof search[key] === 'string' && search[key] !== '' ? search[key] : undefined;
  const instant = (key: string): string | undefined => {
    const value = text(key);
    return value !== undefined && !Number.isNaN(Date.parse(value))
      ? new Date(value).toISOString()
      : undefined;
  };
  const range = ranges.find((each) => each === search['range']);
  const [since, until] = range === 'own' ? [instant('since'), instant('until')] : [];
  const level = levelText(levelsIn(text('level')));
  const source = logSources.find((each) => each === search['source']);
  const [integration, webhook] = [text('integration'), text('webhook')];
  const q = typeof search['q'] === 'number' ? String(search['q']) : text('q')?.slice(0, 200);
  return {
    ...(range !== undefined && range !== usualRange && { range }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(level !== undefined && { level }),
    ...(source !== undefined && { source }),
    ...(integration !== undefined && id.test(integration) && { integration }),
    ...(webhook !== undefined && id.test(webhook) && { webhook }),
    ...(q !== undefined && { q }),
  };
}

/** The levels of an address; none stands for all. */
export function levelsIn(text: string | undefined): LogLevel[] {
  const named = new Set((text ?? '').split(','));
  return logLevels.filter((level) => named.has(level));
}

/** As they stand in the address; all and none leave it out. */
export function levelText(levels: readonly LogLevel[]): string | undefined {
  const ordered = logLevels.filter((level) => levels.includes(level));
  return ordered.length === 0 || ordered.length === logLevels.length ? undefined : ordered.join(',');
}

/** A search with other values; undefined takes one out. */
export function withSearch(
  search: LogSearch,
  change: { [Key in keyof LogSearch]?: LogSearch[Key] | undefined },
) {
  return logSearch({ ...search, ...change });
}

/** How many filters narrow what is shown, the time left out. */
export function narrowedBy({ level, source, integration, webhook, q }: LogSearch): number {
  return [level, source, integration, webhook, q].filter((value) => value !== undefined).length;
}

/**
 * The filter as the operations want it. A span up to now begins at a whole minute before `now`, so that it stays the
 * same for a while.
 */
export function logInput(search: LogSearch, now: number, integrationId?: string): LogFilter {
  const { source, webhook, q } = search;
  const levels = levelsIn(search.level);
  const integration = integrationId ?? search.integration;
  return {
    ...timesOf(search, now),
    ...(levels.length > 0 && { level: levels }),
    ...(source !== undefined && { source }),
    ...(integration !== undefined && { integrationId: integration }),
    ...(webhook !== undefined && { webhookId: webhook }),
    ...(q !== undefined && { search: q }),
  };
}

function timesOf({ range = usualRange, since, until }: LogSearch, now: number): LogFilter {
  if (range === 'own')
    return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  const start = Math.floor((now - spans[range]) / minuteMs) * minuteMs;
  return { since: new Date(start).toISOString() };
}

/** What the fields for an own time begin with: the span that was shown before. */
export function ownTimes(search: LogSearch, now: number): { since: string; until: string } {
  const { since } = timesOf(search, now);
  return {
    since: since ?? new Date(now - spans['24h']).toISOString(),
    until: search.until ?? new Date(Math.ceil(now / minuteMs) * minuteMs).toISOString(),
  };
}

/** An instant in the form of a `datetime-local` field. */
export const fieldOf = (instant: string | undefined): string =>
  instant === undefined ? '' : toLocalInput(Date.parse(instant));
