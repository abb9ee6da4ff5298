import type { Action, ActionAttempt, ActionDetail, ActionStatus } from '@trunkline/contract/actions';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { LastResortKind } from '@trunkline/contract/last-resorts';
import type { App, Tx } from '../../ctx.ts';
import type { OneTrip } from '../../db/one-trip.ts';
import { notFound } from '../../errors.ts';
import { actionPlace } from './places.ts';
import { suppressedAmong } from './suppressed.ts';
import type { Suppressed } from './suppressed.ts';

export interface ActionRow extends Omit<
  Action,
  'status' | 'dueAt' | 'sendAt' | 'lastResortAt' | 'createdAt' | 'finishedAt'
> {
  state: ActionStatus;
  dueAt: Date | number;
  sendAt: Date | null;
  lastResortAt: Date | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const columns = `a.id, a.capability, a.state, a.integration_id AS "integrationId", i.name AS "integrationName", a.problem,
  a.attempt_count AS "attemptCount", a.due_at AS "dueAt", a.created_at AS "createdAt", a.created_by AS "createdBy",
  a.finished_at AS "finishedAt", a.send_at AS "sendAt", a.bulk_id AS "bulkId",
  a.last_resort AS "lastResort", a.last_resort_at AS "lastResortAt"`;
const from = `FROM actions a LEFT JOIN integrations i
  ON i.organization_id = a.organization_id AND i.id = a.integration_id
  WHERE a.organization_id = current_organization()`;

/** An action as lists show it. */
export function presentAction({
  state,
  dueAt,
  sendAt,
  lastResortAt,
  createdAt,
  finishedAt,
  ...row
}: ActionRow): Action {
  return {
    ...row,
    status: state,
    // A finished one is due at infinity, which is no date.
    dueAt: dueAt instanceof Date && finishedAt === null ? dueAt.toISOString() : null,
    sendAt: sendAt?.toISOString() ?? null,
    lastResortAt: lastResortAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export interface ActionFilter {
  status?: ActionStatus | undefined;
  capability?: CapabilityName | undefined;
  integrationId?: string | undefined;
  bulkId?: string | undefined;
  only?: 'scheduled' | 'last_resort' | undefined;
  before: string | undefined;
}

export async function listActionRows(
  tx: Tx,
  filter: ActionFilter,
  limit: number,
  now: number,
): Promise<ActionRow[]> {
  return tx.query<ActionRow>(
    `SELECT ${columns} ${from} AND ($1::text IS NULL OR a.state = $1) AND ($2::text IS NULL OR a.capability = $2)
       AND ($3::uuid IS NULL OR a.integration_id = $3) AND ($4::uuid IS NULL OR a.id < $4)
       AND ($6::uuid IS NULL OR a.bulk_id = $6)
       AND ($7::text IS NULL OR ($7 = 'scheduled' AND a.state = 'queued' AND a.send_at > $8)
         OR ($7 = 'last_resort' AND a.last_resort IS NOT NULL AND a.finished_at IS NULL))
     ORDER BY a.id DESC LIMIT $5`,
    [
      filter.status ?? null,
      filter.capability ?? null,
      filter.integrationId ?? null,
      filter.before ?? null,
      limit,
      filter.bulkId ?? null,
      filter.only ?? null,
      new Date(now),
    ],
  );
}

interface AttemptRow extends Omit<ActionAttempt, 'startedAt'> {
  startedAt: Date;
  repeatable: boolean;
}

/** The attempts of an action, the first one first. */
export async function readAttempts(tx: Tx, actionId: string): Promise<AttemptRow[]> {
  return tx.query<AttemptRow>(
    `SELECT number, integration_id AS "integrationId", integration_name AS "integrationName", provider, outcome, problem,
       started_at AS "startedAt", duration_ms AS "durationMs", repeatable
     FROM action_attempts WHERE organization_id = current_organization() AND action_id = $1 ORDER BY number`,
    [actionId],
    'read_attempts',
  );
}

interface DetailRow extends ActionRow {
  resultBox: Buffer | null;
  todoBox: Buffer | null;
  attempts: ActionAttempt[];
}

/** An action with its attempts, and its result when `open` says so. @throws AppError `not_found` */
export async function readAction(
  app: Pick<App, 'secretBox'>,
  tx: OneTrip,
  id: string,
  how: { open: boolean },
): Promise<ActionDetail> {
  const detail = await findAction(app, tx, id, how);
  if (detail === null) throw notFound('action');
  return detail;
}

/** As {@link readAction}; null when there is none. One statement. */
export async function findAction(
  app: Pick<App, 'secretBox'>,
  tx: OneTrip,
  id: string,
  { open }: { open: boolean },
): Promise<ActionDetail | null> {
  const [row] = await tx.query<DetailRow>(
    `SELECT ${columns}, a.result_box AS "resultBox",
       CASE WHEN a.last_resort = 'by_hand' AND a.state = 'queued' THEN a.input_box END AS "todoBox",
       (SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'integrationId', t.integration_id,
          'integrationName', t.integration_name, 'provider', t.provider, 'outcome', t.outcome, 'problem', t.problem,
          'startedAt', t.started_at, 'durationMs', t.duration_ms) ORDER BY t.number), '[]')
        FROM action_attempts t WHERE t.organization_id = a.organization_id AND t.action_id = a.id) AS attempts
     ${from} AND a.id = $1`,
    [id],
    'read_action',
  );
  if (!row) return null;
  const { resultBox, todoBox, attempts, ...shown } = row;
  const opened = (box: Buffer | null, column: 'input_box' | 'result_box'): unknown =>
    open && box !== null
      ? (JSON.parse(app.secretBox.open(box, actionPlace(tx.organizationId, id, column))) as unknown)
      : null;
  return {
    ...presentAction(shown),
    result: opened(resultBox, 'result_box'),
    todo: opened(todoBox, 'input_box'),
    attempts: attempts.map((one) => ({ ...one, startedAt: new Date(one.startedAt).toISOString() })),
  };
}

export interface NewAction {
  id: string;
  capability: CapabilityName;
  wantedId: string | null;
  key: string | null;
  hash: Buffer;
  input: unknown;
  patient: boolean;
  createdBy: string;
  /** The time that was asked for. */
  sendAt: Date | null;
}

/** How an action begins: with its first attempt, held by its caller, or waiting. */
export type Beginning =
  | { attempt: BegunAttempt; leaseSeconds: number }
  | { leaseSeconds: number }
  | { dueAt: Date; problem: CheckProblem | null };

/**
 * Stores an action, and its first attempt when it is to be sent at once: in one statement, before anything is sent.
 * False: the idempotency key is taken.
 */
export async function insertAction(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: OneTrip,
  action: NewAction,
  beginning: Beginning,
): Promise<boolean> {
  const attempt = 'attempt' in beginning ? beginning.attempt : null;
  const { dueAt, problem } =
    'dueAt' in beginning ? beginning : { dueAt: null, problem: null as CheckProblem | null };
  const rows = await tx.query(
    `WITH fresh AS (
       INSERT INTO actions (id, organization_id, capability, state, wanted_id, idempotency_key, input_hash, input_box,
         patient, due_at, created_at, created_by, problem, attempt_count, integration_id, send_at)
       VALUES ($1, current_organization(), $2, CASE WHEN $8::timestamptz IS NULL THEN 'running' ELSE 'queued' END, $3, $4, $5,
         $6, $7, coalesce($8::timestamptz, now() + make_interval(secs => $9)), $10, $11, $12,
         CASE WHEN $13::uuid IS NULL THEN 0 ELSE 1 END, $13, $17)
       ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING RETURNING id),
     begun AS (
       INSERT INTO action_attempts (action_id, number, organization_id, integration_id, integration_name, provider, outcome,
         repeatable, started_at)
       SELECT id, 1, current_organization(), $13, $14, $15, 'sending', $16, $10 FROM fresh WHERE $13::uuid IS NOT NULL)
     SELECT id FROM fresh`,
    [
      action.id,
      action.capability,
      action.wantedId,
      action.key,
      action.hash,
      app.secretBox.seal(
        JSON.stringify(action.input),
        actionPlace(tx.organizationId, action.id, 'input_box'),
      ),
      action.patient,
      dueAt,
      'leaseSeconds' in beginning ? beginning.leaseSeconds : 0,
      new Date(app.clock()),
      action.createdBy,
      problem === null ? null : JSON.stringify(problem),
      attempt?.integrationId ?? null,
      attempt?.integrationName ?? null,
      attempt?.provider ?? null,
      attempt?.repeatable ?? null,
      action.sendAt,
    ],
    'insert_action',
  );
  return rows.length > 0;
}

/** What was stored for an idempotency key. */
export async function findByKey(
  tx: OneTrip,
  key: string,
): Promise<{ id: string; hash: Buffer; state: ActionStatus } | null> {
  const [row] = await tx.query<{ id: string; hash: Buffer; state: ActionStatus }>(
    `SELECT id, input_hash AS hash, state FROM actions
     WHERE organization_id = current_organization() AND idempotency_key = $1`,
    [key],
    'find_action_by_key',
  );
  return row ?? null;
}

export interface OpenAction {
  capability: CapabilityName;
  wantedId: string | null;
  inputBox: Buffer;
  rounds: number;
  attemptCount: number;
  attemptsBefore: number;
  patient: boolean;
  /** What holds it since everybody failed. */
  lastResort: LastResortKind | null;
}

/** The action, locked, if it still is in these hands. */
export async function lockAction(tx: Tx, id: string, fence: number): Promise<OpenAction | null> {
  const [row] = await tx.query<OpenAction>(
    `SELECT capability, wanted_id AS "wantedId", input_box AS "inputBox", rounds, attempt_count AS "attemptCount",
       attempts_before AS "attemptsBefore", patient, last_resort AS "lastResort"
     FROM actions WHERE organization_id = current_organization() AND id = $1 AND fence = $2 AND state = 'running'
     FOR UPDATE`,
    [id, fence],
    'lock_action',
  );
  return row ?? null;
}

export interface BegunAttempt {
  number: number;
  integrationId: string;
  integrationName: string;
  provider: string;
  repeatable: boolean;
}

/**
 * Notes an attempt before anything is sent, and holds the action for its time.
 *
 * @returns the first of the recipients that should get no mail; null when all may
 */
export async function beginAttempt(
  app: Pick<App, 'clock'>,
  tx: Tx,
  id: string,
  attempt: BegunAttempt,
  { leaseSeconds, recipients }: { leaseSeconds: number; recipients: readonly string[] },
): Promise<Suppressed | null> {
  const { number, integrationId, integrationName, provider, repeatable } = attempt;
  const [row] = await tx.query<{ suppressed: Suppressed | null }>(
    `WITH begun AS (
       INSERT INTO action_attempts (action_id, number, organization_id, integration_id, integration_name, provider, outcome,
         repeatable, started_at) VALUES ($1, $2, current_organization(), $3, $4, $5, 'sending', $6, $7))
     UPDATE actions SET attempt_count = $2, integration_id = $3, due_at = now() + make_interval(secs => $8)
     WHERE organization_id = current_organization() AND id = $1
     RETURNING (SELECT to_jsonb(s) FROM (${suppressedAmong('$9')}) s) AS suppressed`,
    [
      id,
      number,
      integrationId,
      integrationName,
      provider,
      repeatable,
      new Date(app.clock()),
      leaseSeconds,
      recipients,
    ],
    'begin_attempt',
  );
  return row?.suppressed ?? null;
}

/**
 * Ends an action that was done: notes the attempt, erases the input and keeps the result sealed, in one statement. Null: it
 * is in other hands by now. `news`: the success says something of the integration that is not known yet, or was last said
 * before `knownSince`.
 */
export async function succeed(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: OneTrip,
  held: { id: string; fence: number },
  done: { number: number; integrationId: string; durationMs: number; result: unknown; knownSince: Date },
): Promise<{ news: boolean } | null> {
  const place = actionPlace(tx.organizationId, held.id, 'result_box');
  const [row] = await tx.query<{ news: boolean }>(
    `WITH done AS (
       UPDATE actions SET state = 'succeeded', problem = NULL, result_box = $3, input_box = NULL, due_at = 'infinity',
         finished_at = $4, fence = fence + 1
       WHERE organization_id = current_organization() AND id = $1 AND fence = $2 AND state = 'running' RETURNING id),
     ended AS (
       UPDATE action_attempts SET outcome = 'succeeded', problem = NULL, duration_ms = $6
       WHERE organization_id = current_organization() AND action_id = (SELECT id FROM done) AND number = $5)
     SELECT coalesce((SELECT problem IS NOT NULL OR consecutive_failures > 0 OR last_ok_at IS NULL OR last_ok_at < $8
       FROM integration_health WHERE organization_id = current_organization() AND integration_id = $7), false) AS news
     FROM done`,
    [
      held.id,
      held.fence,
      app.secretBox.seal(JSON.stringify(done.result), place),
      new Date(app.clock()),
      done.number,
      Math.max(0, Math.round(done.durationMs)),
      done.integrationId,
      done.knownSince,
    ],
    'succeed_action',
  );
  return row ?? null;
}

export async function endAttempt(
  tx: Tx,
  id: string,
  number: number,
  outcome: {
    outcome: 'succeeded' | 'failed' | 'ambiguous';
    problem: CheckProblem | null;
    durationMs: number | null;
  },
): Promise<void> {
  await tx.query(
    `UPDATE action_attempts SET outcome = $3, problem = $4, duration_ms = $5
     WHERE organization_id = current_organization() AND action_id = $1 AND number = $2`,
    [
      id,
      number,
      outcome.outcome,
      outcome.problem === null ? null : JSON.stringify(outcome.problem),
      outcome.durationMs === null ? null : Math.max(0, Math.round(outcome.durationMs)),
    ],
  );
}

/**
 * Ends an action that was not done, or of which nobody knows. Its input is erased, except that of a failed one of a bulk: it
 * may be tried again for a day.
 */
export async function finishAction(
  app: Pick<App, 'clock'>,
  tx: Tx,
  id: string,
  end: { state: 'failed' | 'ambiguous'; problem: CheckProblem | null },
): Promise<void> {
  await tx.query(
    `UPDATE actions SET state = $2, problem = $3, due_at = 'infinity', finished_at = $4, fence = fence + 1,
       input_box = CASE WHEN bulk_id IS NOT NULL AND $2 = 'failed' THEN input_box END
     WHERE organization_id = current_organization() AND id = $1`,
    [id, end.state, end.problem === null ? null : JSON.stringify(end.problem), new Date(app.clock())],
  );
}

/**
 * Ends an action that was done without an integration doing it: by a person, by what holds it here, or by the answer that
 * no store has it, which is `integrationId`'s.
 */
export async function finishDone(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: Tx,
  id: string,
  result: unknown,
  integrationId: string | null = null,
): Promise<void> {
  const box = app.secretBox.seal(JSON.stringify(result), actionPlace(tx.organizationId, id, 'result_box'));
  await tx.query(
    `UPDATE actions SET state = 'succeeded', problem = NULL, result_box = $2, input_box = NULL, due_at = 'infinity',
       finished_at = $3, fence = fence + 1, integration_id = coalesce($4, integration_id)
     WHERE organization_id = current_organization() AND id = $1`,
    [id, box, new Date(app.clock()), integrationId],
  );
}

/** Puts an action off: any node goes on with it after the wait. */
export async function parkAction(
  tx: Tx,
  id: string,
  wait: { seconds: number; problem: CheckProblem | null; newRound?: true },
): Promise<void> {
  await tx.query(
    `UPDATE actions SET state = 'queued', due_at = now() + make_interval(secs => $2), problem = coalesce($3, problem),
       rounds = rounds + CASE WHEN $4 THEN 1 ELSE 0 END,
       attempts_before = CASE WHEN $4 THEN attempt_count ELSE attempts_before END, fence = fence + 1
     WHERE organization_id = current_organization() AND id = $1`,
    [id, wait.seconds, wait.problem === null ? null : JSON.stringify(wait.problem), wait.newRound === true],
  );
}
