import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { Connection } from '../../connections/connection.ts';
import { admitCall } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { recordFinding } from '../../connections/state.ts';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { considerSwitch } from '../failover/consider-switch.ts';
import { readRoute } from '../failover/route.ts';
import { tellTransition } from '../integrations/tell.ts';
import { attempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { noteAttempt } from './note-attempt.ts';
import { actionPlace } from './places.ts';
import { beginAttempt, endAttempt, finishAction, lockAction, parkAction, readAttempts } from './queries.ts';
import type { OpenAction } from './queries.ts';
import { leaseSeconds, longestPauseMs, nextRoundSeconds, nextStep, pauseMs } from './rules.ts';
import type { EndedAttempt } from './rules.ts';

/** An action in the hands of this process. */
export interface HeldAction {
  organizationId: string;
  id: string;
  fence: number;
}

/** An attempt that is to be made now. */
interface Ready {
  number: number;
  connection: Connection;
  capability: CapabilityName;
  input: unknown;
}

/**
 * Works on an action until it has ended, or until it has to wait for longer than `untilMs` of the app's steady clock:
 * then it is put off, and any node goes on with it. This is the one place that asks providers, for callers who wait and
 * for the queue alike. An attempt is written down before it is sent; whoever finds one that was never ended takes its
 * outcome for unknown.
 */
export async function advance(app: App, held: HeldAction, untilMs: number): Promise<void> {
  const { organizationId } = held;
  let waitMs = 0;
  let retryAfterMs: number | null = null;
  for (;;) {
    if (waitMs > 0) await pause(waitMs);
    const ready = await tenantTransaction(app.pool, organizationId, (tx) =>
      begin(app, tx, held, { retryAfterMs, leftMs: untilMs - app.dialer.clock() }),
    );
    if (ready === null) return;
    if (typeof ready === 'number') {
      waitMs = ready;
      retryAfterMs = null;
      continue;
    }
    waitMs = 0;
    const { connection, capability, input, number } = ready;
    // What a provider knows a repetition by is the action's own id: every try of it has the same.
    const key = held.id.replaceAll('-', '');
    const result = await attempt(app, connection, { capability, input, key });
    noteAttempt(app, connection, { actionId: held.id, capability, number }, result);
    const going = await tenantTransaction(app.pool, organizationId, (tx) =>
      record(app, tx, held, connection, number, result),
    );
    if (!going) return;
    retryAfterMs = result.retryAfterMs ?? 0;
  }
}

/** Decides what comes next: an attempt, a pause in milliseconds, or null when there is nothing left to do here. */
async function begin(
  app: App,
  tx: Tx,
  held: HeldAction,
  { retryAfterMs, leftMs }: { retryAfterMs: number | null; leftMs: number },
): Promise<Ready | number | null> {
  const action = await lockAction(tx, held.id, held.fence);
  if (action === null) return null;
  const { attempts, problem } = await settledAttempts(tx, held.id, action);
  const route = await readRoute(tx, action.capability, action.wantedId);
  const order = route?.order ?? [];
  const step = nextStep(order, attempts);
  if (step.kind === 'end') {
    await finishAction(app, tx, held.id, { state: step.state, problem });
    return null;
  }
  if (step.kind === 'exhausted') {
    await giveUp(app, tx, held, action, problem ?? nobody);
    return null;
  }
  if (!step.again || retryAfterMs === null) return ask(app, tx, held, action, step.integrationId);
  const tried = attempts.filter(({ integrationId }) => integrationId === step.integrationId).length;
  const waitMs = pauseMs(tried, retryAfterMs, app.random);
  if (waitMs <= Math.min(leftMs, longestPauseMs)) return waitMs;
  // Somebody else can do it sooner, unless it may have been done already.
  const other = order.find((id) => !attempts.some(({ integrationId }) => integrationId === id));
  if (other !== undefined && attempts.at(-1)?.outcome === 'failed') return ask(app, tx, held, action, other);
  await parkAction(tx, held.id, { seconds: waitMs / 1000, problem });
  return null;
}

/** Everyone was asked in vain: later once more when nobody waits for it, else it has failed. */
async function giveUp(
  app: App,
  tx: Tx,
  held: HeldAction,
  { patient, rounds }: OpenAction,
  problem: CheckProblem,
): Promise<void> {
  const seconds = patient ? nextRoundSeconds(rounds, app.random) : null;
  if (seconds === null) await finishAction(app, tx, held.id, { state: 'failed', problem });
  else await parkAction(tx, held.id, { seconds, problem, newRound: true });
}

/** Lets the next attempt begin, if the integration's own limits allow it. */
async function ask(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  integrationId: string,
): Promise<Ready | number | null> {
  const connection = await loadConnection(app, tx, integrationId).catch((error: unknown) => {
    if (error instanceof RangeError) return error;
    throw error;
  });
  if (connection instanceof RangeError) {
    await noteUnreadable(app, tx, held, action, integrationId, connection.message);
    return nowMs;
  }
  const admission = await admitCall(tx, integrationId, connection.limits, app.clock());
  if (!admission.admitted) {
    const problem = overLimit(connection, admission.limit, admission.window);
    if (connection.limits.onLimit === 'refuse') {
      await finishAction(app, tx, held.id, { state: 'failed', problem });
    } else {
      const seconds = admission.retryAfterMs / 1000;
      await parkAction(tx, held.id, { seconds, problem });
    }
    return null;
  }
  const number = action.attemptCount + 1;
  const { provider, name } = connection;
  const repeatable = provider.adapters?.[action.capability]?.repeatable === true;
  await beginAttempt(
    app,
    tx,
    held.id,
    { number, integrationId, integrationName: name, provider: provider.slug, repeatable },
    leaseSeconds(app),
  );
  const input = app.secretBox.open(action.inputBox, actionPlace(tx.organizationId, held.id, 'input_box'));
  return { number, connection, capability: action.capability, input: JSON.parse(input) as unknown };
}

/** A variable that its credentials refer to is not released any more: the next of the chain is asked. */
async function noteUnreadable(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  integrationId: string,
  cause: string,
): Promise<void> {
  const [row] = await tx.query<{ name: string; provider: string }>(
    'SELECT name, provider FROM integrations WHERE organization_id = current_organization() AND id = $1',
    [integrationId],
  );
  const number = action.attemptCount + 1;
  const { name, provider } = row!;
  const attempted = { number, integrationId, integrationName: name, provider, repeatable: false };
  await beginAttempt(app, tx, held.id, attempted, leaseSeconds(app));
  const problem = { ...unreadableValue, cause };
  await endAttempt(tx, held.id, number, { outcome: 'failed', problem, durationMs: 0 });
}

/**
 * The attempts of the present round and the last problem of all. An attempt that was never ended is of unknown outcome,
 * and is noted so: its process ended while it was under way.
 */
async function settledAttempts(
  tx: Tx,
  id: string,
  { attemptsBefore }: OpenAction,
): Promise<{ attempts: EndedAttempt[]; problem: CheckProblem | null }> {
  const rows = await readAttempts(tx, id);
  const attempts: EndedAttempt[] = [];
  for (const { number, integrationId, outcome, problem, repeatable } of rows) {
    const open = outcome === 'sending';
    if (open)
      await endAttempt(tx, id, number, { outcome: 'ambiguous', problem: interrupted, durationMs: null });
    if (number <= attemptsBefore) continue;
    attempts.push({
      integrationId,
      outcome: open ? 'ambiguous' : outcome,
      fault: open ? interrupted.fault : (problem?.fault ?? null),
      repeatable,
    });
  }
  const last = rows.at(-1);
  return { attempts, problem: last?.outcome === 'sending' ? interrupted : (last?.problem ?? null) };
}

/**
 * Records an attempt and what it says of its integration. False: the action has ended, or is in other hands by now.
 */
async function record(
  app: App,
  tx: Tx,
  held: HeldAction,
  connection: Connection,
  number: number,
  { outcome, problem, result, durationMs }: AttemptResult,
): Promise<boolean> {
  const action = await lockAction(tx, held.id, held.fence);
  if (action === null) return false;
  await endAttempt(tx, held.id, number, { outcome, problem, durationMs });
  await noteHealth(app, tx, connection, problem);
  if (outcome !== 'succeeded') return true;
  await finishAction(app, tx, held.id, { state: 'succeeded', problem: null, result });
  return false;
}

/** A success is news after a failure, and now and then; a call that was wrong in itself says nothing of the integration. */
async function noteHealth(
  app: App,
  tx: Tx,
  connection: Connection,
  problem: CheckProblem | null,
): Promise<void> {
  const { integrationId } = connection;
  if (problem?.fault === 'badInput') return;
  if (problem === null && !(await successIsNews(app, tx, integrationId))) return;
  const transition = await recordFinding(app, tx, integrationId, { problem, report: null });
  if (transition === null) return;
  await tellTransition(app, tx, connection, transition, problem);
  await considerSwitch(app, tx, integrationId, {
    problem,
    consecutiveFailures: transition.consecutiveFailures,
  });
}

async function successIsNews(app: App, tx: Tx, integrationId: string): Promise<boolean> {
  const [row] = await tx.query<{ news: boolean }>(
    `SELECT problem IS NOT NULL OR consecutive_failures > 0 OR last_ok_at IS NULL OR last_ok_at < $2 AS news
     FROM integration_health WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId, new Date(app.clock() - successEveryMs)],
  );
  return row?.news === true;
}

const successEveryMs = 60_000;
/** Decide again at once. */
const nowMs = 0;

const interrupted: CheckProblem = {
  fault: 'ambiguous',
  title: 'Interrupted while it was sent',
  cause: 'The process ended before the answer was recorded, so that it may or may not have been done.',
  fix: 'Look at the provider whether it was done, before sending it again.',
  link: null,
};

const unreadableValue: CheckProblem = {
  fault: 'config',
  title: 'A value cannot be read',
  cause: '',
  fix: 'Enter the value itself, or have the variable released.',
  link: null,
};

const nobody: CheckProblem = {
  fault: 'config',
  title: 'No integration can do it',
  cause: 'Those that could are switched off or not connected.',
  fix: 'Connect one, or switch one on.',
  link: null,
};

function overLimit({ name }: Connection, limit: number, window: 'hour' | 'day'): CheckProblem {
  return {
    fault: 'rateLimit',
    title: 'The limit of this integration is reached',
    cause: `${name} may make ${limit} calls an ${window}.`.replace('an day', 'a day'),
    fix: 'Raise the limit in the settings of the integration, or wait.',
    link: null,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
