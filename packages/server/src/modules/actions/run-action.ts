import { createHash } from 'node:crypto';
import { runAction as operation } from '@trunkline/contract/actions';
import type { ActionDetail } from '@trunkline/contract/actions';
import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { authorize } from '../../authorize.ts';
import { admitCall } from '../../connections/limits.ts';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { inOrganization, tenantTransaction } from '../../db/tenant.ts';
import { AppError, fieldError, notFound } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Verb } from '../../verb.ts';
import { offering, readRouteRows, routeOf } from '../failover/route.ts';
import type { Route } from '../failover/route.ts';
import { advance } from './advance.ts';
import { findByKey, insertAction, readAction } from './queries.ts';
import { callerWaitsMs, leaseSeconds } from './rules.ts';

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
  const hash = hashOf(wanted);
  const known = await tenantTransaction(app.pool, organizationId, async (tx) => {
    const before = wanted.key === null ? null : await findByKey(tx, wanted.key);
    if (before !== null) return before;
    await requireRoute(app, tx, wanted);
    const queuedAt = wanted.dueAt ?? (wanted.patient ? new Date(app.clock()) : null);
    const fresh = await insertAction(app, tx, {
      ...wanted,
      id,
      hash,
      dueAt: queuedAt,
      leaseSeconds: leaseSeconds(app),
    });
    tx.announce('actions', [id]);
    return fresh ? null : findByKey(tx, wanted.key ?? '');
  });
  if (known !== null) {
    if (!known.hash.equals(hash)) {
      throw new AppError('idempotency_mismatch', 'This key came with another action before. Use a new key.');
    }
    if (known.state === 'running') {
      const detail = 'Wait for the outcome of the first request, then ask again.';
      throw new AppError('idempotency_in_flight', detail, { retryAfterSeconds: 1 });
    }
  } else if (!wanted.patient) {
    await advance(app, { organizationId, id, fence: 1 }, app.dialer.clock() + callerWaitsMs);
  }
  return tenantTransaction(app.pool, organizationId, (tx) =>
    readAction(app, tx, known?.id ?? id, { open: true }),
  );
}

/** Refuses what nobody could do, and what is over the limit of who would do it, before anything is stored. */
async function requireRoute(
  app: App,
  tx: Tx,
  { capability, wantedId, patient }: WantedAction,
): Promise<void> {
  const rows = await readRouteRows(tx, capability);
  if (wantedId !== null && !rows.some(({ id }) => id === wantedId)) throw notFound('integration');
  const able = await offering(tx, rows, capability);
  const route = routeOf(able, wantedId);
  if (route !== null) return patient ? undefined : requireAdmission(app, tx, route);
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

/** A call that would be refused by a limit is refused at once, and leaves no action. */
async function requireAdmission(app: App, tx: Tx, { order }: Route): Promise<void> {
  const [id] = order;
  const [row] = await tx.query<{ name: string; perHour: number | null; perDay: number | null }>(
    `SELECT name, limit_per_hour AS "perHour", limit_per_day AS "perDay" FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND on_limit = 'refuse'
       AND (limit_per_hour IS NOT NULL OR limit_per_day IS NOT NULL)`,
    [id],
  );
  if (!row) return;
  const { name } = row;
  const admission = await admitCall(tx, id!, row, app.clock(), { count: false });
  if (admission.admitted) return;
  const detail = `${name} may make ${admission.limit} calls ${admission.window === 'day' ? 'a day' : 'an hour'}.`;
  const retryAfterSeconds = Math.ceil(admission.retryAfterMs / 1000);
  throw new AppError('call_limit_reached', detail, { retryAfterSeconds });
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
