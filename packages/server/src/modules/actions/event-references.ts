import type { CapabilityInput, CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import type { App, Tx } from '../../ctx.ts';
import type { OneTrip } from '../../db/one-trip.ts';
import type { Route } from '../failover/route.ts';

/*
 * Calendar events by a reference of the caller's own (ACT-5). One call for a reference is on its way at a time, and one that
 * is about an older state than was done already changes nothing, so that events of the product may arrive in any order.
 */

/** For so long after an event has ended, or was called off, its reference is remembered. */
const keptDays = 90;

/** What a call for a reference comes to. */
export type Referred =
  /** Another call for it is on its way. */
  | { kind: 'wait' }
  /** Nothing has to be asked. `remember`: so that a call about an older state changes nothing later. */
  | {
      kind: 'done';
      remember: boolean;
      result: CapabilityOutput<'calendar.update_event' | 'calendar.cancel_event'>;
    }
  | { kind: 'refused'; problem: CheckProblem }
  /** Whoever has the event is asked with this input; for a new event anybody of the route. */
  | { kind: 'ask'; route: Route; input: unknown };

type Referring = Partial<CapabilityInput<'calendar.update_event'>> & { reference: string };

/** The input of a call for a reference; null for every other call. */
export function referringInput(capability: CapabilityName, input: unknown): Referring | null {
  if (capability !== 'calendar.update_event' && capability !== 'calendar.cancel_event') return null;
  return (input as Partial<Referring>).reference === undefined ? null : (input as Referring);
}

interface ReferenceRow {
  integrationId: string | null;
  calendar: string | null;
  eventId: string | null;
  url: string | null;
  videoUrl: string | null;
  asOf: Date | null;
}

/** Looks where the event of a reference is, and holds the reference for this call for so many seconds. */
export async function refer(
  app: Pick<App, 'clock'>,
  tx: Tx,
  call: { actionId: string; capability: CapabilityName; input: Referring; route: Route; seconds: number },
): Promise<Referred> {
  const { actionId, capability, input, route, seconds } = call;
  const [row] = await tx.query<ReferenceRow>(
    `INSERT INTO event_references AS r (organization_id, primary_id, reference, held_by, held_until, kept_until)
     VALUES (current_organization(), $1, $2, $3, now() + make_interval(secs => $4), $5)
     ON CONFLICT (organization_id, primary_id, reference) DO UPDATE
       SET held_by = excluded.held_by, held_until = excluded.held_until
       WHERE r.held_by = excluded.held_by OR r.held_until <= now()
     RETURNING integration_id AS "integrationId", calendar, event_id AS "eventId", url, video_url AS "videoUrl",
       as_of AS "asOf"`,
    [route.primaryId, input.reference, actionId, seconds, keptUntil(app, input.end)],
  );
  if (!row) return { kind: 'wait' };
  const { eventId, url, videoUrl, integrationId } = row;
  const cancels = capability === 'calendar.cancel_event';
  if (row.asOf !== null && row.asOf > asOfCall(actionId, input)) {
    return {
      kind: 'done',
      remember: false,
      result: cancels ? { eventId, cancelled: false } : { eventId, url, videoUrl, state: 'outdated' },
    };
  }
  if (eventId === null) {
    if (cancels) return { kind: 'done', remember: true, result: { eventId: null, cancelled: false } };
    return input.create === true
      ? { kind: 'ask', route, input }
      : { kind: 'refused', problem: unknownReference };
  }
  if (integrationId === null || !route.chain.includes(integrationId)) {
    return { kind: 'refused', problem: notReachable };
  }
  return {
    kind: 'ask',
    route: { ...route, order: [integrationId], chain: [integrationId] },
    input: { ...input, eventId, calendar: row.calendar ?? undefined },
  };
}

/** Writes down what a call for a reference has come to, once its action has succeeded, and lets go of the reference. */
export async function noteReferred(
  app: Pick<App, 'clock'>,
  tx: OneTrip,
  call: {
    actionId: string;
    primaryId: string;
    /** Null where nobody was asked. */
    integrationId: string | null;
    calendar: string | null;
    input: Referring;
    /** Of a call that changes an event; null for one that calls it off. */
    event: CapabilityOutput<'calendar.update_event'> | null;
  },
): Promise<void> {
  const { actionId, primaryId, integrationId, calendar, input, event } = call;
  await tx.query(
    `UPDATE event_references SET integration_id = $4, calendar = $5, event_id = $6, url = $7, video_url = $8,
       as_of = $10, held_until = '-infinity', kept_until = greatest(kept_until, $9)
     WHERE organization_id = current_organization() AND primary_id = $1 AND reference = $2 AND held_by = $3
       AND (as_of IS NULL OR as_of <= $10)
       AND EXISTS (SELECT FROM actions WHERE organization_id = current_organization() AND id = $3 AND state = 'succeeded')`,
    [
      primaryId,
      input.reference,
      actionId,
      integrationId,
      calendar,
      event?.eventId ?? null,
      event?.url ?? null,
      event?.videoUrl ?? null,
      keptUntil(app, input.end),
      asOfCall(actionId, input),
    ],
    'note_referred',
  );
}

/** Lets others come for a reference: this call waits, or has ended. */
export async function letGoOfReference(
  tx: Tx,
  { actionId, primaryId, input }: { actionId: string; primaryId: string; input: Referring },
): Promise<void> {
  await tx.query(
    `UPDATE event_references SET held_until = '-infinity'
     WHERE organization_id = current_organization() AND primary_id = $1 AND reference = $2 AND held_by = $3`,
    [primaryId, input.reference, actionId],
  );
}

/** What state of the caller's a call is about; its own time, which is in its id, unless it says so. */
function asOfCall(actionId: string, { asOf }: Referring): Date {
  return new Date(asOf ?? Number.parseInt(actionId.replaceAll('-', '').slice(0, 12), 16));
}

/** Forgets references of events that ended long ago. */
export async function removeOldReferences(app: Pick<App, 'pool' | 'clock'>): Promise<void> {
  await app.pool.query(
    `DELETE FROM event_references WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM event_references WHERE kept_until < $1 ORDER BY kept_until LIMIT 1000 FOR UPDATE SKIP LOCKED))`,
    [new Date(app.clock())],
  );
}

const keptUntil = (app: Pick<App, 'clock'>, end: string | undefined): Date =>
  new Date(Math.max(app.clock(), end === undefined ? 0 : Date.parse(end)) + keptDays * 86_400_000);

const unknownReference: CheckProblem = {
  fault: 'badInput',
  title: 'No event is known under this reference',
  cause: 'None was made under it, or it was called off.',
  fix: 'Send create with the call to have it made then.',
  link: null,
};

const notReachable: CheckProblem = {
  fault: 'config',
  title: 'The calendar that has the event is not connected',
  cause:
    'The event was made in a calendar that is disconnected, switched off, or no longer linked as a backup.',
  fix: 'Connect that calendar again, or change the event there.',
  link: null,
};
