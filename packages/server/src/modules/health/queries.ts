import type { CheckProblem, CheckReport, CheckStep } from '@trunkline/contract/checks';
import type { ErrorGroup } from '@trunkline/contract/health';
import type { Fault } from '@trunkline/contract/faults';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { statusSql } from '../../connections/status.ts';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import type { MeasureKind } from '../../measures/measure.ts';
import type { HourRow } from './metrics.ts';
import type { Span } from './uptime.ts';

export interface StateRow {
  name: string;
  provider: string;
  status: IntegrationStatus;
  since: Date;
  problem: CheckProblem | null;
  report: CheckReport | null;
  lastCheckAt: Date | null;
  nextCheckAt: Date | null;
  target: number;
  credentialsChangedAt: Date | null;
}

/** The present state of an integration. @throws AppError `not_found` */
export async function readState(tx: Tx, id: string): Promise<StateRow> {
  const [row] = await tx.query<StateRow>(
    `SELECT i.name, i.provider, ${statusSql} AS status, h.since, h.problem, h.report, h.last_check_at AS "lastCheckAt",
       CASE WHEN isfinite(h.check_due_at) THEN h.check_due_at END AS "nextCheckAt", i.uptime_target AS target,
       (SELECT created_at FROM integration_credentials c
        WHERE c.organization_id = i.organization_id AND c.integration_id = i.id AND c.state = 'current')
         AS "credentialsChangedAt"
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL`,
    [id],
  );
  if (!row) throw notFound('integration');
  return row;
}

/** What was measured of an integration since then, hour by hour. */
export async function readHours(tx: Tx, id: string, since: Date): Promise<HourRow[]> {
  const rows = await tx.query<Omit<HourRow, 'at'> & { at: Date; kind: MeasureKind }>(
    `SELECT kind, hour AS at, count, failures, duration_ms AS "durationMs", latency FROM integration_hours
     WHERE organization_id = current_organization() AND integration_id = $1 AND hour >= $2 ORDER BY hour`,
    [id, since],
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

interface ErrorRow {
  fingerprint: string;
  fault: Fault;
  code: string | null;
  title: string;
  cause: string;
  fix: string;
  link: string | null;
  count: number;
  firstAt: Date;
  lastAt: Date;
  recentAt: Date[];
  lastMessage: string;
  steps: CheckStep[] | null;
}

/** Kinds of errors that were seen since then, the latest first. */
export async function readErrors(tx: Tx, id: string, since: Date): Promise<ErrorGroup[]> {
  const rows = await tx.query<ErrorRow>(
    `SELECT fingerprint, fault, code, title, cause, fix, link, count, first_at AS "firstAt", last_at AS "lastAt",
       recent_at AS "recentAt", last_message AS "lastMessage", steps
     FROM integration_errors
     WHERE organization_id = current_organization() AND integration_id = $1 AND last_at >= $2
     ORDER BY last_at DESC, fingerprint`,
    [id, since],
  );
  return rows.map((row) => ({
    ...row,
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    recentAt: row.recentAt
      .map(Number)
      .sort((a, b) => b - a)
      .map((at) => new Date(at).toISOString()),
    steps: row.steps ?? [],
  }));
}

export interface SpanRow extends Span {
  integrationId: string;
  problem: CheckProblem | null;
}

/** Spans of the status of these integrations that reach into the time since then, newest first. */
export async function readSpans(tx: Tx, ids: readonly string[], since: Date): Promise<SpanRow[]> {
  const rows = await tx.query<Omit<SpanRow, 'since' | 'until'> & { since: Date; until: Date | null }>(
    `SELECT integration_id AS "integrationId", status, problem, since, until FROM integration_status_spans
     WHERE organization_id = current_organization() AND integration_id = ANY ($1)
       AND (until IS NULL OR until > $2)
     ORDER BY since DESC, id DESC`,
    [ids, since],
  );
  return rows.map((row) => ({
    ...row,
    since: row.since.getTime(),
    until: row.until?.getTime() ?? null,
  }));
}

/** How many connected integrations the organization has at a provider, and how many of these fail. */
export async function countSameProvider(
  tx: Tx,
  provider: string,
): Promise<{ total: number; failing: number }> {
  const [row] = await tx.query<{ total: number; failing: number }>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE h.problem ->> 'fault' IN ('down', 'unknown'))::int AS failing
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL AND i.enabled
       AND i.connected_at IS NOT NULL AND i.provider = $1`,
    [provider],
  );
  return row!;
}

export interface SummaryRow {
  integrationId: string;
  at: Date;
  count: number;
  failures: number;
  latency: number[];
}

/** Those of the ids that are integrations of the organization. */
export async function knownIntegrations(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM integrations
     WHERE organization_id = current_organization() AND id = ANY ($1) AND deleted_at IS NULL`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Checks and calls together of these integrations, hour by hour since then. */
export async function readSummaries(tx: Tx, ids: readonly string[], since: Date): Promise<SummaryRow[]> {
  return tx.query<SummaryRow>(
    `SELECT integration_id AS "integrationId", hour AS at, sum(count)::bigint AS count,
       sum(failures)::bigint AS failures, sum_counts(latency) AS latency
     FROM integration_hours
     WHERE organization_id = current_organization() AND integration_id = ANY ($1) AND hour >= $2
     GROUP BY integration_id, hour`,
    [ids, since],
  );
}

/** Whether a connected integration stands in for this one when it fails. */
export async function hasBackup(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx.query<{ there: boolean }>(
    `SELECT EXISTS (
       SELECT FROM failover_backups b JOIN integrations i ON i.id = b.backup_id
       WHERE b.organization_id = current_organization() AND b.integration_id = $1 AND i.enabled
         AND i.deleted_at IS NULL AND i.connected_at IS NOT NULL) AS there`,
    [id],
  );
  return row?.there ?? false;
}
