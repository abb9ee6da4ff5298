import type { AuditCheckpoint } from '@trunkline/contract/audit';
import { planAuditExport as operation } from '@trunkline/contract/audit';
import type { InputOf } from '@trunkline/contract/operation';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { csvLine } from '../../lib/csv-line.ts';
import { fileNameOf } from './plan-audit-export.ts';
import { listRecords, presentRecord, readChainEnd } from './queries.ts';
import type { StoredRecord } from './queries.ts';
import { recordAudit } from './record-audit.ts';
import { presentCheckpoint, storeCheckpoint } from './signed-places.ts';

export interface AuditExport {
  fileName: string;
  contentType: string;
  /** The text, in pieces that are read as they are asked for; never more than one is in memory. */
  pieces: AsyncGenerator<string, void, undefined>;
}

const rowsAPiece = 500;
const columns = [
  'record',
  'time',
  'action',
  'actor_type',
  'actor',
  'actor_id',
  'target_type',
  'target',
  'target_id',
  'ip',
  'user_agent',
  'request_id',
  'changes',
  'hash',
  'signature',
  'key_id',
];

/**
 * Begins an export (ACC-3): audited, then read piece by piece, each in a transaction of its own. Its last line is a
 * checkpoint of the whole log, made when it began.
 */
export async function exportAudit(ctx: Ctx, input: InputOf<typeof operation>): Promise<AuditExport> {
  authorize(ctx, operation);
  const { format, through, ...filter } = operation.input.parse(input);
  const { last, checkpoint } = await inOrganization(ctx, async (tx) => {
    const before = await readChainEnd(tx);
    const newest = Math.min(through ?? before.head, before.head);
    await recordAudit(ctx, tx, {
      action: 'audit.exported',
      target: { type: 'audit_log', id: null, name: null },
      changes: Object.fromEntries(
        Object.entries({ ...filter, through: newest, format }).map(([name, after]) => [
          name,
          { before: null, after },
        ]),
      ),
    });
    const { head, hash, signature } = await readChainEnd(tx);
    // A log that is not signed any more gets no signature by being exported.
    const place =
      hash === null || signature === null
        ? null
        : await storeCheckpoint(ctx.app, tx, { kind: 'checkpoint', sequence: head, hash });
    return { last: newest, checkpoint: place === null ? null : presentCheckpoint(place) };
  });
  return {
    fileName: fileNameOf(format, ctx.app.clock()),
    contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
    pieces: read(),
  };

  async function* read(): AsyncGenerator<string, void, undefined> {
    // The mark makes spreadsheets read UTF-8.
    if (format === 'csv') yield `\u{FEFF}${csvLine(columns)}`;
    let before = last + 1;
    for (;;) {
      const rows = await inOrganization(ctx, (tx) => listRecords(tx, filter, before, rowsAPiece));
      const oldest = rows.at(-1);
      if (oldest !== undefined) yield rows.map(format === 'csv' ? csvOf : ndjsonOf).join('');
      if (oldest === undefined || rows.length < rowsAPiece) break;
      before = oldest.sequence;
    }
    if (checkpoint !== null) {
      yield format === 'csv'
        ? checkpointCsvOf(checkpoint)
        : `${JSON.stringify({ checkpoint, publicKey: ctx.app.signer.publicKey })}\n`;
    }
  }
}

function csvOf(row: StoredRecord): string {
  return csvLine([
    row.sequence,
    row.occurredAt,
    row.action,
    row.actorType,
    row.actorName,
    row.actorId,
    row.targetType,
    row.targetName,
    row.targetId,
    row.ip,
    row.userAgent,
    row.requestId,
    JSON.stringify(row.changes),
    row.hash.toString('hex'),
    null,
    null,
  ]);
}

/** The columns of the record that it signs, with what belongs to the signature alone at the end. */
function checkpointCsvOf({
  sequence,
  at,
  kind,
  organizationId,
  hash,
  signature,
  keyId,
}: AuditCheckpoint): string {
  const none = Array.from({ length: 5 }, () => null);
  return csvLine([
    sequence,
    at,
    kind,
    null,
    null,
    null,
    'organization',
    null,
    organizationId,
    ...none.slice(1),
    hash,
    signature,
    keyId,
  ]);
}

function ndjsonOf(row: StoredRecord): string {
  return `${JSON.stringify(presentRecord(row))}\n`;
}
