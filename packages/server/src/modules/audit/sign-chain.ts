import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { systemContext } from '../../system-context.ts';
import { readChain, readChainEnd } from './queries.ts';
import { recordAudit } from './record-audit.ts';
import { chainStart, followChain } from './rules.ts';
import { isSignedPlace, lastCheckpoint, signPlace, storeCheckpoint } from './signed-places.ts';
import type { Checkpoint, Place, Signature } from './signed-places.ts';

const dayMs = 86_400_000;
const pageSize = 500;

/** Keeps a checkpoint of the chain's end when there are new records and the last one is a day old. */
export async function writeDailyCheckpoint(app: App, organizationId: string): Promise<void> {
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    const last = await lastCheckpoint(tx, null);
    if (last !== null && app.clock() - Date.parse(last.at) < dayMs) return;
    const end = await readChainEnd(tx);
    if (end.hash === null || end.head <= (last?.sequence ?? 0)) return;
    const head: Place & Signature = {
      kind: 'head',
      organizationId,
      sequence: end.head,
      hash: end.hash,
      at: null,
      keyId: end.keyId,
      signature: end.signature,
    };
    if (!isSignedPlace(app.signer, head)) {
      app.log.error(
        { organizationId },
        'the end of the audit log is not signed: trunkline audit verify says more',
      );
      return;
    }
    await storeCheckpoint(app, tx, { kind: 'checkpoint', sequence: end.head, hash: end.hash });
  });
}

/**
 * Begins to sign a chain that was never signed, as it was written by a version before signatures. Its hashes must fit.
 * It leaves a record, so that nobody can have a chain of their own making signed in silence.
 */
export async function startSigning(app: App, organizationId: string): Promise<void> {
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    const end = await readChainEnd(tx);
    if (end.head === 0 || end.signature !== null || (await lastCheckpoint(tx, null)) !== null) return;
    let place = chainStart;
    while (place.sequence < end.head) {
      const page = await readChain(tx, place.sequence, pageSize);
      const followed = followChain(place, page);
      if (page.length === 0 || followed.broken) {
        app.log.error(
          { organizationId, ...followed.broken },
          'an audit log that does not fit together is not signed',
        );
        return;
      }
      place = followed.place;
    }
    await recordAudit(systemContext(app, organizationId), tx, {
      action: 'audit.signing_started',
      target: { type: 'audit_log', id: null, name: null },
    });
    const { head, hash } = await readChainEnd(tx);
    if (hash !== null) await storeCheckpoint(app, tx, { kind: 'checkpoint', sequence: head, hash });
  });
}

/**
 * Signs with the current key what an earlier one has signed (`secrets rotate`), so that the earlier one is needed no
 * more. What carries no good signature gets none. Gives the number of signatures made.
 */
export async function signAnew(app: App): Promise<number> {
  const { pool, signer } = app;
  let signed = 0;
  const heads = await pool.query<Place & Signature>(
    `SELECT 'head' AS kind, organization_id AS "organizationId", sequence, hash, NULL AS at, key_id AS "keyId", signature
     FROM audit_heads WHERE key_id <> $1`,
    [signer.keyId],
  );
  for (const head of heads.rows) {
    if (!isSignedPlace(signer, head)) continue;
    const { keyId, signature } = signPlace(signer, head);
    // A record written meanwhile has signed the new head itself.
    const { rowCount } = await pool.query(
      `UPDATE audit_heads SET key_id = $3, signature = $4 WHERE organization_id = $1 AND sequence = $2`,
      [head.organizationId, head.sequence, keyId, signature],
    );
    signed += rowCount ?? 0;
  }
  const places = await pool.query<Omit<Checkpoint, 'at'> & { at: Date }>(
    `SELECT kind, organization_id AS "organizationId", sequence, hash, at, key_id AS "keyId", signature
     FROM audit_checkpoints WHERE key_id <> $1`,
    [signer.keyId],
  );
  for (const row of places.rows) {
    const place: Checkpoint = { ...row, at: row.at.toISOString() };
    if (!isSignedPlace(signer, place)) continue;
    const { keyId, signature } = signPlace(signer, place);
    const { rowCount } = await pool.query(
      `UPDATE audit_checkpoints SET key_id = $4, signature = $5
       WHERE organization_id = $1 AND sequence = $2 AND kind = $3`,
      [place.organizationId, place.sequence, place.kind, keyId, signature],
    );
    signed += rowCount ?? 0;
  }
  return signed;
}
