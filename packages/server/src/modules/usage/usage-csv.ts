import { stringify } from 'csv-stringify/sync';
import { quantile } from './latencies.ts';
import type { UsageRow } from './queries.ts';

/** A line for every hour, key, endpoint and class of status. Names that look like formulas stay texts in a spreadsheet. */
export function usageCsv(rows: readonly UsageRow[]): Buffer {
  const lines = rows.map(({ at, keyName, endpoint, statusClass, requests, latencies }) => [
    at.toISOString(),
    keyName,
    endpoint,
    `${statusClass}xx`,
    requests,
    quantile(latencies, 0.5),
    quantile(latencies, 0.95),
  ]);
  const text = stringify(lines, {
    header: true,
    columns: ['hour', 'key', 'endpoint', 'status', 'requests', 'p50_ms', 'p95_ms'],
    escape_formulas: true,
  });
  return Buffer.from(text);
}
