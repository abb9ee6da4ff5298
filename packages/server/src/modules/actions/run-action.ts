import { createHash } from 'node:crypto';
import { runAction as operation } from '@trunkline/contract/actions';
import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import type { Connection } from '../../connections/connection.ts';
import { limitWords } from '../../connections/limits.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { AppError, fieldError, notFound } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Verb } from '../../verb.ts';
import { offering, readRouteRows, routeOf } from '../failover/route.ts';
import type { Route } from '../failover/route.ts';
import { advance, attemptOf, overLimit } from './advance.ts';
import type { Ready } from './advance.ts';
import { findByKey, insertAction, readAction } from './queries.ts';
import type { Beginning, NewAction } from './queries.ts';
import { callerWaitsMs, leaseSeconds, longestTurnMs } from './rules.ts';

const furthestMs = 90 * 86_400_000;

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
  const { app, actor, request } = ctx;
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
    createdBy: actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
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
  const action = { ...wanted, id, hash: hashOf(wanted) };
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
  const { order } = await requireRoute(tx, action);
  if (!patient) return { kind: 'send', connection: await openFirst(app, tx, order[0]!) };
  const beginning = { dueAt: dueAt ?? new Date(app.clock()), problem: null };
  if (!(await insertAction(app, tx, action, beginning))) {
    return { kind: 'stored', detail: await readKnown(app, tx, action) };
  }
  tx.afterCommit(() => app.live.publish({ organizationId: tx.organizationId, topic: 'actions', ids: [id] }));
  return { kind: 'stored', detail: await readAction(app, tx, id, { open: true }) };
}

/** Null where a variable that its credentials refer to is not released: the runtime goes around it. */
async function openFirst(app: App, tx: Tx, integrationId: string): Promise<Connection | null> {
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

/** Refuses what nobody could do, before anything is stored. */
async function requireRoute(
  tx: Tx,
  { capability, wantedId }: Pick<WantedAction, 'capability' | 'wantedId'>,
): Promise<Route> {
  const rows = await readRouteRows(tx, capability);
  if (wantedId !== null && !rows.some(({ id }) => id === wantedId)) throw notFound('integration');
  const able = await offering(tx, rows, capability);
  const route = routeOf(able, wantedId);
  if (route !== null) return route;
  const wanted = rows.find(({ id }) => id === wantedId);
  if (wanted && !able.includes(wanted)) {
    throw fieldError('invalid_input', '/integrationId', `${wanted.name} does not offer ${capability}.`);
  }
  if (wanted?.enabled === false) {
    throw new AppError('integration_disabled', 'Switch the integration on first, or link a backup.');
  }
  throw new AppError(
    'integration_not_connected',
    `No connected integration offers ${capability}. Connect one first.`,
  );
}

async function requireThere(tx: Tx, integrationId: string): Promise<void> {
  const rows = await tx.query(
    'SELECT FROM integrations WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL',
    [integrationId],
  );
  if (rows.length === 0) throw notFound('integration');
}

function organizationOf(ctx: Ctx): string {
  if (ctx.organizationId === null) {
    throw new AppError('no_organization', 'Ask an administrator to invite you to an organization.');
  }
  return ctx.organizationId;
}

function hashOf({ capability, wantedId, input, dueAt }: WantedAction): Buffer {
  const whole = canonicalJson({ capability, wantedId, input, dueAt: dueAt?.toISOString() ?? null });
  return createHash('sha256').update(whole).digest();
}

function keyOf(headers: Headers): string | null {
  const key = headers.get('idempotency-key');
  if (key === null) return null;
  if (key.length === 0 || key.length > 255) {
    throw new AppError('invalid_input', 'An Idempotency-Key has 1 to 255 characters.');
  }
  return key;
}

/** RFC 7240: preferences stand in a list, each with parameters of its own. */
function prefersAsync(headers: Headers): boolean {
  const preferences = (headers.get('prefer') ?? '').split(',');
  return preferences.some((one) => one.split(';')[0]!.trim().toLowerCase() === 'respond-async');
}

/** @throws AppError `invalid_input` for a time that is too far ahead */
function dueTime(app: App, sendAt: string | undefined): Date | null {
  if (sendAt === undefined) return null;
  const time = new Date(sendAt);
  if (time.getTime() - app.clock() > furthestMs) {
    throw fieldError('invalid_input', '/sendAt', 'At most 90 days ahead.');
  }
  return time;
}
