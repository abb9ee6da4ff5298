import { createHash } from 'node:crypto';
import { runAction as operation } from '@trunkline/contract/actions';
import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityInput, CapabilityName } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import { authorize } from '../../authorize.ts';
import type { Connection } from '../../connections/connection.ts';
import { limitWords } from '../../connections/limits.ts';
import { openConnection } from '../../connections/load-connection.ts';
import type { App, Tx } from '../../ctx.ts';
import { oneTrip } from '../../db/one-trip.ts';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { newIdIn, noteStored } from '../../tracing/traced-id.ts';
import type { Verb } from '../../verb.ts';
import { readCallable, routeOf } from '../failover/route.ts';
import type { CallableRow } from '../failover/route.ts';
import { advance, asksElsewhere, attemptOf, keptReplacedBy, overLimit } from './advance.ts';
import type { Ready } from './advance.ts';
import { displacedUnder, routeToFile } from './displaced-files.ts';
import { referringInput } from './event-references.ts';
import { keptFor } from './kept-chains.ts';
import { keptUnder, readKept } from './last-resort.ts';
import { findAction, findByKey, finishAction, finishDone, insertAction, readAction } from './queries.ts';
import type { Beginning, NewAction } from './queries.ts';
import { callerOf, dueTime, keyOf, organizationOf, requireRoute, requireThere } from './requested.ts';
import { callerWaitsMs, leaseSeconds, longestTurnMs } from './rules.ts';
import { findSuppressed, recipientsOf } from './suppressed.ts';

/**
 * Does something through whichever provider answers (ACT-1, ACT-2). Waits for the outcome unless the caller said
 * `Prefer: respond-async` or named a time. With an `Idempotency-Key` the same request again gets what the first one got.
 *
 * @throws AppError `invalid_input`, `not_found`, `integration_not_connected`, `integration_disabled`,
 *   `call_limit_reached`, `idempotency_mismatch`, `idempotency_in_flight`
 */
export const runAction: Verb<typeof operation> = async (
  ctx,
  { capability, integrationId, sendAt, ...fields },
) => {
  authorize(ctx, operation);
  const { app, request } = ctx;
  const parsed = capabilities[capability].input.safeParse(fields);
  if (!parsed.success) {
    // Somebody else's integration is not there, whatever else is wrong.
    if (integrationId !== undefined) await inOrganization(ctx, (tx) => requireThere(tx, integrationId));
    throw parsed.error;
  }
  const input: unknown = parsed.data;
  const dueAt = dueTime(app, sendAt);
  const patient = dueAt !== null || prefersAsync(request.headers);
  return startAction(app, organizationOf(ctx), {
    capability,
    wantedId: integrationId ?? null,
    input,
    key: keyOf(request.headers),
    dueAt,
    patient,
    createdBy: callerOf(ctx),
  });
};

export interface WantedAction {
  capability: CapabilityName;
  /** Null: the primary of the capability. */
  wantedId: string | null;
  /** As the capability's input says, parsed. */
  input: unknown;
  /** Null: every call is a new action. */
  key: string | null;
  /** Null: now. */
  dueAt: Date | null;
  /** Nobody waits for the outcome: it is queued, and tried for hours when everything is down. */
  patient: boolean;
  /** Who asked, by name. */
  createdBy: string;
}

/** Starts an action for an organization; for callers that have authorized it themselves. As {@link runAction}. */
export async function startAction(
  app: App,
  organizationId: string,
  wanted: WantedAction,
): Promise<ActionDetail> {
  const id = newIdIn(app);
  const action = { ...wanted, id, hash: actionHash(wanted), sendAt: wanted.dueAt };
  const begin = await prepare(app, organizationId, action);
  if (begin.kind === 'stored') return begin.detail;
  const able = begin.patient ? null : begin.first;
  const { admitted, beginning } = begin.patient
    ? { admitted: null, beginning: waiting(app, wanted.dueAt) }
    : await admit(app, able?.connection ?? null, wanted.capability);
  const stored = await store(app, organizationId, action, beginning).catch(async (error: unknown) => {
    if (admitted !== null) await app.calls.giveBack(admitted);
    throw error;
  });
  if (stored !== null) {
    if (admitted !== null && stored.id !== id) await app.calls.giveBack(admitted);
    if (stored.id === id) {
      app.live.publish({ organizationId, topic: 'actions', ids: [id] });
      noteLater(app, organizationId, stored);
    }
    return stored;
  }
  const { capability, input } = wanted;
  const first: Ready | null =
    admitted === null || able === null ? null : { kind: 'ready', number: 1, capability, input, ...able };
  const untilMs = app.dialer.clock() + callerWaitsMs;
  const detail = await advance(app, { organizationId, id, fence: 1 }, untilMs, { first, answer: true });
  noteLater(app, organizationId, detail!);
  return detail!;
}

