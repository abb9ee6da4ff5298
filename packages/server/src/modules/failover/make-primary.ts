import { makePrimary as operation } from '@trunkline/contract/failover';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { presentConfig, requireCapable } from './present.ts';
import { readBackups, readConfig, writeBackups } from './queries.ts';
import { offering, readRouteRows, routeOf } from './route.ts';
import { ensureConfig } from './update-failover-config.ts';

/**
 * Makes an integration the primary of all that it can do (FAILOVER-1). The primary whose backup it was, or who was asked
 * first until now, becomes its first backup and leaves its rules and its other backups to it.
 *
 * @throws AppError `not_found`, `conflict`
 */
export const makePrimary: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await ensureConfig(tx, integrationId);
    await readConfig(tx, integrationId, true);
    const { primary } = await presentConfig(tx, integrationId);
    requireCapable(primary);
    const before = await formerPrimary(tx, integrationId, primary.capabilities);
    if (before !== null) await swap(tx, before, integrationId);
    for (const capability of primary.capabilities) {
      await tx.query(
        `INSERT INTO capability_primaries (organization_id, capability, integration_id)
         VALUES (current_organization(), $1, $2)
         ON CONFLICT (organization_id, capability) DO UPDATE SET integration_id = excluded.integration_id`,
        [capability, integrationId],
      );
    }
    await note(ctx, tx, before, integrationId);
    return presentConfig(tx, integrationId);
  });
};

/** Whose backup it is, or who was the primary of the first capability; null: itself. */
async function formerPrimary(
  tx: Tx,
  integrationId: string,
  [capability]: CapabilityName[],
): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT b.integration_id AS id FROM failover_backups b
     JOIN integrations i ON i.id = b.integration_id AND i.deleted_at IS NULL
     WHERE b.organization_id = current_organization() AND b.backup_id = $1 ORDER BY b.integration_id LIMIT 1`,
    [integrationId],
  );
  if (row) return row.id;
  const route = routeOf(await offering(tx, await readRouteRows(tx, capability!), capability!), null);
  return route === null || route.primaryId === integrationId ? null : route.primaryId;
}

/** The rules and backups of the one before go to the new primary, with the one before as the first of them. */
async function swap(tx: Tx, before: string, after: string): Promise<void> {
  const chain = await readBackups(tx, before);
  const own = await readBackups(tx, after);
  const others = [...chain, ...own].filter((id) => id !== before && id !== after);
  await tx.query(
    `UPDATE failover_configs n SET auto_failover = o.auto_failover, threshold = o.threshold, alert = o.alert,
       auto_restore = o.auto_restore, stability_minutes = o.stability_minutes
     FROM failover_configs o
     WHERE n.organization_id = current_organization() AND n.integration_id = $2
       AND o.organization_id = current_organization() AND o.integration_id = $1`,
    [before, after],
  );
  await tx.query(
    `UPDATE failover_configs SET active_id = NULL, failed_over_at = NULL, trigger = NULL, healthy_since = NULL,
       version = version + 1
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [after],
  );
  await writeBackups(tx, after, [...new Set([before, ...others])]);
  // Files at other backups are to be copied to the new primary.
  await tx.query(
    `UPDATE displaced_files d SET primary_id = $2, due_at = least(due_at, now()), fence = fence + 1
     WHERE organization_id = current_organization() AND primary_id = $1 AND holder_id <> $2
       AND NOT EXISTS (SELECT FROM displaced_files o WHERE o.organization_id = d.organization_id
         AND o.primary_id = $2 AND o.key_hash = d.key_hash)`,
    [before, after],
  );
  // The one before keeps no chain of its own.
  await tx.query(
    'DELETE FROM failover_configs WHERE organization_id = current_organization() AND integration_id = $1',
    [before],
  );
}

async function note(ctx: Ctx, tx: Tx, before: string | null, after: string): Promise<void> {
  const { app, actor } = ctx;
  const fromId = before ?? after;
  const rows = await tx.query<{ id: string; name: string }>(
    'SELECT id, name FROM integrations WHERE organization_id = current_organization() AND id = ANY($1)',
    [[fromId, after]],
  );
  const nameOf = (id: string): string => rows.find((row) => row.id === id)?.name ?? '';
  await tx.query(
    `INSERT INTO failover_switches (id, organization_id, kind, trigger, integration_id, integration_name, from_id,
       from_name, to_id, to_name, by, at)
     VALUES ($1, current_organization(), 'made_primary', 'manual', $2, $3, $4, $5, $2, $3, $6, $7)`,
    [
      app.newId(),
      after,
      nameOf(after),
      fromId,
      nameOf(fromId),
      actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
      new Date(app.clock()),
    ],
  );
  await recordAudit(ctx, tx, {
    action: 'failover.primary_changed',
    target: { type: 'integration', id: after, name: nameOf(after) },
    changes: { primary: { before: nameOf(fromId), after: nameOf(after) } },
  });
  tx.announce('failover', [fromId, after]);
}
