/** What `/usage` shows: how far back, and which requests of the log. */
export interface UsageSearch {
  range?: '7d' | '30d' | 'custom';
  /** Days, `2026-11-28`, with `custom`. */
  from?: string;
  to?: string;
  key?: string;
  status?: '2xx' | '4xx' | '5xx';
  endpoint?: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the address; what it does not know is left out. */
export function usageSearch(search: Record<string, unknown>): UsageSearch {
  const { range, from, to, key, status, endpoint } = search;
  const text = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return {
    ...(range === '7d' || range === '30d' || range === 'custom' ? { range } : {}),
    ...(text(from) && day.test(from) ? { from } : {}),
    ...(text(to) && day.test(to) ? { to } : {}),
    ...(text(key) ? { key } : {}),
    ...(status === '2xx' || status === '4xx' || status === '5xx' ? { status } : {}),
    ...(text(endpoint) ? { endpoint } : {}),
  };
}

/** The range as the operations take it. A custom one without a start is the last 24 hours. Days are local days. */
export function rangeInput({ range, from, to }: UsageSearch): {
  range: '24h' | '7d' | '30d' | 'custom';
  since?: string;
  until?: string;
} {
  if (range !== 'custom') return { range: range ?? '24h' };
  if (from === undefined) return { range: '24h' };
  const end = to === undefined ? null : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  return {
    range,
    since: new Date(`${from}T00:00:00`).toISOString(),
    ...(end ? { until: end.toISOString() } : {}),
  };
}
