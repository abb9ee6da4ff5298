import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityInput, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import { PayrollRow } from '@trunkline/contract/files';
import type { CsvLayout } from '@trunkline/contract/files';
import type { App, Tx } from '../../ctx.ts';
import type { OneTrip } from '../../db/one-trip.ts';
import { FileInputError } from '../../lib/files/input-error.ts';
import { payrollLayout } from '../../lib/files/layouts.ts';
import { writePayroll } from '../../lib/files/payroll.ts';
import type { OwnEvent } from '../../outbox/record-own-event.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { hasLastResort, lastResortKind } from '../failover/last-resorts.ts';
import { candidatesOf, offering, readCallable, readRouteRows } from '../failover/route.ts';
import { keyHash } from './key-hash.ts';
import { replacedByKept } from './kept-chains.ts';
import type { KeptRow, Wanted } from './kept-chains.ts';
import { actionPlace } from './places.ts';
import { finishAction, finishDone } from './queries.ts';
import type { OpenAction } from './queries.ts';
import { nextTrySeconds } from './rules.ts';

/**
 * What becomes of an action that everybody failed to do, where somebody has switched that on (FAILOVER-4). It stays what it
 * is, with its input sealed in its row, so that it survives restarts and every node can go on with it. False: there is no
 * last resort.
 */
export async function takeLastResort(
  app: App,
  tx: Tx,
  id: string,
  action: OpenAction,
  problem: CheckProblem,
): Promise<boolean> {
  const { capability } = action;
  const kind = lastResortKind(capability);
  // What it holds stays there, even when it is switched off meanwhile.
  const held = action.lastResort !== null;
  if (kind === null || (!held && !(await hasLastResort(tx, capability)))) return false;
  if (!held) await tell(app, tx, id, action, problem);
  const input = openInput(app, tx, id, action.inputBox);
  if (kind === 'file') {
    return writeFile(app, tx, id, input as CapabilityInput<'payroll.export'>, action.wantedId);
  }
  const key = kind === 'keep' ? keyHash((input as { key: string }).key) : null;
  if (key !== null) {
    const others = replacedByKept(await readCallable(tx, capability), action.wantedId);
    await cancelKept(app, tx, { key, newerId: id, state: 'running', others });
  }
  await tx.query(
    `UPDATE actions SET state = 'queued', problem = $2, last_resort = $3, kept_key = $4, rounds = rounds + 1,
       last_resort_at = coalesce(last_resort_at, $5), attempts_before = attempt_count, fence = fence + 1,
       due_at = CASE WHEN $3 = 'by_hand' THEN 'infinity' ELSE now() + make_interval(secs => $6) END
     WHERE organization_id = current_organization() AND id = $1`,
    [
      id,
      JSON.stringify(problem),
      kind,
      key,
      new Date(app.clock()),
      nextTrySeconds(action.rounds, app.random),
    ],
  );
  return true;
}

/** The file is the result, in the layout of the payroll that should have got it. */
async function writeFile(
  app: App,
  tx: Tx,
  id: string,
  { periodStart, periodEnd, entries }: CapabilityInput<'payroll.export'>,
  wantedId: string | null,
): Promise<boolean> {
  const rows = entries.map((entry) => PayrollRow.parse({ ...entry, periodStart, periodEnd }));
  let content: Buffer;
  try {
    content = writePayroll(rows, (await savedLayout(tx, wantedId)) ?? payrollLayout);
  } catch (error) {
    if (!(error instanceof FileInputError)) throw error;
    await finishAction(app, tx, id, { state: 'failed', problem: unfit(error.message) });
    return true;
  }
  const result: CapabilityOutput<'payroll.export'> = {
    state: 'file',
    exportId: null,
    entries: rows.length,
    file: {
      name: `payroll_${periodStart}_${periodEnd}.csv`,
      contentType: 'text/csv',
      content: content.toString('base64'),
    },
  };
  await finishDone(app, tx, id, result);
  await tx.query(
    `UPDATE actions SET last_resort = 'file', last_resort_at = $2
     WHERE organization_id = current_organization() AND id = $1`,
    [id, new Date(app.clock())],
  );
  return true;
}

/**
 * The layout of payroll files that somebody has saved: of the integration that was wanted, or else of the first payroll of
 * the organization that has one, the primary before its backups. Null: none was saved.
 */
async function savedLayout(tx: Tx, wantedId: string | null): Promise<CsvLayout | null> {
  const rows = await offering(tx, await readRouteRows(tx, 'payroll.export'), 'payroll.export');
  const ids = candidatesOf(rows, wantedId).flatMap(({ id, backups }) => [id, ...backups]);
  const [row] = await tx.query<{ layout: CsvLayout }>(
    `SELECT layout FROM exchange_layouts
     WHERE organization_id = current_organization() AND kind = 'payroll' AND integration_id = ANY($1::uuid[])
     ORDER BY array_position($1, integration_id) LIMIT 1`,
    [ids],
  );
  return row?.layout ?? null;
}

