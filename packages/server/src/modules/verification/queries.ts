import type { CheckProblem } from '@trunkline/contract/checks';
import type { IntegrationStatus } from '@trunkline/contract/integrations';
import type {
  Verification,
  VerificationItem,
  VerificationReport,
  VerificationSettings,
} from '@trunkline/contract/verification';
import { statusSql } from '../../connections/status.ts';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';

interface VerificationRow {
  id: string;
  scheduled: boolean;
  startedBy: string;
  startedAt: Date;
  finishedAt: Date | null;
  counts: Verification['counts'];
  total: number;
  done: number;
}

const columns = `v.id, v.month IS NOT NULL AS scheduled, v.started_by AS "startedBy", v.started_at AS "startedAt",
  v.finished_at AS "finishedAt", v.counts, p.*`;
/** Of a finished run as it was stored with the report, since the checks themselves go sooner. */
const from = `FROM verification_runs v CROSS JOIN LATERAL (
    SELECT coalesce(v.checked, count(*))::int AS total, coalesce(v.checked, count(i.outcome))::int AS done
    FROM check_run_items i WHERE v.checked IS NULL AND i.run_id = v.check_run_id) p
  WHERE v.organization_id = current_organization()`;

function present({ startedAt, finishedAt, total, done, ...rest }: VerificationRow): Verification {
  return {
    ...rest,
    state: finishedAt === null ? 'running' : 'finished',
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    progress: { total, done },
  };
}

/** Runs older than that id, newest first. */
export async function listRuns(tx: Tx, before: string | null, limit: number): Promise<Verification[]> {
  const rows = await tx.query<VerificationRow>(
    `SELECT ${columns} ${from} AND ($1::uuid IS NULL OR v.id < $1) ORDER BY v.id DESC LIMIT $2`,
    [before, limit],
  );
  return rows.map(present);
}

/** The run that is under way; null when none is. */
export async function openRun(tx: Tx): Promise<Verification | null> {
  const [row] = await tx.query<VerificationRow>(`SELECT ${columns} ${from} AND v.finished_at IS NULL`);
  return row ? present(row) : null;
}

/** A run with its report. @throws AppError `not_found` */
export async function readReport(tx: Tx, id: string): Promise<VerificationReport> {
  const [row] = await tx.query<VerificationRow & { items: VerificationItem[] | null }>(
    `SELECT ${columns}, v.items ${from} AND v.id = $1`,
    [id],
  );
  if (!row) throw notFound('verification');
  const { items, ...head } = row;
  return { ...present(head), items: items ?? [] };
}

/** When integrations are verified by themselves; without settings of the organization's own on the first. */
export async function readSettings(tx: Tx): Promise<VerificationSettings> {
  const [row] = await tx.query<VerificationSettings>(
    'SELECT enabled, day FROM verification_settings WHERE organization_id = current_organization()',
  );
  return row ?? { enabled: true, day: 1 };
}

export interface FactsRow {
  id: string;
  name: string;
  provider: string;
  account: string | null;
  status: IntegrationStatus;
  problem: CheckProblem | null;
  since: Date;
  lastCheckAt: Date | null;
  uptimeTarget: number;
  credentialsAt: Date | null;
  endsAt: Date | null;
}

/** What the report needs of every integration that the organization has now. */
export async function readFacts(tx: Tx): Promise<FactsRow[]> {
  return tx.query<FactsRow>(
    `SELECT i.id, i.name, i.provider, i.account, ${statusSql} AS status, h.problem, h.since,
       h.last_check_at AS "lastCheckAt", i.uptime_target AS "uptimeTarget", c.created_at AS "credentialsAt",
       CASE WHEN t.refresh_box IS NULL THEN t.expires_at END AS "endsAt"
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     LEFT JOIN integration_credentials c ON c.integration_id = i.id AND c.state = 'current' AND c.previews <> '{}'
     LEFT JOIN oauth_tokens t ON t.integration_id = i.id AND t.ended_at IS NULL
       AND i.auth_type <> 'client_credentials'
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL`,
  );
}
