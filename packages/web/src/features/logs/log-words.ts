import type { LogLevel, LogSource } from '@trunkline/contract/log-levels';
import type { LogEntry } from '@trunkline/contract/logs';
import { countOf, formatDuration, formatNumber } from '../../lib/format.ts';

export const levelWords: Record<LogLevel, string> = {
  debug: 'Debug',
  info: 'Info',
  warn: 'Warning',
  error: 'Error',
};

export const sourceWords: Record<LogSource, string> = {
  check: 'Checks',
  oauth: 'Sign-in at providers',
  action: 'Calls and files',
  delivery: 'Deliveries',
  inbound: 'From providers',
  system: 'Changes',
};

const stamp = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `28 Nov, 10:42:15`, in the browser's time zone. */
export const formatStamp = (at: string): string => stamp.format(new Date(at));

const edge = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** The begin of a bucket. */
export const formatEdge = (at: number): string => edge.format(new Date(at));

export interface Counts {
  debug: number;
  info: number;
  warn: number;
  error: number;
}

/** `3 errors, 1 warning, 20 infos`; `no lines`. */
export function countWords({ error, warn, info, debug }: Counts, approximate = false): string {
  const parts = [
    error > 0 && countOf(error, 'error', 'errors'),
    warn > 0 && countOf(warn, 'warning', 'warnings'),
    info > 0 && countOf(info, 'info', 'infos'),
    debug > 0 && countOf(debug, 'debug line', 'debug lines'),
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'no lines' : `${approximate ? 'about ' : ''}${parts.join(', ')}`;
}

const labels: Record<string, string> = {
  durationMs: 'Took',
  downSeconds: 'Down for',
  normalMs: 'Usually',
  messageId: 'Message ID',
  deliveryId: 'Delivery',
  eventType: 'Event type',
};

/** `durationMs` → `Took`; `expiresAt` → `Expires at`. */
export function detailLabel(name: string): string {
  const known = labels[name];
  if (known !== undefined) return known;
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as people write it. */
export function detailValue(name: string, value: string | number | boolean | null): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (name.endsWith('Ms')) return formatDuration(value);
  return name.endsWith('Seconds') ? formatDuration(value * 1000) : formatNumber(value);
}

/** Lines of two lists, each once, newest first. */
export function mergeLines(newer: readonly LogEntry[], older: readonly LogEntry[]): LogEntry[] {
  const known = new Set(older.map(({ id }) => id));
  return [...newer.filter(({ id }) => !known.has(id)), ...older].sort((a, b) =>
    a.id < b.id ? 1 : a.id > b.id ? -1 : 0,
  );
}