/** What is done later, on any node, has a trace of its own. */
function noteLater(app: App, organizationId: string, { id, capability, status }: ActionDetail): void {
  if (status !== 'queued') return;
  noteStored(app, id, {
    name: `action ${capability}`,
    kind: 'producer',
    attributes: {
      'trunkline.organization.id': organizationId,
      'trunkline.action.id': id,
      'trunkline.capability': capability,
    },
  });
}

type Prepared =
  | { kind: 'stored'; detail: ActionDetail }
  /** To be sent now; null: its first connection cannot be opened, or it may have to wait. */
  | {
      kind: 'send';
      patient: false;
      first: Pick<Ready, 'connection' | 'elsewhere' | 'replaces' | 'primaryId' | 'suppressed'> | null;
    }
  /** Somebody could do it, and nobody waits for it. */
  | { kind: 'queue'; patient: true };

/** Looks who would do it, in one round trip where somebody can. */
async function prepare(
  app: App,
  organizationId: string,
  action: NewAction & WantedAction,
): Promise<Prepared> {
  const { capability, wantedId, key } = action;
  const fileKey = fileKeyOf(action);
  const [known, kept, displaced, rows, suppressed] = await oneTrip(app.pool, organizationId, (tx) =>
    Promise.all([
      key === null ? null : findByKey(tx, key),
      keptKey(action) === null ? [] : keptUnder(tx, keptKey(action)!),
      fileKey === null ? [] : displacedUnder(tx, fileKey),
      readCallable(tx, capability),
      findSuppressed(tx, recipientsOf(capability, action.input)),
    ]),
  );
  const isKept = keptFor(rows, wantedId, kept) !== null;
  const route = known === null && !isKept ? routeOf(rows, wantedId) : null;
  if (route === null) {
    return tenantTransaction(app.pool, organizationId, (tx) => prepareElse(app, tx, action));
  }
  if (action.patient) return { kind: 'queue', patient: true };
  // The runtime waits until no older file of this key is being copied, and looks where the event of a reference is.
  const waits = capability === 'storage.put' && displaced.length > 0;
  if (waits || referringInput(capability, action.input) !== null) {
    return { kind: 'send', patient: false, first: null };
  }
  const { order, chain, primaryId } = routeToFile(route, displaced);
  const row = rows.find(({ id }) => id === order[0])!;
  const connection = openFirst(app, organizationId, row);
  const elsewhere = asksElsewhere(capability, chain);
  const replaces = keptReplacedBy(capability, rows, row.id);
  return {
    kind: 'send',
    patient: false,
    first: connection && { connection, elsewhere, replaces, primaryId, suppressed },
  };
}

/** The key of a file that is stored or asked for; null for every other action. */
function fileKeyOf({ capability, input }: Pick<WantedAction, 'capability' | 'input'>): string | null {
  return capability === 'storage.put'
    ? (input as CapabilityInput<'storage.put'>).key
    : keptKey({ capability, input });
}

/** Stores an action as it begins: what it is then when it waits, or what came of its key before; null when it goes on. */
async function store(
  app: App,
  organizationId: string,
  action: NewAction,
  beginning: Beginning,
): Promise<ActionDetail | null> {
  const [fresh, detail] = await oneTrip(app.pool, organizationId, (tx) =>
    Promise.all([
      insertAction(app, tx, action, beginning),
      'dueAt' in beginning ? findAction(app, tx, action.id, { open: true }) : null,
    ]),
  );
  return fresh ? detail : tenantTransaction(app.pool, organizationId, (tx) => readKnown(app, tx, action));
}

const waiting = (app: App, dueAt: Date | null): Beginning => ({
  dueAt: dueAt ?? new Date(app.clock()),
  problem: null,
});

/** What was asked before, what is read from where it is kept, and what none of the integrations can do. */
async function prepareElse(app: App, tx: Tx, action: NewAction & WantedAction): Promise<Prepared> {
  const { key, patient } = action;
  if (key !== null && (await findByKey(tx, key)) !== null) {
    return { kind: 'stored', detail: await readKnown(app, tx, action) };
  }
  const kept = await answerFromKept(app, tx, action);
  if (kept !== null) return { kind: 'stored', detail: kept };
  await requireRoute(tx, action);
  // Whoever can do it meanwhile is found by the runtime.
  return patient ? { kind: 'queue', patient } : { kind: 'send', patient, first: null };
}

