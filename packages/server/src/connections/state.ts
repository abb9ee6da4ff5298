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
  /** When that which has shown it began, in milliseconds since the epoch; now unless given. */
  beganAt?: number;
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
  foundAt: Date | null;
}

/**
 * Records what was found of an integration and announces it. The status's begin stays while the status does. Locks the
 * row of its health, so that findings of several nodes come one after the other. What stands is what has been found by
 * that which began last: a slow check does not undo what a later call has shown, nor a slow call what a later check has.
 *
 * @returns null when nothing was recorded: the integration is gone, or something that began later says otherwise
 */
export async function recordFinding(
  app: Pick<App, 'clock'>,
  tx: Tx,
  integrationId: string,
  finding: Finding,
): Promise<Transition | null> {
  const [before] = await tx.query<Before>(
    `SELECT i.enabled, i.connected_at IS NOT NULL AS connected, h.problem, h.since,
       h.consecutive_failures AS failures, h.finding_began_at AS "foundAt"
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL FOR UPDATE OF h`,
    [integrationId],
  );
  if (!before) return null;
  const now = new Date(app.clock());
  const beganAt = finding.beganAt ?? now.getTime();
  if (isOvertaken(before, finding, { beganAt, now: now.getTime() })) return null;
  const from = statusOf(before);
  const to = statusOf({ ...before, problem: finding.problem });
  const consecutiveFailures = finding.problem === null ? 0 : before.failures + 1;
  await tx.query(
    `UPDATE integration_health SET problem = $2, since = $3, consecutive_failures = $4,
       last_check_at = CASE WHEN $5::jsonb IS NULL THEN last_check_at ELSE $6 END, report = coalesce($5, report),
       last_ok_at = CASE WHEN $2::jsonb IS NULL THEN $6 ELSE last_ok_at END,
       finding_began_at = CASE WHEN finding_began_at <= $6 THEN greatest(finding_began_at, $7) ELSE $7 END
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [
      integrationId,
      finding.problem === null ? null : JSON.stringify(finding.problem),
      from === to ? before.since : now,
      consecutiveFailures,
      finding.report === null ? null : JSON.stringify(finding.report),
      now,
      new Date(beganAt),
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

/**
 * Whether something that began later says otherwise. A time ahead of ours is of a node whose clock is wrong, and holds
 * nobody up.
 */
function isOvertaken(
  { foundAt, problem }: Pick<Before, 'foundAt' | 'problem'>,
  finding: Finding,
  { beganAt, now }: { beganAt: number; now: number },
): boolean {
  const known = foundAt?.getTime() ?? 0;
  return known > beganAt && known <= now && problem?.fault !== finding.problem?.fault;
}

/**
 * From now on what is under way with this integration's former settings or credentials shows nothing of it any more. A
 * check that runs is given up, and is due again at once when the integration is checked at all.
 */
export async function forgetWhatRuns(app: Pick<App, 'clock'>, tx: Tx, integrationId: string): Promise<void> {
  await tx.query(
    `UPDATE integration_health SET finding_began_at = $2, check_lease_until = NULL,
       check_due_at = CASE WHEN isfinite(check_due_at) THEN least(check_due_at, $2) ELSE check_due_at END
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId, new Date(app.clock())],
  );
}
