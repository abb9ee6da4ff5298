import type { CheckProblem } from '@trunkline/contract/checks';
import type { App, Tx } from '../../ctx.ts';
import { systemContext } from '../../system-context.ts';
import { lockConfigsAbout, readBackups, readMembers } from './queries.ts';
import type { ConfigRow } from './queries.ts';
import { countsForFailover, nextInChain, restoreTime } from './rules.ts';
import { switchOver } from './switch-over.ts';

/** What was just recorded of an integration. */
export interface Found {
  problem: CheckProblem | null;
  consecutiveFailures: number;
}

/**
 * Follows what a check or a call has shown of an integration (FAILOVER-2): calls leave it after so many failures in a row,
 * and come back when it has worked for long enough. Called in the transaction that records the finding, by checks and
 * actions alike, so that both count together; the row of the rules is locked, so that nodes switch once.
 */
export async function considerSwitch(app: App, tx: Tx, integrationId: string, found: Found): Promise<void> {
  for (const config of await lockConfigsAbout(tx, integrationId)) {
    const activeId = config.activeId ?? config.integrationId;
    if (activeId === integrationId) await considerLeaving(app, tx, config, found);
    else await considerRestoring(app, tx, config, found);
  }
}

async function considerLeaving(
  app: App,
  tx: Tx,
  config: ConfigRow,
  { problem, consecutiveFailures }: Found,
): Promise<void> {
  if (!config.autoFailover || consecutiveFailures < config.threshold || !countsForFailover(problem)) return;
  const ids = [config.integrationId, ...(await readBackups(tx, config.integrationId))];
  const rows = new Map((await readMembers(tx, ids)).map((row) => [row.id, row]));
  const chain = ids.map((id) => ({
    id,
    usable: rows.get(id)?.usable === true,
    healthy: rows.get(id)?.status === 'active' || rows.get(id)?.status === 'degraded',
  }));
  const next = nextInChain(chain, config.activeId ?? config.integrationId);
  if (next === null) return;
  await switchOver(systemContext(app, tx.organizationId), tx, config, next.id, {
    trigger: 'automatic',
    problem,
  });
}

async function considerRestoring(app: App, tx: Tx, config: ConfigRow, { problem }: Found): Promise<void> {
  // What a person did is not undone by a rule.
  if (!config.autoRestore || config.trigger !== 'automatic') return;
  const now = app.clock();
  const since = problem === null ? (config.healthySince?.getTime() ?? now) : null;
  if (since !== null && now >= restoreTime(since, config.stabilityMinutes)) {
    const cause = { trigger: 'automatic', problem: null } as const;
    await switchOver(systemContext(app, tx.organizationId), tx, config, config.integrationId, cause);
    return;
  }
  if (since === (config.healthySince?.getTime() ?? null)) return;
  await tx.query(
    `UPDATE failover_configs SET healthy_since = $2, version = version + 1
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [config.integrationId, since === null ? null : new Date(since)],
  );
  tx.announce('failover', [config.integrationId]);
}
