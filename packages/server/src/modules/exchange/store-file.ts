import { createHash } from 'node:crypto';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import type { AuditAction } from '@trunkline/contract/audit';
import type { Ctx, Tx } from '../../ctx.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { insertFile, readFile } from './queries.ts';
import type { NewFile } from './queries.ts';

/** What differs from file to file; the rest follows. */
export type FileToStore = Omit<NewFile, 'id' | 'sha256' | 'createdAt' | 'createdBy'>;

/** Stores a file with its audit record. Null: it was fetched from the partner before. */
export async function storeFile(
  ctx: Ctx,
  tx: Tx,
  action: AuditAction,
  file: FileToStore,
): Promise<ExchangeFile | null> {
  const { app, actor } = ctx;
  const id = app.newId();
  const sha256 = createHash('sha256').update(file.content).digest('hex');
  const createdBy = actor.type === 'anonymous' ? 'nobody signed in' : actor.name;
  const stored = await insertFile(app, tx, {
    ...file,
    id,
    sha256,
    createdAt: new Date(app.clock()),
    createdBy,
  });
  if (!stored) return null;
  await recordAudit(ctx, tx, {
    action,
    target: { type: 'exchange_file', id, name: file.name },
    changes: {
      integrationId: { before: null, after: file.integrationId },
      kind: { before: null, after: file.kind },
      bytes: { before: null, after: file.content.length },
      sha256: { before: null, after: sha256 },
    },
  });
  tx.announce('exchange', [file.integrationId]);
  return readFile(tx, id);
}
