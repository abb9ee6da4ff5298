import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { ownerTransaction } from '../../db/transaction.ts';
import { systemContext } from '../../system-context.ts';
import { lastBefore, readChain } from './queries.ts';
import { recordAudit } from './record-audit.ts';
import { chainStart, followChain } from './rules.ts';
import { readRetentionDays } from './settings.ts';
import { isSignedPlace, lastCheckpoint, storeCheckpoint } from './signed-places.ts';

const dayMs = 86_400_000;
const recordsAtATime = 2_000;

/**
 * Removes records past the organization's retention. First the place up to which they go is signed, in the transaction
 * that records it; then they are deleted, so that the rest can be followed from that place. What does not fit together
 * is kept: somebody has to look at it.
 *
 * @returns how many records were removed
 */
export async function cutChain(app: App, organizationId: string): Promise<number> {
  let removed = 0;
  for (;;) {
    const more = await tenantTransaction(app.pool, organizationId, (tx) => signCut(app, tx));
    removed += await deleteBeforeCut(app, organizationId);
    if (!more) return removed;
  }
}

/** Signs the next place to cut at; false when there is nothing more to cut. */
async function signCut(app: App, tx: Tx): Promise<boolean> {
  const days = await readRetentionDays(tx);
  const last = await lastBefore(tx, new Date(app.clock() - days * dayMs));
  const cut = await lastCheckpoint(tx, 'cut');
  if (cut !== null && !isSignedPlace(app.signer, cut)) {
    app.log.error({ organizationId: tx.organizationId }, 'the audit log has a cut that was not signed here');
    return false;
  }
  const from = cut ? { sequence: cut.sequence, hash: cut.hash } : chainStart;
  if (last <= from.sequence) return false;
  const records = await readChain(tx, from.sequence, Math.min(recordsAtATime, last - from.sequence));
  const { place, broken } = followChain(from, records);
  if (broken !== null || place.hash === null) {
    app.log.error(
      { organizationId: tx.organizationId, ...broken },
      'old records of the audit log do not fit together and are kept',
    );
    return false;
  }
  await storeCheckpoint(app, tx, { kind: 'cut', sequence: place.sequence, hash: place.hash });
  await recordAudit(systemContext(app, tx.organizationId), tx, {
    action: 'audit.records_removed',
    target: { type: 'audit_log', id: null, name: null },
    changes: {
      firstRecord: { before: from.sequence + 1, after: place.sequence + 1 },
      retentionDays: { before: null, after: days },
    },
  });
  return place.sequence < last;
}

/** Deletes what the last signed cut is behind; nothing while somebody checks the chain. */
async function deleteBeforeCut(app: App, organizationId: string): Promise<number> {
  const cut = await tenantTransaction(app.pool, organizationId, (tx) => lastCheckpoint(tx, 'cut'));
  if (cut === null || !isSignedPlace(app.signer, cut)) return 0;
  return ownerTransaction(app.pool, async (db) => {
    const { rows } = await db.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_xact_lock(audit_cut_lock($1)) AS mine',
      [organizationId],
    );
    if (!rows[0]?.mine) return 0;
    await db.query(`SET LOCAL trunkline.audit_retention = 'on'`);
    const { rowCount } = await db.query(
      'DELETE FROM audit_log WHERE organization_id = $1 AND sequence <= $2',
      [organizationId, cut.sequence],
    );
    return rowCount ?? 0;
  });
}
