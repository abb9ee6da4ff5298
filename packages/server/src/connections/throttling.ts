import type { App, Tx } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { recordOwnEvent } from '../outbox/record-own-event.ts';
import type { Limited, Refusal } from './calls.ts';

/** How long a throttling without a known end is taken to last, since the last refusal that told of it. */
const lastsMs = 60_000;
/** How much longer it has to last for that to be written down. */
const worthMs = 30_000;

/** What throttles: a limit with its window, or a provider that says no more than that. */
export interface Throttling {
  limit: number | null;
  window: 'second' | 'hour' | 'day' | null;
  setBy: 'organization' | 'provider';
  /** When calls are possible again; null: not known. */
  resetsAt: Date | null;
}

interface Known extends Pick<Throttling, 'limit' | 'window'> {
  name: string;
  provider: string;
  until: Date | null;
}

/** Notes that a call was refused because a limit of the integration is full, in a transaction of its own. */
export async function noteFullLimit(
  app: Pick<App, 'pool' | 'clock' | 'newId'>,
  { organizationId, integrationId }: Limited,
  { window, limit, retryAfterMs }: Refusal,
): Promise<void> {
  await tenantTransaction(app.pool, organizationId, (tx) =>
    recordThrottling(app, tx, integrationId, {
      limit,
      window,
      // Calls a second are held below what the provider takes; the others somebody has set here.
      setBy: window === 'second' ? 'provider' : 'organization',
      resetsAt: new Date(app.clock() + retryAfterMs),
    }),
  );
}

/**
 * Notes that calls of an integration are throttled, and records `integration.throttled` when that begins: once for a
 * limit until its window ends, or until nothing was refused for a minute. Locks the row of its health, so that of several
 * nodes one tells. An integration that is gone is left alone.
 */
export async function recordThrottling(
  app: Pick<App, 'clock' | 'newId'>,
  tx: Tx,
  integrationId: string,
  { limit, window, setBy, resetsAt }: Throttling,
): Promise<void> {
  const now = app.clock();
  const [known] = await tx.query<Known>(
    `SELECT i.name, i.provider, h.throttled_until AS until, (h.throttled ->> 'limit')::int8 AS limit,
       h.throttled ->> 'window' AS window
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL FOR UPDATE OF h`,
    [integrationId],
  );
  if (!known) return;
  const lasting = window === 'hour' || window === 'day';
  const until = lasting && resetsAt !== null ? resetsAt.getTime() : now + lastsMs;
  const knownUntil = known.until?.getTime() ?? 0;
  const goesOn = knownUntil > now;
  const same = goesOn && known.window === window && known.limit === limit;
  if (same && until - knownUntil < worthMs) return;
  // Within an hour or a day that is full, a full second is no news.
  if (goesOn && !same && !lasting && knownUntil > until) return;
  const throttled = { ...(limit !== null && { limit }), ...(window !== null && { window }) };
  await tx.query(
    `UPDATE integration_health SET throttled = $2, throttled_until = $3,
       throttled_at = CASE WHEN $4 THEN throttled_at ELSE $5 END
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId, JSON.stringify(throttled), new Date(until), same, new Date(now)],
  );
  if (same) return;
  const { name, provider } = known;
  await recordOwnEvent(app, tx, 'integration.throttled', {
    integrationId,
    name,
    provider,
    limit,
    window,
    setBy,
    resetsAt: resetsAt?.toISOString() ?? null,
    throttledAt: new Date(now).toISOString(),
  });
}

/** Notes that a provider throttles no longer, since when the alert about it counts its minutes. */
export async function endThrottling(app: Pick<App, 'clock'>, tx: Tx, integrationId: string): Promise<void> {
  await tx.query(
    `UPDATE integration_health SET throttled_until = greatest(throttled_until, $2)
     WHERE organization_id = current_organization() AND integration_id = $1 AND throttled IS NOT NULL`,
    [integrationId, new Date(app.clock())],
  );
}