/** The key of a file that is asked for; null for every other action. */
function keptKey({ capability, input }: Pick<WantedAction, 'capability' | 'input'>): string | null {
  return capability === 'storage.get' || capability === 'storage.sign'
    ? (input as CapabilityInput<'storage.get'>).key
    : null;
}

/** A file that no store has yet is read from where it is kept. An address of it cannot be given: nobody outside could fetch it. */
async function answerFromKept(
  app: App,
  tx: Tx,
  action: NewAction & WantedAction,
): Promise<ActionDetail | null> {
  const key = keptKey(action);
  if (key === null) return null;
  const rows = await readCallable(tx, action.capability);
  const kept = keptFor(rows, action.wantedId, await keptUnder(tx, key));
  const file = kept === null ? null : await readKept(app, tx, kept.id);
  if (file === null) return null;
  if (!(await insertAction(app, tx, action, { leaseSeconds: 0 }))) return readKnown(app, tx, action);
  if (action.capability === 'storage.get') await finishDone(app, tx, action.id, file);
  else await finishAction(app, tx, action.id, { state: 'failed', problem: stillKept });
  return readAction(app, tx, action.id, { open: true });
}

const stillKept: CheckProblem = {
  fault: 'down',
  title: 'The file is not at a store yet',
  cause: 'No store could take it, so that it is kept here, where an address of a store does not lead.',
  fix: 'Fetch it with storage.get, or ask for the address again when it was copied to a store.',
  link: null,
};

/** Null where a variable that its credentials refer to is not released: the runtime goes around it. */
function openFirst(app: App, organizationId: string, row: CallableRow): Connection | null {
  try {
    return openConnection(app, organizationId, row);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * What came of an idempotency key before.
 *
 * @throws AppError `idempotency_mismatch`, `idempotency_in_flight`
 */
async function readKnown(app: App, tx: Tx, { key, hash }: NewAction): Promise<ActionDetail> {
  const known = (await findByKey(tx, key ?? ''))!;
  if (!known.hash.equals(hash)) {
    throw new AppError('idempotency_mismatch', 'This key came with another action before. Use a new key.');
  }
  if (known.state === 'running') {
    const detail = 'Wait for the outcome of the first request, then ask again.';
    throw new AppError('idempotency_in_flight', detail, { retryAfterSeconds: 1 });
  }
  return readAction(app, tx, known.id, { open: true });
}

/**
 * Asks the limits of who would do it, before anything is stored: a call that is refused leaves no action, one that has to
 * wait is queued.
 *
 * @throws AppError `call_limit_reached`
 */
async function admit(
  app: App,
  connection: Connection | null,
  capability: CapabilityName,
): Promise<{ admitted: Connection | null; beginning: Beginning }> {
  const held = { leaseSeconds: leaseSeconds(app) };
  if (connection === null) return { admitted: null, beginning: held };
  const admission = await app.calls.take(connection, longestTurnMs);
  if (admission.admitted) {
    return { admitted: connection, beginning: { ...held, attempt: attemptOf(connection, capability, 1) } };
  }
  if (connection.limits.onLimit === 'refuse') {
    const retryAfterSeconds = Math.ceil(admission.retryAfterMs / 1000);
    throw new AppError('call_limit_reached', limitWords(connection.name, admission), { retryAfterSeconds });
  }
  const dueAt = new Date(app.clock() + admission.retryAfterMs);
  return { admitted: null, beginning: { dueAt, problem: overLimit(connection, admission) } };
}

/** Of a whole request, so that a repetition is known after its input was erased. */
export function actionHash({
  capability,
  wantedId,
  input,
  dueAt,
}: Pick<WantedAction, 'capability' | 'wantedId' | 'input' | 'dueAt'>): Buffer {
  const whole = canonicalJson({ capability, wantedId, input, dueAt: dueAt?.toISOString() ?? null });
  return createHash('sha256').update(whole).digest();
}

/** RFC 7240: preferences stand in a list, each with parameters of its own. */
function prefersAsync(headers: Headers): boolean {
  const preferences = (headers.get('prefer') ?? '').split(',');
  return preferences.some((one) => one.split(';')[0]!.trim().toLowerCase() === 'respond-async');
}
