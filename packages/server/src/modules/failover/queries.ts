import type { CheckProblem } from '@trunkline/contract/checks';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type { FailoverSwitch, FilesToCopyBack } from '@trunkline/contract/failover';
import { statusSql } from '../../connections/status.ts';
import type { Tx } from '../../ctx.ts';

export interface ConfigRow {
  integrationId: string;
  autoFailover: boolean;
  threshold: number;
  alert: boolean;
  autoRestore: boolean;
  stabilityMinutes: number;
  activeId: string | null;
  failedOverAt: Date | null;
  trigger: 'automatic' | 'manual' | null;
  healthySince: Date | null;
  version: number;
}

const columns = `c.integration_id AS "integrationId", c.auto_failover AS "autoFailover", c.threshold, c.alert,
  c.auto_restore AS "autoRestore", c.stability_minutes AS "stabilityMinutes", c.active_id AS "activeId",
  c.failed_over_at AS "failedOverAt", c.trigger, c.healthy_since AS "healthySince", c.version::int AS version`;

/** The rules of a primary, or null when it has none yet. */
export async function readConfig(tx: Tx, integrationId: string, lock = false): Promise<ConfigRow | null> {
  const [row] = await tx.query<ConfigRow>(
    `SELECT ${columns} FROM failover_configs c
     WHERE c.organization_id = current_organization() AND c.integration_id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [integrationId],
  );
  return row ?? null;
}

/** Rules of chains that this integration stands in as the primary or as the active member, locked when there are any. */
export async function lockConfigsAbout(tx: Tx, integrationId: string): Promise<ConfigRow[]> {
  const about = `c.organization_id = current_organization() AND (c.integration_id = $1 OR c.active_id = $1)`;
  const there = await tx.query(`SELECT FROM failover_configs c WHERE ${about} LIMIT 1`, [integrationId]);
  if (there.length === 0) return [];
  return tx.query<ConfigRow>(
    `SELECT ${columns} FROM failover_configs c WHERE ${about} ORDER BY c.integration_id FOR UPDATE`,
    [integrationId],
  );
}

export interface MemberRow {
  id: string;
  name: string;
  provider: string;
  authType: string;
  status: IntegrationStatus;
  usable: boolean;
  problem: CheckProblem | null;
  lastCheckAt: Date | null;
  consecutiveFailures: number;
  plain: Record<string, string> | null;
}

/** Integrations with their health, of these ids or all of them, oldest first. */
export async function readMembers(tx: Tx, ids: readonly string[] | null): Promise<MemberRow[]> {
  return tx.query<MemberRow>(
    `SELECT i.id, i.name, i.provider, i.auth_type AS "authType", ${statusSql} AS status,
       i.enabled AND i.connected_at IS NOT NULL AS usable, h.problem, h.last_check_at AS "lastCheckAt",
       h.consecutive_failures AS "consecutiveFailures", cr.plain
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     LEFT JOIN integration_credentials cr ON cr.integration_id = i.id AND cr.state = 'current'
       AND cr.organization_id = i.organization_id
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL
       AND ($1::uuid[] IS NULL OR i.id = ANY($1)) ORDER BY i.id`,
    [ids],
  );
}

/** The backups of a primary, in their order. */
export async function readBackups(tx: Tx, integrationId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT b.backup_id AS id FROM failover_backups b JOIN integrations i ON i.id = b.backup_id
     WHERE b.organization_id = current_organization() AND b.integration_id = $1 AND i.deleted_at IS NULL
     ORDER BY b.position`,
    [integrationId],
  );
  return rows.map(({ id }) => id);
}

/** Gives a primary these backups and no others. What is remembered of those that stay is kept. */
export async function writeBackups(tx: Tx, integrationId: string, backups: readonly string[]): Promise<void> {
  await tx.query(
    `DELETE FROM failover_backups
     WHERE organization_id = current_organization() AND integration_id = $1 AND NOT backup_id = ANY($2::uuid[])`,
    [integrationId, backups],
  );
  await tx.query(
    `INSERT INTO failover_backups (organization_id, integration_id, backup_id, position)
     SELECT current_organization(), $1, backup.id, backup.position
     FROM unnest($2::uuid[]) WITH ORDINALITY AS backup (id, position)
     ON CONFLICT (integration_id, backup_id) DO UPDATE SET position = excluded.position`,
    [integrationId, backups],
  );
}

/** Files of these primaries that backups took and that are to be copied back, and why some are not yet; most first. */
export async function readFilesToCopyBack(
  tx: Tx,
  primaryIds: readonly string[],
): Promise<({ primaryId: string } & FilesToCopyBack)[]> {
  return tx.query(
    `SELECT primary_id AS "primaryId", count(*)::int AS waiting, count(*) FILTER (WHERE due_at = 'infinity')::int AS "givenUp",
       (array_agg(problem ORDER BY tries DESC) FILTER (WHERE problem IS NOT NULL))[1] AS problem
     FROM displaced_files
     WHERE organization_id = current_organization() AND primary_id = ANY($1::uuid[]) AND stage = 'copy' GROUP BY primary_id`,
    [primaryIds],
  );
}

interface SwitchRow extends Omit<FailoverSwitch, 'primary' | 'from' | 'to' | 'at'> {
  integrationId: string;
  integrationName: string;
  fromId: string;
  fromName: string;
  toId: string;
  toName: string;
  at: Date;
}

/** The latest switches, newest first: of one chain, or of the organization. */
export async function readSwitches(
  tx: Tx,
  integrationId: string | null,
  limit: number,
): Promise<FailoverSwitch[]> {
  const rows = await tx.query<SwitchRow>(
    `SELECT id, kind, trigger, integration_id AS "integrationId", integration_name AS "integrationName",
       from_id AS "fromId", from_name AS "fromName", to_id AS "toId", to_name AS "toName", problem, by, at
     FROM failover_switches WHERE organization_id = current_organization()
       AND ($1::uuid IS NULL OR integration_id = $1 OR from_id = $1 OR to_id = $1)
     ORDER BY id DESC LIMIT $2`,
    [integrationId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    trigger: row.trigger,
    primary: { id: row.integrationId, name: row.integrationName },
    from: { id: row.fromId, name: row.fromName },
    to: { id: row.toId, name: row.toName },
    problem: row.problem,
    by: row.by,
    at: row.at.toISOString(),
  }));
}
