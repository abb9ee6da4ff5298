import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityInput, CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { Admission } from '../../connections/calls.ts';
import type { Connection } from '../../connections/connection.ts';
import { limitWords } from '../../connections/limits.ts';
import { openConnection } from '../../connections/load-connection.ts';
import type { App, Tx } from '../../ctx.ts';
import { oneTrip } from '../../db/one-trip.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { calendarOf } from '../../providers/adapters/calendar-of.ts';
import { spanOfId } from '../../tracing/traced-id.ts';
import { during } from '../../tracing/tracer.ts';
import type { SpanStart } from '../../tracing/tracer.ts';
import { readCallable, routeOf } from '../failover/route.ts';
import type { CallableRow, Route } from '../failover/route.ts';
import { attempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { announcePut, displacedUnder, noteStored, routeToFile } from './displaced-files.ts';
import { letGoOfReference, noteReferred, refer, referringInput } from './event-references.ts';
import { dropOlderKept, takeLastResort } from './last-resort.ts';
import { replacedByStored } from './kept-chains.ts';
import type { Wanted } from './kept-chains.ts';
import { noteAttempt } from './note-attempt.ts';
import { noteHealth } from './note-health.ts';
import { actionPlace } from './places.ts';
import {
  beginAttempt,
  endAttempt,
  finishAction,
  finishDone,
  lockAction,
  parkAction,
  readAction,
  readAttempts,
  succeed,
} from './queries.ts';
import type { BegunAttempt, OpenAction } from './queries.ts';
import {
  leaseSeconds,
  longestPauseMs,
  longestTurnMs,
  nextRoundSeconds,
  nextStep,
  pauseMs,
  readsStored,
} from './rules.ts';
import type { EndedAttempt } from './rules.ts';
import { recipientsOf, refusedFor } from './suppressed.ts';
import type { Suppressed } from './suppressed.ts';

/** An action in the hands of this process. */
export interface HeldAction {
  organizationId: string;
  id: string;
  fence: number;
}

/** An attempt that is written down and is to be made now. */
export interface Ready {
  kind: 'ready';
  number: number;
  connection: Connection;
  capability: CapabilityName;
  input: unknown;
  /** Other stores of the chain are asked when this one does not have what is read. */
  elsewhere: boolean;
  /** For whom older files may be kept that are replaced when this stores one. */
  replaces: readonly Wanted[];
  /** The primary of the chain that is asked. */
  primaryId: string;
  /** A recipient that should get no mail: it is refused without asking anybody. */
  suppressed: Suppressed | null;
}

/** One that was made; it began at a time of the app's clock. */
type Made = Ready & { beganAt: number };

type Next =
  | Ready
  /** Decide again after a pause in milliseconds. */
  | { kind: 'pause'; ms: number }
  /** Its limits have to be asked first. */
  | { kind: 'admit'; connection: Connection }
  /** There is nothing left to do here. */
  | { kind: 'over' };

/** What a connection's limits said to the next attempt. */
interface Permit {
  connection: Connection;
  admission: Admission;
}

/**
 * Works on an action until it has ended, or until it has to wait for longer than `untilMs` of the app's steady clock:
 * then it is put off, and any node goes on with it. This is the one place that asks providers, for callers who wait and
 * for the queue alike. An attempt is written down before it is sent; whoever finds one that was never ended takes its
 * outcome for unknown. `first` is an attempt that was written with the action itself.
 *
 * @returns the action as it is then, for a caller who waits (`answer`)
 */
export async function advance(
  app: App,
  held: HeldAction,
  untilMs: number,
  options: { first?: Ready | null; answer?: boolean } = {},
): Promise<ActionDetail | null> {
  const { organizationId, id } = held;
  const start: SpanStart = {
    name: 'run action',
    kind: 'internal',
    attributes: { 'trunkline.organization.id': organizationId, 'trunkline.action.id': id },
  };
  // For a caller who waits, below its request; else in the trace of the action.
  const span = app.span === null ? spanOfId(app, id, start) : app.span.child(start);
  return during(app, span, async (inner) => {
    const detail = await work(inner, held, untilMs, options);
    if (detail !== null) span?.set({ 'trunkline.action.state': detail.status });
    return detail;
  });
}

async function work(
  app: App,
  held: HeldAction,
  untilMs: number,
  { first = null, answer = false }: { first?: Ready | null; answer?: boolean },
): Promise<ActionDetail | null> {
  const { organizationId, id } = held;
  const left = () => untilMs - app.dialer.clock();
  const transaction = async <T extends { kind: string }>(work: (tx: Tx) => Promise<T>) => {
    const done = await tenantTransaction(app.pool, organizationId, async (tx) => {
      const next = await work(tx);
      const read = answer && next.kind === 'over';
      return { next, detail: read ? await readAction(app, tx, id, { open: true }) : null };
    });
    if (done.next.kind === 'over') app.live.publish({ organizationId, topic: 'actions', ids: [id] });
    return done;
  };
  let ready = first;
  let retryAfterMs: number | null = null;
  let permit: Permit | null = null;
  for (;;) {
    if (ready === null) {
      const known: Known = { retryAfterMs, leftMs: left(), permit };
      const { next, detail } = await transaction<Next>((tx) => begin(app, tx, held, known));
      await giveBackUnused(app, permit, next);
      permit = null;
      if (next.kind === 'over') return detail;
      if (next.kind === 'pause') {
        await pause(next.ms);
        retryAfterMs = null;
        continue;
      }
      if (next.kind === 'admit') {
        const { connection } = next;
        const withinMs = Math.max(0, Math.min(longestTurnMs, left()));
        permit = { connection, admission: await app.calls.take(connection, withinMs) };
        continue;
      }
      ready = next;
    }
    const asked: Ready = ready;
    const { connection, capability, input, number, elsewhere } = asked;
    ready = null;
    // What a provider knows a repetition by is the action's own id: every try of it has the same.
    const key = id.replaceAll('-', '');
    const beganAt = app.clock();
    const refused = asked.suppressed && refusedFor(asked.suppressed);
    const result = refused ?? (await attempt(app, connection, { capability, input, key, elsewhere, number }));
    // Of what was not sent the integration knows nothing.
    if (refused !== null) await app.calls.giveBack(connection);
    else noteAttempt(app, connection, { actionId: id, capability, number }, result);
    if (result.outcome === 'succeeded' && result.problem === null)
      return recordSuccess(app, held, { ...asked, beganAt }, result, answer);
    const { next, detail } = await transaction((tx) =>
      recordOther(app, tx, held, { ...asked, beganAt }, result),
    );
    if (next.kind === 'over') return detail;
    retryAfterMs = result.retryAfterMs ?? 0;
  }
}

async function giveBackUnused(app: App, permit: Permit | null, next: Next): Promise<void> {
  if (permit === null || !permit.admission.admitted) return;
  const used = next.kind === 'ready' && next.connection.integrationId === permit.connection.integrationId;
  if (!used) await app.calls.giveBack(permit.connection);
}

interface Known {
  /** Since the last attempt; null: the pause is over. */
  retryAfterMs: number | null;
  leftMs: number;
  permit: Permit | null;
}

/** Finds out who could be asked, decides what comes next, and holds what the next attempt needs for itself. */
async function begin(app: App, tx: Tx, held: HeldAction, known: Known): Promise<Next> {
  const action = await lockAction(tx, held.id, held.fence);
  if (action === null) return over;
  const settled = await settledAttempts(tx, held.id, action);
  const rows = await readCallable(tx, action.capability);
  const route = routeOf(rows, action.wantedId) ?? { order: [], chain: [], primaryId: '' };
  // Others have no need of it.
  const input = opensFirst(action.capability) ? openInput(app, tx, held.id, action.inputBox) : null;
  const referring = input === null ? null : referringInput(action.capability, input);
  if (referring === null || route.order.length === 0) {
    const planned = { rows, route: await routeFor(tx, action, route, input), input };
    return decide(app, tx, held, action, known, settled, planned);
  }
  const { id: actionId } = held;
  const { capability } = action;
  const { primaryId } = route;
  const call = { actionId, capability, input: referring, route, seconds: leaseSeconds(app) };
  const referred = await refer(app, tx, call);
  if (referred.kind === 'wait') return waitFor(tx, held, known, settled.problem);
  if (referred.kind === 'ask') {
    const next = await decide(app, tx, held, action, known, settled, { rows, ...referred });
    if (next.kind !== 'ready') await letGoOfReference(tx, { actionId, primaryId, input: referring });
    return next;
  }
  if (referred.kind === 'refused') {
    await finishAction(app, tx, actionId, { state: 'failed', problem: referred.problem });
  } else {
    await finishDone(app, tx, actionId, referred.result);
    const nobody = { integrationId: null, calendar: null, event: null };
    if (referred.remember) await noteReferred(app, tx, { actionId, primaryId, input: referring, ...nobody });
  }
  await letGoOfReference(tx, { actionId, primaryId, input: referring });
  return over;
}

/** Whose input says who is asked, or whether they may be. */
const opensFirst = (capability: CapabilityName): boolean =>
  capability === 'storage.put' ||
  capability === 'calendar.update_event' ||
  capability === 'calendar.cancel_event' ||
  readsStored(capability);

/** Lets an action wait for another one that is on its way for the same file or event. */
async function waitFor(
  tx: Tx,
  held: HeldAction,
  { leftMs }: Known,
  problem: CheckProblem | null,
): Promise<Next> {
  if (turnWaitMs <= leftMs) return { kind: 'pause', ms: turnWaitMs };
  await parkAction(tx, held.id, { seconds: turnWaitMs / 1000, problem });
  return over;
}

/** Who could be asked, and with what. */
interface Planned {
  rows: readonly CallableRow[];
  route: Route;
  /** Null: as it was sent, and not opened yet. */
  input: unknown;
}

/** Decides what comes next. */
async function decide(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  known: Known,
  { attempts, problem, failure, doubt }: Settled,
  { rows, route, input }: Planned,
): Promise<Next> {
  const { retryAfterMs, leftMs, permit } = known;
  const { order, chain, primaryId } = route;
  const elsewhere = asksElsewhere(action.capability, chain);
  const askOne = async (integrationId: string): Promise<Next> => {
    if (!(await mayPut(app, tx, action, input))) return waitFor(tx, held, known, problem);
    const row = rows.find(({ id }) => id === integrationId)!;
    const replaces = keptReplacedBy(action.capability, rows, row.id);
    return ask(app, tx, held, action, { row, permit, input, elsewhere, replaces, primaryId });
  };
  const step = nextStep({ order, chain }, attempts);
  if (step.kind === 'end') {
    await finishAction(app, tx, held.id, {
      state: step.state,
      problem: step.state === 'ambiguous' ? doubt : problem,
    });
    return over;
  }
  if (step.kind === 'missing') {
    await endMissing(app, tx, held, action, { integrationId: step.integrationId, problem, failure });
    return over;
  }
  if (step.kind === 'exhausted') {
    await giveUp(app, tx, held, action, problem ?? nobody);
    return over;
  }
  if (!step.again || retryAfterMs === null) return askOne(step.integrationId);
  const tried = attempts.filter(({ integrationId }) => integrationId === step.integrationId).length;
  const waitMs = pauseMs(tried, retryAfterMs, app.random);
  if (waitMs <= Math.min(leftMs, longestPauseMs)) return { kind: 'pause', ms: waitMs };
  // Somebody else can do it sooner, unless it may have been done already.
  const inDoubt = attempts.some(({ outcome }) => outcome === 'ambiguous');
  const other = order.find((id) => !attempts.some(({ integrationId }) => integrationId === id));
  if (other !== undefined && !inDoubt) return askOne(other);
  await parkAction(tx, held.id, { seconds: waitMs / 1000, problem });
  return over;
}

/** Who is asked for a file that a backup took: whoever has it. */
async function routeFor(tx: Tx, { capability }: OpenAction, route: Route, input: unknown): Promise<Route> {
  if (!readsStored(capability) || route.chain.length < 2) return route;
  const { key } = input as CapabilityInput<'storage.get'>;
  return routeToFile(route, await displacedUnder(tx, key));
}

/** Whether a file may be stored now: not while an older one of its key is copied back. Everything else always may. */
async function mayPut(app: App, tx: Tx, { capability }: OpenAction, input: unknown): Promise<boolean> {
  if (capability !== 'storage.put') return true;
  return announcePut(tx, (input as CapabilityInput<'storage.put'>).key, leaseSeconds(app));
}

function openInput(app: App, tx: Tx, id: string, box: Buffer): unknown {
  return JSON.parse(app.secretBox.open(box, actionPlace(tx.organizationId, id, 'input_box'))) as unknown;
}

/**
 * No store has it. Where that has no answer of its own the action has failed, and is given up as any other when a store
 * that may have it could not be asked.
 */
async function endMissing(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  {
    integrationId,
    problem,
    failure,
  }: { integrationId: string; problem: CheckProblem | null; failure: CheckProblem | null },
): Promise<void> {
  const answer = capabilities[action.capability].missing?.answer ?? null;
  if (answer !== null) await finishDone(app, tx, held.id, answer, integrationId);
  else if (failure !== null) await giveUp(app, tx, held, action, failure);
  else await finishAction(app, tx, held.id, { state: 'failed', problem });
}

/** Everyone was asked in vain: what is configured for that case takes it. Without it, later once more when nobody waits for it, else it has failed. */
async function giveUp(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  problem: CheckProblem,
): Promise<void> {
  if (await takeLastResort(app, tx, held.id, action, problem)) return;
  const { patient, rounds } = action;
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
  {
    row,
    permit,
    input,
    elsewhere,
    replaces,
    primaryId,
  }: { row: CallableRow; permit: Permit | null } & Pick<
    Ready,
    'input' | 'elsewhere' | 'replaces' | 'primaryId'
  >,
): Promise<Next> {
  let connection: Connection;
  try {
    connection = openConnection(app, tx.organizationId, row);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    await noteUnreadable(app, tx, held, action, row, error.message);
    return { kind: 'pause', ms: 0 };
  }
  const known = permit?.connection.integrationId === row.id ? permit.admission : null;
  if (known === null && !app.calls.tryTake(connection)) return { kind: 'admit', connection };
  if (known !== null && !known.admitted) {
    const problem = overLimit(connection, known);
    // Whoever does not wait for it has time for a turn.
    if (connection.limits.onLimit === 'refuse' && !(known.window === 'second' && action.patient)) {
      await finishAction(app, tx, held.id, { state: 'failed', problem });
    } else {
      await parkAction(tx, held.id, { seconds: known.retryAfterMs / 1000, problem });
    }
    return over;
  }
  const number = action.attemptCount + 1;
  const { capability } = action;
  const given = input ?? openInput(app, tx, held.id, action.inputBox);
  const suppressed = await beginAttempt(app, tx, held.id, attemptOf(connection, capability, number), {
    leaseSeconds: leaseSeconds(app),
    recipients: recipientsOf(capability, given),
  });
  const attempted = { number, connection, capability, input: given, suppressed };
  return { kind: 'ready', ...attempted, elsewhere, replaces, primaryId };
}

/** Whether a store of this chain is followed by others when it does not have what is read. */
export function asksElsewhere(capability: CapabilityName, chain: readonly string[]): boolean {
  return readsStored(capability) && chain.length > 1;
}

/** For whom older kept files are replaced when this integration stores one; nobody, where nothing is stored. */
export function keptReplacedBy(
  capability: CapabilityName,
  rows: readonly CallableRow[],
  integrationId: string,
): Wanted[] {
  return capability === 'storage.put' ? replacedByStored(rows, integrationId) : [];
}

/** An attempt at an integration, as it is written down. */
export function attemptOf(connection: Connection, capability: CapabilityName, number: number): BegunAttempt {
  const { integrationId, name, provider } = connection;
  const repeatable = provider.adapters?.[capability]?.repeatable === true;
  return { number, integrationId, integrationName: name, provider: provider.slug, repeatable };
}

/** A variable that its credentials refer to is not released any more: the next of the chain is asked. */
async function noteUnreadable(
  app: App,
  tx: Tx,
  held: HeldAction,
  action: OpenAction,
  { id: integrationId, name, provider }: CallableRow,
  cause: string,
): Promise<void> {
  const number = action.attemptCount + 1;
  const attempted = { number, integrationId, integrationName: name, provider, repeatable: false };
  await beginAttempt(app, tx, held.id, attempted, { leaseSeconds: leaseSeconds(app), recipients: [] });
  const problem = { ...unreadableValue, cause };
  await endAttempt(tx, held.id, number, { outcome: 'failed', problem, durationMs: 0 });
}

interface Settled {
  attempts: EndedAttempt[];
  problem: CheckProblem | null;
  failure: CheckProblem | null;
  doubt: CheckProblem | null;
}

/**
 * The attempts of the present round, the last problem of all, the last failure of the round, and its last doubt. An attempt
 * that was never ended is of unknown outcome, and is noted so: its process ended while it was under way. Of what changes
 * nothing only the last one counts as a doubt: those before are failures like any other.
 */
async function settledAttempts(
  tx: Tx,
  id: string,
  { attemptsBefore, capability }: OpenAction,
): Promise<Settled> {
  const rows = await readAttempts(tx, id);
  const reads = capabilities[capability].effect === 'read';
  const attempts: EndedAttempt[] = [];
  let failure: CheckProblem | null = null;
  let doubt: CheckProblem | null = null;
  const last = rows.at(-1);
  for (const { number, integrationId, outcome, problem, repeatable } of rows) {
    const open = outcome === 'sending';
    if (open)
      await endAttempt(tx, id, number, { outcome: 'ambiguous', problem: interrupted, durationMs: null });
    if (number <= attemptsBefore) continue;
    if (outcome !== 'succeeded') failure = open ? interrupted : problem;
    const doubtful = open || outcome === 'ambiguous';
    if (doubtful) doubt = failure;
    attempts.push({
      integrationId,
      ...(!doubtful
        ? { outcome, fault: problem?.fault ?? null }
        : reads && number !== last?.number
          ? { outcome: 'failed', fault: 'down' }
          : { outcome: 'ambiguous', fault: 'ambiguous' }),
      repeatable,
    });
  }
  return {
    attempts,
    problem: last?.outcome === 'sending' ? interrupted : (last?.problem ?? null),
    failure,
    doubt,
  };
}

/** Records that it was done, in one round trip with the answer to who waits, and says then what that means for its integration. */
async function recordSuccess(
  app: App,
  held: HeldAction,
  { connection, number, capability, input, replaces, primaryId, beganAt }: Made,
  { result, durationMs }: AttemptResult,
  answer: boolean,
): Promise<ActionDetail | null> {
  const { organizationId, id } = held;
  const { integrationId } = connection;
  const knownSince = new Date(app.clock() - successEveryMs);
  const done = { number, integrationId, durationMs, result, knownSince };
  const file =
    capability === 'storage.put'
      ? { actionId: id, primaryId, integrationId, input: input as CapabilityInput<'storage.put'> }
      : null;
  const referring = referringInput(capability, input);
  const [ended, , , , detail] = await oneTrip(app.pool, organizationId, (tx) =>
    Promise.all([
      succeed(app, tx, held, done),
      file === null ? null : dropOlderKept(app, tx, id, { result, others: replaces }),
      file === null ? null : noteStored(app, tx, file),
      referring === null
        ? null
        : noteReferred(app, tx, {
            actionId: id,
            primaryId,
            integrationId,
            calendar: calendarIn(connection, referring.calendar),
            input: referring,
            event:
              capability === 'calendar.update_event'
                ? (result as CapabilityOutput<'calendar.update_event'>)
                : null,
          }),
      answer ? readAction(app, tx, id, { open: true }) : null,
    ]),
  );
  if (file !== null && integrationId !== primaryId) {
    app.live.publish({ organizationId, topic: 'failover', ids: [primaryId] });
  }
  app.live.publish({ organizationId, topic: 'actions', ids: [id] });
  if (ended?.news) await noteSuccess(app, connection, beganAt);
  return detail;
}

/** The calendar that was asked, as it is named there. */
function calendarIn({ settings }: Connection, named: string | undefined): string {
  const { defaultCalendar } = settings;
  return calendarOf(named, typeof defaultCalendar === 'string' ? { defaultCalendar } : {});
}

/** A success is news after a failure, and now and then. What cannot be noted stays news for the next one. */
async function noteSuccess(app: App, connection: Connection, beganAt: number): Promise<void> {
  await tenantTransaction(app.pool, connection.organizationId, (tx) =>
    noteHealth(app, tx, connection, null, beganAt),
  ).catch((error: unknown) => {
    const { integrationId } = connection;
    app.log.warn({ err: error, integrationId }, 'a success could not be noted of its integration');
  });
}

/** Records an attempt after which the action goes on, and what it says of its integration. */
async function recordOther(
  app: App,
  tx: Tx,
  held: HeldAction,
  { connection, number, beganAt, capability, primaryId, input }: Made,
  { outcome, problem, durationMs }: AttemptResult,
): Promise<{ kind: 'over' | 'open' }> {
  const action = await lockAction(tx, held.id, held.fence);
  if (action === null) return over;
  const referring = referringInput(capability, input);
  if (referring !== null) await letGoOfReference(tx, { actionId: held.id, primaryId, input: referring });
  await endAttempt(tx, held.id, number, { outcome, problem, durationMs });
  // A call that was wrong in itself says nothing of the integration, and neither does what a store does not have.
  if (problem?.fault !== 'badInput') await noteHealth(app, tx, connection, problem, beganAt);
  return { kind: 'open' };
}

/** The pause until it is looked again whether another one for the same file or event is over, in milliseconds. */
const turnWaitMs = 250;
const successEveryMs = 60_000;
const over = { kind: 'over' } as const;

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

/** What an action that is over a limit of its integration is told. */
export function overLimit({ name }: Connection, full: Extract<Admission, { admitted: false }>): CheckProblem {
  return {
    fault: 'rateLimit',
    title: 'The limit of this integration is reached',
    cause: limitWords(name, full),
    fix: 'Raise the limit in the settings of the integration, or wait.',
    link: null,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
