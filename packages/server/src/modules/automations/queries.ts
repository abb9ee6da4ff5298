import type {
  Automation,
  AutomationRun,
  AutomationRunStatus,
  AutomationStep,
  AutomationTrigger,
} from '@trunkline/contract/automations';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { Tx } from '../../ctx.ts';
import { notFound } from '../../errors.ts';
import { parseExact, withoutBigInts, writeExact } from '../../lib/exact-json.ts';

/** An automation as it is stored. */
export interface AutomationRow {
  id: string;
  name: string;
  enabled: boolean;
  trigger: AutomationTrigger;
  steps: AutomationStep[];
  runsPerHour: number;
  template: string | null;
  integrationId: string | null;
  nextAt: Date | null;
  createdAt: Date;
  createdBy: string;
  updatedAt: Date;
}

interface ListedRow extends AutomationRow {
  lastRunAt: Date | null;
  succeeded30d: number;
  waiting: number;
  deadLettered: number;
}

const columns = `a.id, a.name, a.enabled, a.trigger, a.steps, a.runs_per_hour AS "runsPerHour", a.template,
  a.integration_id AS "integrationId", a.next_at AS "nextAt", a.created_at AS "createdAt", a.created_by AS "createdBy",
  a.updated_at AS "updatedAt"`;

const selectListed = `SELECT ${columns},
    (SELECT r.created_at FROM automation_runs r WHERE r.automation_id = a.id ORDER BY r.id DESC LIMIT 1) AS "lastRunAt",
    (SELECT coalesce(sum(h.succeeded), 0)::int FROM automation_hours h
      WHERE h.automation_id = a.id AND h.hour > now() - interval '30 days') AS "succeeded30d",
    (SELECT count(*)::int FROM (SELECT FROM automation_runs r WHERE r.automation_id = a.id AND isfinite(r.due_at)
      LIMIT 10000) r) AS waiting,
    (SELECT count(*)::int FROM (SELECT FROM automation_runs r WHERE r.automation_id = a.id AND r.state = 'dead_lettered'
      LIMIT 10000) r) AS "deadLettered"
  FROM automations a WHERE a.organization_id = current_organization() AND a.deleted_at IS NULL`;

/** All automations, the oldest first. */
export async function listRows(tx: Tx): Promise<ListedRow[]> {
  return tx.query<ListedRow>(`${selectListed} ORDER BY a.id`);
}

/** @throws AppError `not_found` */
export async function readRow(tx: Tx, id: string): Promise<ListedRow> {
  const [row] = await tx.query<ListedRow>(`${selectListed} AND a.id = $1`, [id]);
  if (!row) throw notFound('automation');
  return row;
}

/** The automation's row, locked for a change. @throws AppError `not_found` */
export async function lockAutomation(tx: Tx, id: string): Promise<AutomationRow> {
  const [row] = await tx.query<AutomationRow>(
    `SELECT ${columns} FROM automations a
     WHERE a.organization_id = current_organization() AND a.id = $1 AND a.deleted_at IS NULL FOR UPDATE`,
    [id],
  );
  if (!row) throw notFound('automation');
  return row;
}

/** The automation of a run, also when it was deleted meanwhile. */
export async function readOfRun(tx: Tx, id: string): Promise<(AutomationRow & { deleted: boolean }) | null> {
  const [row] = await tx.query<AutomationRow & { deleted: boolean }>(
    `SELECT ${columns}, a.deleted_at IS NOT NULL AS deleted FROM automations a
     WHERE a.organization_id = current_organization() AND a.id = $1`,
    [id],
  );
  return row ?? null;
}

