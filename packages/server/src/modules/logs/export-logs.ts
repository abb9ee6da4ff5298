import { planLogExport as operation } from '@trunkline/contract/logs';
import type { InputOf } from '@trunkline/contract/operation';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import { csvLine } from '../../lib/csv-line.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { fileNameOf } from './plan-log-export.ts';
import { presentLine } from './present-line.ts';
import { knowsScope, newestLines } from './queries.ts';
import type { LogRow } from './queries.ts';
import { idRangeOf } from './rules.ts';

export interface LogExport {
  fileName: string;
  contentType: string;
  /** The text, in pieces that are read as they are asked for; never more than one is in memory. */
  pieces: AsyncGenerator<string, void, undefined>;
}

const rowsAPiece = 1_000;
const columns = [
  'time',
  'level',
  'source',
  'event',
  'integration',
  'webhook',
  'message',
  'host',
  'error_code',
  'error_message',
  'duration_ms',
  'message_id',
  'other_details',
  'id',
];

/**
 * Begins an export (LOG-2): audited, then read piece by piece, each in a transaction of its own.
 *
 * @throws AppError `not_found` for an integration or webhook of somebody else
 */
export async function exportLogs(ctx: Ctx, input: InputOf<typeof operation>): Promise<LogExport> {
  authorize(ctx, operation);
  const { format, ...filter } = input;
  const now = ctx.app.clock();
  const until = filter.until ?? new Date(now + 1).toISOString();
  await inOrganization(ctx, async (tx) => {
    const known = await knowsScope(tx, filter);
    if (known === null) throw notFound('integration or webhook');
    await recordAudit(ctx, tx, {
      action: 'log.exported',
      target: {
        type: 'logs',
        id: filter.integrationId ?? filter.webhookId ?? null,
        name: known.integration ?? known.webhook,
      },
      changes: Object.fromEntries(
        Object.entries({ ...filter, until, format }).map(([name, after]) => [name, { before: null, after }]),
      ),
    });
  });
  return {
    fileName: fileNameOf(format, until),
    contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
    pieces: read(),
  };

  async function* read(): AsyncGenerator<string, void, undefined> {
    // The mark makes spreadsheets read UTF-8.
    if (format === 'csv') yield `\u{FEFF}${csvLine(columns)}`;
    const range = idRangeOf({ ...filter, until }, now);
    for (;;) {
      const rows = await inOrganization(ctx, (tx) => newestLines(tx, filter, range, rowsAPiece));
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(format === 'csv' ? csvOf : ndjsonOf).join('');
      if (rows.length < rowsAPiece) return;
      range.until = last.id;
    }
  }
}

function csvOf(row: LogRow): string {
  const { host = null, durationMs = null, messageId = null, error, ...others } = row.details;
  return csvLine([
    row.at.toISOString(),
    row.level,
    row.source,
    row.event,
    row.integrationName,
    row.webhookName,
    row.message,
    cellOf(host),
    error?.code ?? null,
    error?.message ?? null,
    cellOf(durationMs),
    cellOf(messageId),
    Object.keys(others).length === 0 ? null : JSON.stringify(others),
    row.id,
  ]);
}

function cellOf(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function ndjsonOf(row: LogRow): string {
  return `${JSON.stringify({ ...presentLine(row), stack: row.details.error?.stack ?? null })}\n`;
}
