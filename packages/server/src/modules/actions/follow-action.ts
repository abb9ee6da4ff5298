import type { ActionStatus } from '@trunkline/contract/actions';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { App, Tx } from '../../ctx.ts';
import { cancelQueued } from './cancel-queued.ts';
import { actionPlace } from './places.ts';
import { findByKey } from './queries.ts';

/** What became of an action, for a part of the product that waits for it. */
export interface ActionOutcome {
  status: ActionStatus;
  problem: CheckProblem | null;
  /** Who did it, or was asked last. */
  integrationId: string | null;
  /** As the capability says; null unless it succeeded. */
  result: unknown;
}

/** Null when the action is not kept any more. */
export async function readOutcome(
  app: Pick<App, 'secretBox'>,
  tx: Tx,
  id: string,
): Promise<ActionOutcome | null> {
  const [row] = await tx.query<{
    status: ActionStatus;
    problem: CheckProblem | null;
    integrationId: string | null;
    resultBox: Buffer | null;
  }>(
    `SELECT state AS status, problem, integration_id AS "integrationId", result_box AS "resultBox" FROM actions
     WHERE organization_id = current_organization() AND id = $1`,
    [id],
  );
  if (!row) return null;
  const { status, problem, integrationId, resultBox } = row;
  const text =
    resultBox === null
      ? null
      : app.secretBox.open(resultBox, actionPlace(tx.organizationId, id, 'result_box'));
  return { status, problem, integrationId, result: text === null ? null : (JSON.parse(text) as unknown) };
}

/** The action that was started with an idempotency key, whatever its input was; null when there is none. */
export async function actionOfKey(tx: Tx, key: string): Promise<string | null> {
  return (await findByKey(tx, key))?.id ?? null;
}

/** A queued action is tried again now instead of at its time. */
export async function hastenAction(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE actions SET due_at = now()
     WHERE organization_id = current_organization() AND id = $1 AND state = 'queued'`,
    [id],
  );
  tx.announce('actions', [id]);
}

/** Takes an action back that waits. One that is being sent just now goes on. */
export async function takeBackAction(app: Pick<App, 'clock'>, tx: Tx, id: string): Promise<void> {
  await cancelQueued(app, tx, { id });
  tx.announce('actions', [id]);
}
