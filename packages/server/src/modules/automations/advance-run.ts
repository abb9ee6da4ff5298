import type { AutomationStep } from '@trunkline/contract/automations';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { actionOfKey, readOutcome, takeBackAction } from '../actions/follow-action.ts';
import { startAction } from '../actions/run-action.ts';
import { conversationOf, rememberThread } from './chat-threads.ts';
import type { HeldRun } from './claim-runs.ts';
import { readDay } from './day.ts';
import { finishRun, parkRun, waitForAction } from './move-run.ts';
import { endStep, lockHeldRun, readEvent, readOfRun, readSteps } from './queries.ts';
import type { AutomationRow, OpenRun, StepRow } from './queries.ts';
import { longestHoldMs, lookAgainSeconds, meets, mostClaims, nextTrySeconds } from './rules.ts';
import { fillInput } from './try-draft.ts';
import {
  actionGone,
  actionTakenBack,
  cannotStart,
  crashes,
  eventGone,
  notFilled,
  overItsHour,
  switchedOff,
} from './problems.ts';

/** A step whose action is to be started. */
interface Ready {
  run: OpenRun;
  automation: AutomationRow;
  step: AutomationStep;
  input: unknown;
  key: string;
}

/**
 * Works on a run until it waits or has ended. What a step asks for is started as an action whose key is the run's, the
 * round's and the step's: whoever takes the run over after a crash finds the action of the first one instead of starting
 * another.
 */
export async function advanceRun(app: App, held: HeldRun): Promise<void> {
  const ready = await tenantTransaction(app.pool, held.organizationId, (tx) => decide(app, tx, held));
  if (ready !== null) await start(app, held, ready);
}

/** Decides what comes next; null when the run waits or has ended. */
async function decide(app: App, tx: Tx, held: HeldRun): Promise<Ready | null> {
  const run = await lockHeldRun(tx, held.id, held.fence);
  if (run === null) return null;
  const automation = await readOfRun(tx, run.automationId);
  if (automation === null || (run.begunAt === null && (automation.deleted || !automation.enabled))) {
    await finishRun(app, tx, run, { state: 'cancelled', problem: switchedOff });
    return null;
  }
  const giveUp = async (problem: CheckProblem, step: string | null = null) => {
    await finishRun(app, tx, run, { state: 'dead_lettered', problem, automation, step });
    return null;
  };
  if (run.claims > mostClaims) return giveUp(crashes);
  const found = await readScope(tx, run, automation);
  if (found === null) return giveUp(eventGone);
  const scope: Record<string, unknown> = found;
  if (run.begunAt === null && !(await begin(app, tx, run, automation, scope))) return null;

  const done = await readSteps(tx, run.id);
  const outputs: Record<string, unknown> = {};
  scope['steps'] = outputs;
  for (const step of automation.steps) {
    const last = stepOf(done, step, run);
    if (last === null) return prepare(app, tx, run, automation, step, scope, giveUp);
    if (last.state === 'running' && last.actionId === null) {
      return prepare(app, tx, run, automation, step, scope, giveUp);
    }
    const outcome = last.actionId === null ? null : await readOutcome(app, tx, last.actionId);
    if (outcome === null) return giveUp(actionGone, step.name);
    if (outcome.status === 'queued' || outcome.status === 'running') {
      const waitingMs = run.stepAt === null ? 0 : app.clock() - run.stepAt.getTime();
      await waitForAction(tx, run, last.actionId!, {
        seconds: lookAgainSeconds(waitingMs),
        problem: outcome.problem,
      });
      return null;
    }
    if (outcome.status !== 'succeeded') {
      const at = new Date(app.clock());
      await endStep(tx, run, { state: outcome.status, problem: outcome.problem, at });
      if (outcome.status === 'cancelled') {
        await finishRun(app, tx, run, { state: 'cancelled', problem: actionTakenBack });
        return null;
      }
      return giveUp(outcome.problem ?? cannotStart('The action failed.'), step.name);
    }
    if (last.state === 'running') {
      const conversationId = step.capability === 'chat.post' ? conversationOf(found.event) : null;
      if (conversationId !== null) await rememberThread(app, tx, conversationId, outcome);
      await endStep(tx, run, { state: 'succeeded', problem: null, at: new Date(app.clock()) });
    }
    outputs[step.name] = outcome.result;
  }
  await finishRun(app, tx, run, { state: 'succeeded', problem: null });
  return null;
}

/** What became of a step: in this round, or done in an earlier one. Null: it is to be started. */
function stepOf(done: readonly StepRow[], { name }: AutomationStep, { round }: OpenRun): StepRow | null {
  const own = done.filter((step) => step.name === name);
  return own.find(({ state }) => state === 'succeeded') ?? own.find((step) => step.round === round) ?? null;
}

/** What there is beside the outputs of steps. */
interface RunScope extends Record<string, unknown> {
  event?: { type: string; data: unknown };
}

/** What placeholders may name, but for the outputs of steps; null when the event is not kept any more. */
async function readScope(tx: Tx, run: OpenRun, { trigger }: AutomationRow): Promise<RunScope | null> {
  if (run.eventId !== null) {
    const event = await readEvent(tx, run.eventId);
    return event && { event };
  }
  const at = (run.scheduledFor ?? run.createdAt).getTime();
  return { day: await readDay(tx, at, trigger.kind === 'daily' ? trigger.timeZone : 'UTC') };
}

