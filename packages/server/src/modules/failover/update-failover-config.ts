import { updateFailoverConfig as operation } from '@trunkline/contract/failover';
import type { FailoverConfig } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import type { Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError, notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { presentConfig, requireCapable } from './present.ts';
import { readConfig, writeBackups } from './queries.ts';
import { switchOver } from './switch-over.ts';

const settings = [
  'enableAutoFailover',
  'failoverThreshold',
  'alertOnFailover',
  'autoRestore',
  'stabilityMinutes',
] as const;

/**
 * Links backups and sets the rules for switching (FAILOVER-1). When the active backup is taken out of the chain, calls go
 * back to the primary.
 *
 * @throws AppError `not_found`, `conflict`, `invalid_input` for a backup that cannot stand in
 */
export const updateFailoverConfig: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { integrationId } = input;
  return inOrganization(ctx, async (tx) => {
    await ensureConfig(tx, integrationId);
    const locked = await readConfig(tx, integrationId, true);
    const before = await presentConfig(tx, integrationId);
    requireCapable(before.primary);
    const backups = chainOf(input, before);
    await tx.query(
      `UPDATE failover_configs SET auto_failover = $2, threshold = $3, alert = $4, auto_restore = $5,
         stability_minutes = $6, version = version + 1
       WHERE organization_id = current_organization() AND integration_id = $1`,
      [integrationId, ...settings.map((name) => input[name] ?? before[name])],
    );
    await writeBackups(tx, integrationId, backups);
    const active = before.activeIntegrationId;
    if (active !== integrationId && !backups.includes(active)) {
      await switchOver(ctx, tx, locked!, integrationId, { trigger: 'manual', problem: null });
    }
    const after = await presentConfig(tx, integrationId);
    await recordAudit(ctx, tx, {
      action: 'failover.updated',
      target: { type: 'integration', id: integrationId, name: before.primary.name },
      changes: changesOf(before, after),
    });
    tx.announce('failover', [integrationId]);
    return after;
  });
};

/** Makes the row of the rules when there is none. @throws AppError `not_found` */
export async function ensureConfig(tx: Tx, integrationId: string): Promise<void> {
  const [there] = await tx.query(
    `SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL
     FOR KEY SHARE`,
    [integrationId],
  );
  if (!there) throw notFound('integration');
  await tx.query(
    `INSERT INTO failover_configs (integration_id, organization_id) VALUES ($1, current_organization())
     ON CONFLICT DO NOTHING`,
    [integrationId],
  );
}

interface Wanted {
  backupIntegrationId?: string | null | undefined;
  backupIntegrationIds?: string[] | undefined;
}

function chainOf({ backupIntegrationId, backupIntegrationIds }: Wanted, before: FailoverConfig): string[] {
  const pointer = backupIntegrationIds === undefined ? '/backupIntegrationId' : '/backupIntegrationIds';
  const known = before.backups.map(({ id }) => id);
  const one =
    backupIntegrationId === undefined ? known : backupIntegrationId === null ? [] : [backupIntegrationId];
  const ids = backupIntegrationIds ?? one;
  if (new Set(ids).size < ids.length)
    throw fieldError('invalid_input', pointer, 'An integration stands there twice.');
  for (const id of ids) {
    if (id === before.integrationId) {
      throw fieldError('invalid_input', pointer, 'An integration is no backup of itself.');
    }
    if (!before.candidates.some((candidate) => candidate.id === id) && !known.includes(id)) {
      throw fieldError(
        'invalid_input',
        pointer,
        'This integration can do nothing that the primary does, or is not there.',
      );
    }
  }
  return [...ids];
}

function changesOf(
  before: FailoverConfig,
  after: FailoverConfig,
): Record<string, { before: unknown; after: unknown }> {
  const facts = (config: FailoverConfig) => ({
    backups: config.backups.map(({ name }) => name).join(', '),
    ...Object.fromEntries(settings.map((name) => [name, config[name]])),
  });
  const old: Record<string, unknown> = facts(before);
  return Object.fromEntries(
    Object.entries(facts(after))
      .filter(([name, value]) => old[name] !== value)
      .map(([name, value]) => [name, { before: old[name], after: value }]),
  );
}
