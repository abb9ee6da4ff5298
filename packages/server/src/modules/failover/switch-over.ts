import type { CheckProblem } from '@trunkline/contract/checks';
import type { Ctx, Tx } from '../../ctx.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readMembers } from './queries.ts';
import type { ConfigRow } from './queries.ts';

/** Why calls go elsewhere. */
export interface Cause {
  trigger: 'automatic' | 'manual';
  problem: CheckProblem | null;
}

/**
 * Sends the calls of a primary to another member of its chain, in the caller's transaction, who holds the row of the
 * rules: notes the switch, audits and announces it, and records the product's own event (WH-8).
 */
export async function switchOver(
  ctx: Ctx,
  tx: Tx,
  config: ConfigRow,
  toId: string,
  { trigger, problem }: Cause,
): Promise<void> {
  const { app, actor } = ctx;
  const now = new Date(app.clock());
  const { integrationId: primaryId } = config;
  const fromId = config.activeId ?? primaryId;
  const restored = toId === primaryId;
  await tx.query(
    `UPDATE failover_configs SET active_id = $2, failed_over_at = $3, trigger = $4, healthy_since = NULL,
       version = version + 1
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [
      primaryId,
      restored ? null : toId,
      restored ? null : (config.failedOverAt ?? now),
      restored ? null : trigger,
    ],
  );
  const members = new Map((await readMembers(tx, [primaryId, fromId, toId])).map((row) => [row.id, row]));
  const nameOf = (id: string): string => members.get(id)?.name ?? 'disconnected integration';
  const by = actor.type === 'anonymous' ? 'nobody signed in' : actor.name;
  await tx.query(
    `INSERT INTO failover_switches (id, organization_id, kind, trigger, integration_id, integration_name, from_id,
       from_name, to_id, to_name, problem, by, at)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      app.newId(),
      restored ? 'restored' : 'failed_over',
      trigger,
      primaryId,
      nameOf(primaryId),
      fromId,
      nameOf(fromId),
      toId,
      nameOf(toId),
      problem === null ? null : JSON.stringify(problem),
      by,
      now,
    ],
  );
  await recordAudit(ctx, tx, {
    action: restored ? 'failover.restored' : 'failover.switched',
    target: { type: 'integration', id: primaryId, name: nameOf(primaryId) },
    changes: { active: { before: nameOf(fromId), after: nameOf(toId) } },
  });
  tx.announce('failover', [primaryId]);
  const told = (id: string) => ({
    integrationId: id,
    name: nameOf(id),
    provider: members.get(id)?.provider ?? '',
  });
  const backup = told(restored ? fromId : toId);
  const type = restored ? 'integration.restored' : 'integration.failed_over';
  const data = {
    ...told(primaryId),
    backup,
    trigger,
    alert: config.alert,
    ...(restored
      ? { failedOverAt: (config.failedOverAt ?? now).toISOString(), restoredAt: now.toISOString() }
      : {
          error: problem === null ? null : { code: problem.fault, message: problem.title },
          failedOverAt: now.toISOString(),
        }),
  };
  await recordOwnEvent(app, tx, type, data);
}