function openInput(app: Pick<App, 'secretBox'>, tx: OneTrip, id: string, box: Buffer): unknown {
  return JSON.parse(app.secretBox.open(box, actionPlace(tx.organizationId, id, 'input_box'))) as unknown;
}

/** Tells of the first action of a capability that a last resort takes, and of no others while it holds some. */
async function tell(app: App, tx: Tx, id: string, action: OpenAction, problem: CheckProblem): Promise<void> {
  const { capability } = action;
  const [held] = await tx.query<{ lastResortId: string; others: boolean }>(
    `SELECT last_resort_id(current_organization(), $1) AS "lastResortId", EXISTS (SELECT FROM actions
       WHERE organization_id = current_organization() AND capability = $1 AND last_resort IS NOT NULL
         AND finished_at IS NULL) AS others`,
    [capability],
  );
  const { lastResortId, others } = held!;
  if (others) return;
  await recordOwnEvent(app, tx, 'action.last_resort', {
    actionId: id,
    capability,
    label: capabilities[capability].label,
    lastResortId,
    lastResort: lastResortKind(capability),
    error: { code: problem.fault, message: problem.title },
    since: new Date(app.clock()).toISOString(),
  });
}

/** The files that are kept under a key because no store could take them, newest first. */
export async function keptUnder(tx: OneTrip, key: string): Promise<KeptRow[]> {
  return tx.query<KeptRow>(
    `SELECT id, wanted_id AS "wantedId" FROM actions
     WHERE organization_id = current_organization() AND kept_key = $1 AND finished_at IS NULL ORDER BY id DESC`,
    [keyHash(key)],
    'kept_under',
  );
}

/** A file that is kept; null when it is not kept any more. */
export async function readKept(
  app: Pick<App, 'secretBox'>,
  tx: OneTrip,
  id: string,
): Promise<CapabilityOutput<'storage.get'> | null> {
  const [row] = await tx.query<{ box: Buffer }>(
    `SELECT input_box AS box FROM actions
     WHERE organization_id = current_organization() AND id = $1 AND finished_at IS NULL`,
    [id],
    'read_kept',
  );
  if (!row) return null;
  const { content, contentType } = openInput(app, tx, id, row.box) as CapabilityInput<'storage.put'>;
  return { found: true, content, contentType, bytes: Buffer.from(content, 'base64').length };
}

/**
 * A newer file is at a store, when this action has succeeded: an older one that is kept under its key must not replace it.
 *
 * @param others for whom such files may be kept, beside whom this action was for
 */
export async function dropOlderKept(
  app: Pick<App, 'clock'>,
  tx: OneTrip,
  id: string,
  { result, others }: { result: unknown; others: readonly Wanted[] },
): Promise<void> {
  const key = keyHash((result as { key: string }).key);
  await cancelKept(app, tx, { key, newerId: id, state: 'succeeded', others });
}

/** Takes back what is kept under a key, for whom the newer action was or for others, and is older than that action in this state. */
async function cancelKept(
  app: Pick<App, 'clock'>,
  tx: OneTrip,
  {
    key,
    newerId,
    state,
    others,
  }: { key: Buffer; newerId: string; state: 'running' | 'succeeded'; others: readonly Wanted[] },
): Promise<void> {
  await tx.query(
    `UPDATE actions k SET state = 'cancelled', problem = $4, input_box = NULL, due_at = 'infinity', finished_at = $5,
       fence = k.fence + 1
     FROM actions n WHERE n.organization_id = current_organization() AND n.id = $2 AND n.state = $3
       AND k.organization_id = n.organization_id AND k.kept_key = $1 AND k.id < n.id AND k.state = 'queued'
       AND (k.wanted_id IS NOT DISTINCT FROM n.wanted_id OR k.wanted_id = ANY($6::uuid[]) OR (k.wanted_id IS NULL AND $7))`,
    [
      key,
      newerId,
      state,
      JSON.stringify(replaced),
      new Date(app.clock()),
      others.filter((wanted) => wanted !== null),
      others.includes(null),
    ],
  );
}

/** What can be done again is done soon when an integration works again, instead of at the next try. */
export async function resumeAfterRecovery(_app: App, tx: Tx, event: OwnEvent): Promise<void> {
  if (!resuming.includes(event.type)) return;
  const rows = await tx.query(
    `UPDATE actions SET due_at = now()
     WHERE organization_id = current_organization() AND state = 'queued' AND last_resort IN ('queue', 'keep')
     RETURNING id`,
  );
  if (rows.length > 0) tx.announce('actions');
  await tx.query(
    `UPDATE displaced_files SET due_at = now()
     WHERE organization_id = current_organization() AND isfinite(due_at) AND held_until <= now()`,
  );
}

const resuming = ['integration.recovered', 'integration.connected', 'integration.restored'];

const replaced: CheckProblem = {
  fault: 'badInput',
  title: 'Replaced by a newer file',
  cause: 'A newer file was stored under the same key before this one was copied.',
  fix: 'Nothing has to be done.',
  link: null,
};

function unfit(cause: string): CheckProblem {
  return {
    fault: 'badInput',
    title: 'It does not fit into a file',
    cause,
    fix: 'Correct the entries.',
    link: null,
  };
}
