import type { LogEntry } from '@trunkline/contract/logs';
import type { z } from 'zod';
import type { LogRow } from './queries.ts';

/** A line as lists show it; where it went wrong in the code stays with the single line. */
export function presentLine(row: LogRow): z.input<typeof LogEntry> {
  const { error, ...values } = row.details;
  return {
    id: row.id,
    at: row.at.toISOString(),
    level: row.level,
    source: row.source,
    event: row.event,
    message: row.message,
    integration: row.integrationId === null ? null : named(row.integrationId, row.integrationName),
    webhook: row.webhookId === null ? null : named(row.webhookId, row.webhookName),
    details: values as z.input<typeof LogEntry>['details'],
    error: error ? { code: error.code ?? null, message: error.message } : null,
    hasStack: error?.stack !== undefined,
  };
}

function named(id: string, name: string | null): { id: string; name: string } {
  return { id, name: name ?? '' };
}