/** Lets a run begin when its conditions hold and its hour has room. A run without its conditions leaves nothing. */
async function begin(
  app: App,
  tx: Tx,
  run: OpenRun,
  automation: AutomationRow,
  scope: Record<string, unknown>,
): Promise<boolean> {
  const { trigger, runsPerHour } = automation;
  if (trigger.kind === 'event' && !meets(trigger.conditions, scope)) {
    await tx.query('DELETE FROM automation_runs WHERE organization_id = current_organization() AND id = $1', [
      run.id,
    ]);
    return false;
  }
  const hourMs = 3_600_000;
  const now = app.clock();
  const hour = Math.floor(now / hourMs) * hourMs;
  const counted = await tx.query(
    `INSERT INTO automation_hours AS h (automation_id, hour, organization_id, begun)
     VALUES ($1, $2, current_organization(), 1)
     ON CONFLICT (automation_id, hour) DO UPDATE SET begun = h.begun + 1 WHERE h.begun < $3 RETURNING begun`,
    [automation.id, new Date(hour), runsPerHour],
  );
  if (counted.length === 0) {
    const problem = overItsHour(runsPerHour);
    if (now - run.createdAt.getTime() > longestHoldMs) {
      await finishRun(app, tx, run, { state: 'dead_lettered', problem, automation, step: null });
    } else {
      // Spread over a minute, so that what waited does not come all at once.
      const seconds = (hour + hourMs - now) / 1_000 + 60 * app.random();
      await parkRun(tx, run, { seconds, problem, waited: false });
    }
    return false;
  }
  await tx.query(
    'UPDATE automation_runs SET begun_at = $2 WHERE organization_id = current_organization() AND id = $1',
    [run.id, new Date(now)],
  );
  tx.announce('automations', [automation.id]);
  return true;
}

/** Fills the input of a step and writes down that it begins. */
async function prepare(
  app: App,
  tx: Tx,
  run: OpenRun,
  automation: AutomationRow,
  step: AutomationStep,
  scope: Record<string, unknown>,
  giveUp: (problem: CheckProblem, step: string) => Promise<null>,
): Promise<Ready | null> {
  const filled = fillInput(step.capability, step.input, scope);
  if (!filled.ok) return giveUp(notFilled(step.name, filled.issues), step.name);
  await tx.query(
    `INSERT INTO automation_run_steps (run_id, round, number, organization_id, name, capability, state, started_at)
     VALUES ($1, $2, $3, current_organization(), $4, $5, 'running', $6) ON CONFLICT DO NOTHING`,
    [
      run.id,
      run.round,
      automation.steps.indexOf(step) + 1,
      step.name,
      step.capability,
      new Date(app.clock()),
    ],
  );
  const key = `automation:${run.id}:${run.round}:${step.name}`;
  return { run, automation, step, input: filled.input, key };
}

/** Starts the action of a step, or finds the one that was started before a crash, and lets the run wait for it. */
async function start(app: App, held: HeldRun, { run, automation, step, input, key }: Ready): Promise<void> {
  const { organizationId } = held;
  const within = <T>(work: (tx: Tx) => Promise<T>) => tenantTransaction(app.pool, organizationId, work);
  let actionId: string;
  try {
    const known = await within((tx) => actionOfKey(tx, key));
    actionId =
      known ??
      (
        await startAction(app, organizationId, {
          capability: step.capability,
          wantedId: step.integrationId,
          input,
          key,
          dueAt: null,
          patient: true,
          createdBy: `Automation “${automation.name}”`,
        })
      ).id;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await within((tx) => refused(app, tx, held, automation, step, error));
    return;
  }
  await within(async (tx) => {
    const still = await lockHeldRun(tx, held.id, held.fence);
    if (still === null) {
      // Cancelled between the two: nobody waits for the action. Whoever took the run over finds it by its key.
      await stopIfCancelled(app, tx, held.id, actionId);
      return;
    }
    await tx.query(
      `UPDATE automation_run_steps SET action_id = $4
       WHERE organization_id = current_organization() AND run_id = $1 AND round = $2 AND name = $3`,
      [run.id, run.round, step.name, actionId],
    );
    // It may have ended before anybody could know that this run waits for it.
    const outcome = await readOutcome(app, tx, actionId);
    const open = outcome?.status === 'queued' || outcome?.status === 'running';
    await waitForAction(tx, still, actionId, { seconds: open ? lookAgainSeconds(0) : 0, problem: null });
  });
}

async function stopIfCancelled(app: App, tx: Tx, runId: string, actionId: string): Promise<void> {
  const [row] = await tx.query(
    `SELECT FROM automation_runs
     WHERE organization_id = current_organization() AND id = $1 AND state = 'cancelled'`,
    [runId],
  );
  if (row) await takeBackAction(app, tx, actionId);
}

/** Nobody could take the step just now: it is tried again for about a day. What can never be taken ends at once. */
async function refused(
  app: App,
  tx: Tx,
  held: HeldRun,
  automation: AutomationRow,
  step: AutomationStep,
  error: AppError,
): Promise<void> {
  const run = await lockHeldRun(tx, held.id, held.fence);
  if (run === null) return;
  const problem = cannotStart(error.errors?.[0]?.detail ?? error.message);
  const never = error.code === 'invalid_input' || error.code === 'not_found';
  const seconds = never ? null : nextTrySeconds(run.waits, app.random);
  if (seconds !== null) {
    await parkRun(tx, run, { seconds, problem, waited: true });
    return;
  }
  await endStep(tx, run, { state: 'failed', problem, at: new Date(app.clock()) });
  await finishRun(app, tx, run, { state: 'dead_lettered', problem, automation, step: step.name });
}