export function presentAutomation(row: ListedRow, problem: string | null): Automation {
  return {
    ...row,
    problem,
    nextAt: row.enabled ? (row.nextAt?.toISOString() ?? null) : null,
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What an audit record shows of an automation. */
export function auditView({ name, enabled, trigger, steps, runsPerHour }: AutomationRow) {
  return { name, enabled, trigger, steps, runsPerHour };
}

interface RunRow extends Omit<AutomationRun, 'status' | 'dueAt' | 'createdAt' | 'finishedAt'> {
  state: AutomationRunStatus;
  dueAt: Date | number;
  createdAt: Date;
  finishedAt: Date | null;
}

const selectRuns = `SELECT r.id, r.automation_id AS "automationId", coalesce(a.name, '') AS "automationName", r.state,
    r.event_id AS "eventId", r.event_type AS "eventType", r.round, r.problem, r.due_at AS "dueAt",
    r.created_at AS "createdAt", r.finished_at AS "finishedAt"
  FROM automation_runs r LEFT JOIN automations a ON a.organization_id = r.organization_id AND a.id = r.automation_id
  WHERE r.organization_id = current_organization()`;

export interface RunFilter {
  automationId?: string | undefined;
  status?: AutomationRunStatus | undefined;
  before: string | undefined;
}

export async function listRunRows(tx: Tx, filter: RunFilter, limit: number): Promise<RunRow[]> {
  return tx.query<RunRow>(
    `${selectRuns} AND ($1::uuid IS NULL OR r.automation_id = $1) AND ($2::text IS NULL OR r.state = $2)
       AND ($3::uuid IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4`,
    [filter.automationId ?? null, filter.status ?? null, filter.before ?? null, limit],
  );
}

/** @throws AppError `not_found` */
export async function readRun(tx: Tx, id: string): Promise<AutomationRun> {
  const [row] = await tx.query<RunRow>(`${selectRuns} AND r.id = $1`, [id]);
  if (!row) throw notFound('run');
  return presentRun(row);
}

export function presentRun({ state, dueAt, createdAt, finishedAt, ...row }: RunRow): AutomationRun {
  return {
    ...row,
    status: state,
    // A finished one is due at infinity, which is no date.
    dueAt: dueAt instanceof Date && finishedAt === null ? dueAt.toISOString() : null,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** A run that is to be worked on or changed, locked. */
export interface OpenRun {
  id: string;
  automationId: string;
  eventId: string | null;
  eventType: string | null;
  scheduledFor: Date | null;
  state: AutomationRunStatus;
  begunAt: Date | null;
  round: number;
  actionId: string | null;
  waits: number;
  claims: number;
  fence: number;
  createdAt: Date;
  /** When its last step was begun. */
  stepAt: Date | null;
}

const openColumns = `r.id, r.automation_id AS "automationId", r.event_id AS "eventId", r.event_type AS "eventType",
  r.scheduled_for AS "scheduledFor", r.state, r.begun_at AS "begunAt", r.round, r.action_id AS "actionId", r.waits, r.claims,
  r.fence, r.created_at AS "createdAt",
  (SELECT max(s.started_at) FROM automation_run_steps s WHERE s.run_id = r.id) AS "stepAt"`;

/** The run, locked, if it still is in these hands. */
export async function lockHeldRun(tx: Tx, id: string, fence: number): Promise<OpenRun | null> {
  const [row] = await tx.query<OpenRun>(
    `SELECT ${openColumns} FROM automation_runs r
     WHERE r.organization_id = current_organization() AND r.id = $1 AND r.fence = $2 AND r.state = 'running' FOR UPDATE`,
    [id, fence],
  );
  return row ?? null;
}

/** @throws AppError `not_found` */
export async function lockRun(tx: Tx, id: string): Promise<OpenRun> {
  const [row] = await tx.query<OpenRun>(
    `SELECT ${openColumns} FROM automation_runs r WHERE r.organization_id = current_organization() AND r.id = $1 FOR UPDATE`,
    [id],
  );
  if (!row) throw notFound('run');
  return row;
}

export interface StepRow {
  round: number;
  number: number;
  name: string;
  state: 'running' | 'succeeded' | 'failed' | 'ambiguous' | 'cancelled';
  actionId: string | null;
}

/** The steps of a run in all its rounds, the first one first. */
export async function readSteps(tx: Tx, runId: string): Promise<StepRow[]> {
  return tx.query<StepRow>(
    `SELECT round, number, name, state, action_id AS "actionId" FROM automation_run_steps
     WHERE organization_id = current_organization() AND run_id = $1 ORDER BY round, number`,
    [runId],
  );
}

/** Ends what a step of this round was about; nothing when it has ended. */
export async function endStep(
  tx: Tx,
  run: Pick<OpenRun, 'id' | 'round'>,
  end: { state: Exclude<StepRow['state'], 'running'>; problem: CheckProblem | null; at: Date },
): Promise<void> {
  await tx.query(
    `UPDATE automation_run_steps SET state = $3, problem = $4, finished_at = $5
     WHERE organization_id = current_organization() AND run_id = $1 AND round = $2 AND state = 'running'`,
    [run.id, run.round, end.state, end.problem === null ? null : JSON.stringify(end.problem), end.at],
  );
}

/**
 * The event of a run as its webhooks get it; null when it is not kept any more. Whole numbers that JavaScript would round are
 * texts of their digits: so they stay exact in whatever a step makes of them.
 */
export async function readEvent(
  tx: Tx,
  id: string,
): Promise<{ id: string; type: string; timestamp: string; data: unknown; dataJson: string } | null> {
  const [row] = await tx.query<{ body: string }>(
    'SELECT body FROM events WHERE organization_id = current_organization() AND id = $1',
    [id],
  );
  if (!row) return null;
  const { id: publicId, type, timestamp, data } = parseExact(row.body) as Record<string, unknown>;
  return {
    id: String(publicId),
    type: String(type),
    timestamp: String(timestamp),
    data: withoutBigInts(data),
    dataJson: writeExact(data),
  };
}
