import { createHash } from 'node:crypto';
import { runAction as operation } from '@trunkline/contract/actions';
import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import type { Connection } from '../../connections/connection.ts';
import { limitWords } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { App, Tx } from '../../ctx.ts';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Verb } from '../../verb.ts';
import { advance, attemptOf, overLimit } from './advance.ts';
import type { Ready } from './advance.ts';
import { keptFile } from './last-resort.ts';
import { findByKey, finishDone, insertAction, readAction } from './queries.ts';
import type { Beginning, NewAction } from './queries.ts';
import { callerOf, dueTime, keyOf, organizationOf, requireRoute, requireThere } from './requested.ts';
import { callerWaitsMs, leaseSeconds, longestTurnMs } from './rules.ts';

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
  const id = app.newId();
  const action = { ...wanted, id, hash: actionHash(wanted), sendAt: wanted.dueAt };
  const begin = await tenantTransaction(app.pool, organizationId, (tx) => prepare(app, tx, action));
  if (begin.kind === 'stored') return begin.detail;
  const { admitted, beginning } = await admit(app, begin.connection, wanted.capability);
  const stored = await tenantTransaction(app.pool, organizationId, async (tx) => {
    if (!(await insertAction(app, tx, action, beginning))) return readKnown(app, tx, action);
    return 'dueAt' in beginning ? readAction(app, tx, id, { open: true }) : null;
  }).catch(async (error: unknown) => {
    if (admitted !== null) await app.calls.giveBack(admitted);
    throw error;
  });
  if (stored !== null) {
    if (admitted !== null && stored.id !== id) await app.calls.giveBack(admitted);
    if (stored.id === id) app.live.publish({ organizationId, topic: 'actions', ids: [id] });
    return stored;
  }
  const { capability, input } = wanted;
  const first: Ready | null =
    admitted === null ? null : { kind: 'ready', number: 1, connection: admitted, capability, input };
  const untilMs = app.dialer.clock() + callerWaitsMs;
  const detail = await advance(app, { organizationId, id, fence: 1 }, untilMs, { first, answer: true });
  return detail!;
}

type Prepared =
  | { kind: 'stored'; detail: ActionDetail }
  /** To be sent now; null: its first connection cannot be opened. */
  | { kind: 'send'; connection: Connection | null };

/** Looks who would do it. What nobody waits for is stored at once. */
async function prepare(app: App, tx: Tx, action: NewAction & WantedAction): Promise<Prepared> {
  const { id, key, dueAt, patient } = action;
  if (key !== null && (await findByKey(tx, key)) !== null) {
    return { kind: 'stored', detail: await readKnown(app, tx, action) };
  }
  if (action.capability === 'storage.get') {
    const kept = await readKept(app, tx, action);
    if (kept !== null) return { kind: 'stored', detail: kept };
  }
  const { order } = await requireRoute(tx, action);
  if (!patient) return { kind: 'send', connection: await openFirst(app, tx, order[0]) };
  const beginning = { dueAt: dueAt ?? new Date(app.clock()), problem: null };
  if (!(await insertAction(app, tx, action, beginning))) {
    return { kind: 'stored', detail: await readKnown(app, tx, action) };
  }
  tx.afterCommit(() => app.live.publish({ organizationId: tx.organizationId, topic: 'actions', ids: [id] }));
  return { kind: 'stored', detail: await readAction(app, tx, id, { open: true }) };
}

/** A file that no store has yet is read from where it is kept. */
async function readKept(app: App, tx: Tx, action: NewAction & WantedAction): Promise<ActionDetail | null> {
  const file = await keptFile(app, tx, action.wantedId, (action.input as { key: string }).key);
  if (file === null) return null;
  if (!(await insertAction(app, tx, action, { leaseSeconds: 0 }))) return readKnown(app, tx, action);
  await finishDone(app, tx, action.id, file);
  return readAction(app, tx, action.id, { open: true });
}

/** Null without one, and where a variable that its credentials refer to is not released: the runtime goes around it. */
async function openFirst(app: App, tx: Tx, integrationId: string | undefined): Promise<Connection | null> {
  if (integrationId === undefined) return null;
  return loadConnection(app, tx, integrationId).catch((error: unknown) => {
    if (error instanceof RangeError) return null;
    throw error;
  });
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
