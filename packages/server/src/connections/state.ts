import type { CheckProblem, CheckReport } from '@trunkline/contract/checks';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type { App, Tx } from '../ctx.ts';
import { continueStatusHistory } from './status-history.ts';
import { statusOf } from './status.ts';

/** What a check or a call showed of an integration. */
export interface Finding {
  problem: CheckProblem | null;
  /** The steps, when it was a check. */
  report: CheckReport | null;
  /** Whom the provider says it is; undefined leaves what is known. */
  account?: string | null;
}

/** How the status changed; `since` is when the one before had begun. */
export interface Transition {
  from: IntegrationStatus;
  to: IntegrationStatus;
  since: Date;
  consecutiveFailures: number;
}

interface Before {
  enabled: boolean;
  connected: boolean;
  problem: CheckProblem | null;
  since: Date;
  failures: number;
}

/**
 * Records what was found of an integration and announces it. The status's begin stays while the status does. Locks the
 * row of its health, so that findings of several nodes come one after the other.
 *
 * @returns null when the integration is gone meanwhile
 */
export async function recordFinding(
  app: Pick<App, 'clock'>,
  tx: Tx,
  integrationId: string,
  finding: Finding,
): Promise<Transition | null> {
  const [before] = await tx.query<Before>(
    `SELECT i.enabled, i.connected_at IS NOT NULL AS connected, h.problem, h.since,
       h.consecutive_failures AS failures
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL FOR UPDATE OF h`,
    [integrationId],
  );
  if (!before) return null;
  const now = new Date(app.clock());
  const from = statusOf(before);
  const to = statusOf({ ...before, problem: finding.problem });
  const consecutiveFailures = finding.problem === null ? 0 : before.failures + 1;
  await tx.query(
    `UPDATE integration_health SET problem = $2, since = $3, consecutive_failures = $4,
       last_check_at = CASE WHEN $5::jsonb IS NULL THEN last_check_at ELSE $6 END, report = coalesce($5, report),
       last_ok_at = CASE WHEN $2::jsonb IS NULL THEN $6 ELSE last_ok_at END
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [
      integrationId,
      finding.problem === null ? null : JSON.stringify(finding.problem),
      from === to ? before.since : now,
      consecutiveFailures,
      finding.report === null ? null : JSON.stringify(finding.report),
      now,
    ],
  );
  if (from !== to) await continueStatusHistory(tx, integrationId, now);
  if (finding.account !== undefined && finding.account !== null) {
    await tx.query(
      `UPDATE integrations SET account = $2
       WHERE organization_id = current_organization() AND id = $1 AND account IS DISTINCT FROM $2`,
      [integrationId, finding.account],
    );
  }
  tx.announce('integrations', [integrationId]);
  return { from, to, since: before.since, consecutiveFailures };
}
