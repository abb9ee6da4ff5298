import type { VerificationItem } from '@trunkline/contract/verification';
import { providersOf } from '../../connections/provider-of.ts';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { readUptimes } from '../health/read-uptimes.ts';
import { readFacts } from './queries.ts';
import { ageInDays, countsOf, findingsOf, inOrder, outcomeOf } from './rules.ts';

const uptimeDays = 30;

/**
 * Writes the reports of verifications whose checks have ended, or are so old that they are gone. Any node may do it; one
 * report is written once.
 */
export async function finishVerifications(app: App, limit: number): Promise<void> {
  const { rows } = await app.pool.query<{ id: string; organizationId: string }>(
    `SELECT v.id, v.organization_id AS "organizationId"
     FROM verification_runs v LEFT JOIN check_runs r ON r.id = v.check_run_id
     WHERE v.finished_at IS NULL AND (r.finished_at IS NOT NULL OR v.check_run_id IS NULL) LIMIT $1`,
    [limit],
  );
  for (const { id, organizationId } of rows) {
    try {
      await tenantTransaction(app.pool, organizationId, (tx) => finish(app, tx, id));
    } catch (error) {
      // It holds up nobody else, and is tried again in the next round.
      app.log.warn({ err: error, id }, 'the report of a verification could not be written');
    }
  }
}

async function finish(app: App, tx: Tx, id: string): Promise<void> {
  const [open] = await tx.query(
    `SELECT id FROM verification_runs WHERE organization_id = current_organization() AND id = $1 AND finished_at IS NULL
     FOR UPDATE SKIP LOCKED`,
    [id],
  );
  if (!open) return;
  const now = app.clock();
  const items = inOrder(await readItems(tx, now));
  const counts = countsOf(items);
  await tx.query(
    `UPDATE verification_runs v SET finished_at = $2, items = $3, counts = $4,
       checked = (SELECT count(*) FROM check_run_items i WHERE i.run_id = v.check_run_id)
     WHERE organization_id = current_organization() AND id = $1`,
    [id, new Date(now), JSON.stringify(items), JSON.stringify(counts)],
  );
  await recordOwnEvent(app, tx, 'verification.finished', {
    verificationId: id,
    ...counts,
    failedIntegrations: items.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name),
    finishedAt: new Date(now).toISOString(),
  });
  // With an id, so that nobody takes it for a new run of checks.
  tx.announce('health', [id]);
}

async function readItems(tx: Tx, now: number): Promise<VerificationItem[]> {
  const facts = await readFacts(tx);
  const providers = new Map((await providersOf(tx)).map((provider) => [provider.slug, provider]));
  const uptimes = await readUptimes(
    tx,
    facts.map(({ id }) => id),
    now - uptimeDays * 86_400_000,
    now,
  );
  return facts.map((row) => {
    const { id, name, account, status, uptimeTarget } = row;
    const uptimePercent = uptimes.get(id) ?? null;
    const credentialsAt = row.credentialsAt?.getTime() ?? null;
    const endsAt = row.endsAt?.getTime() ?? null;
    const findings = findingsOf(
      { ...row, since: row.since.getTime(), uptimePercent, credentialsAt, endsAt },
      now,
    );
    return {
      integrationId: id,
      name,
      provider: { slug: row.provider, name: providers.get(row.provider)?.name ?? row.provider },
      account,
      status,
      outcome: outcomeOf(status, findings),
      findings,
      uptimePercent,
      uptimeTarget,
      credentialsAgeDays: ageInDays(credentialsAt, now),
      checkedAt: row.lastCheckAt?.toISOString() ?? null,
    };
  });
}
