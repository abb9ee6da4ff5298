import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { readCheck, storeCheck } from './checks.ts';
import type { Check } from './checks.ts';
import { readChainEnd } from './queries.ts';
import { lastCheckpoint } from './signed-places.ts';
import { verifyPart } from './verify-chain.ts';
import type { FollowedPart } from './verify-chain.ts';

/** The whole chain is followed again so long after it last began, in milliseconds. */
const walkEveryMs = 86_400_000;
/** Records of the whole chain that are followed in one round. */
export const recordsAWalk = 5_000;

/**
 * One round of the check that the product makes by itself (ACC-3): what is new since the last signed checkpoint that was
 * reached, and a part of all of it, so that the whole is seen about once a day without ever costing much at once. What
 * does not fit stays noted, and an alert follows from it, until it fits again.
 */
export async function checkChain(app: App, organizationId: string, most = recordsAWalk): Promise<void> {
  await tenantTransaction(app.pool, organizationId, async (tx) => {
    const { keyId } = await readChainEnd(tx);
    if (keyId !== null && !app.signer.knows(keyId)) {
      app.log.warn({ organizationId, keyId }, 'the audit log is signed with a key that this process has not');
      return;
    }
    const before = await readCheck(tx);
    const tip = await followTip(app, tx, before);
    const walk = await followWhole(app, tx, before, most);
    const { brokenAt, reason } = tip.report.ok ? (walk?.report ?? tip.report) : tip.report;
    const now = new Date(app.clock());
    const failing = reason !== null;
    await storeCheck(tx, {
      checkedAt: now,
      tip: tip.report.ok ? tip.place.sequence : (before?.tip ?? tip.place.sequence),
      walk: walk?.report.ok ? walk.place : (before?.walk ?? { sequence: 0, hash: null }),
      walkBeganAt: walk?.began ?? before?.walkBeganAt ?? now,
      wholeAt: walk?.report.ok && walk.isEnd ? now : (before?.wholeAt ?? null),
      failingSince: failing ? (before?.failingSince ?? now) : null,
      brokenAt: failing ? brokenAt : null,
      reason,
    });
    if (failing && before?.failingSince == null) {
      app.log.error({ organizationId, brokenAt, reason }, 'the audit log does not fit together');
    }
    tx.announce('audit');
  });
}

/** What is new: from the last signed place that was reached, to the end. */
async function followTip(app: App, tx: Tx, before: Check | null): Promise<FollowedPart> {
  const from = await lastCheckpoint(tx, null, before?.tip ?? null);
  return verifyPart(app.signer, tx, from === null ? {} : { from });
}

/** The next part of the whole; null while it is not time to begin anew. */
async function followWhole(
  app: App,
  tx: Tx,
  before: Check | null,
  most: number,
): Promise<(FollowedPart & { began: Date }) | null> {
  const now = app.clock();
  const isOver = before !== null && before.wholeAt !== null && before.wholeAt >= before.walkBeganAt;
  if (isOver && now - before.walkBeganAt.getTime() < walkEveryMs) return null;
  const began = before === null || isOver ? new Date(now) : before.walkBeganAt;
  const from = before === null || isOver ? null : before.walk;
  return { ...(await verifyPart(app.signer, tx, { most, ...(from && { from }) })), began };
}
