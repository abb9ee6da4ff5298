import type { ExchangeFile } from '@trunkline/contract/exchange';
import type { Acknowledgement } from '@trunkline/contract/files';
import type { Ctx, Tx } from '../../ctx.ts';
import { acknowledgementIn } from './check-content.ts';
import { findAnswered, readFile } from './queries.ts';
import { stateAfter } from './rules.ts';
import { storeFile } from './store-file.ts';

/**
 * Stores a file that came from the partner. When it acknowledges a file that was sent, that file's state follows. Null:
 * it was fetched before.
 */
export async function takeIncoming(
  ctx: Ctx,
  tx: Tx,
  file: { integrationId: string; name: string; content: Buffer; remoteKey: string | null },
): Promise<ExchangeFile | null> {
  const acknowledgement = acknowledgementIn(file.content);
  const stored = await storeFile(ctx, tx, 'exchange_file.received', {
    ...file,
    kind: acknowledgement ? 'acknowledgement' : 'other',
    direction: 'incoming',
    state: 'received',
    layout: null,
    controlNumber: null,
    test: null,
    errors: 0,
    warnings: 0,
    outcome: acknowledgement?.outcome ?? null,
    error: null,
  });
  if (stored !== null) {
    const outcome = acknowledgement?.outcome;
    tx.afterCommit(() =>
      ctx.app.logs.write({
        organizationId: tx.organizationId,
        integrationId: file.integrationId,
        source: 'inbound',
        level: outcome === 'rejected' || outcome === 'partly_accepted' ? 'warn' : 'info',
        event: 'file.received',
        message: `${file.name} came from the partner${outcome === undefined ? '' : `: ${outcome.replaceAll('_', ' ')}`}.`,
        details: { bytes: file.content.length },
      }),
    );
  }
  if (stored === null || acknowledgement === null) return stored;
  const answered = await findAnswered(tx, file.integrationId, numbersIn(acknowledgement));
  if (answered === null) return stored;
  const state = stateAfter(acknowledgement.outcome, acknowledgement.groups.length > 0) ?? answered.state;
  await tx.query(
    `UPDATE exchange_files SET state = $2, outcome = $3, answer_id = $4, answered_at = $5
     WHERE organization_id = current_organization() AND id = $1`,
    [answered.id, state, acknowledgement.outcome, stored.id, new Date(ctx.app.clock())],
  );
  await tx.query(
    `UPDATE exchange_files SET answers_id = $2 WHERE organization_id = current_organization() AND id = $1`,
    [stored.id, answered.id],
  );
  return readFile(tx, stored.id);
}

function numbersIn({ interchanges, groups }: Acknowledgement): number[] {
  return [...interchanges, ...groups].map(({ controlNumber }) => controlNumber);
}
