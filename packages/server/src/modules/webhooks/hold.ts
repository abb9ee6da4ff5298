import type { HeldChoice } from '@trunkline/contract/webhooks';
import type { App, Ctx, Tx } from '../../ctx.ts';
import { uuid7FloorOf } from '../../lib/uuid7.ts';
import { heldEvents } from './held-events.ts';
import { lineOf } from './replay-queries.ts';
import type { Switch } from './rules.ts';

/**
 * An event's id carries the time of the node that took it, and clocks may be wrong by hours: ids this far around the moment of
 * a switch are looked at. Which of them were held is told by their having no delivery.
 */
const slackMs = 2 * 3_600_000;
/** For the number of them that people see, clocks are taken to be right: what is stored a little later is counted. */
const countSlackMs = 60_000;

const idBefore = (ms: number, slack: number) => uuid7FloorOf(Math.max(0, ms - slack));

/**
 * Locks the unfinished catch-up of a webhook, if there is one. To be called before the webhook's own row is locked: a worker
 * locks them in this order.
 */
export async function lockCatchUp(tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    `SELECT FROM bulk_jobs WHERE organization_id = current_organization() AND webhook_id = $1 AND kind = 'catch_up'
       AND state IN ('running', 'paused') FOR UPDATE`,
    [webhookId],
  );
}

/** SQL: the smallest version 7 UUID of a time; null of null. */
const floorOf = (time: string) =>
  `(lpad(to_hex((extract(epoch FROM ${time}) * 1000)::int8), 12, '0') || '70008000000000000000')::uuid`;

/**
 * From now on, what comes for the webhook is held by reference: it was just switched off, by a caller that has its row's lock,
 * or made so. What an unfinished catch-up had not queued yet is held again. `now` in milliseconds since the epoch.
 */
export async function beginHold(tx: Tx, webhookId: string, now: number): Promise<void> {
  await tx.query(
    `WITH folded AS (
       UPDATE bulk_jobs SET state = 'cancelled', finished_at = $2
       WHERE organization_id = current_organization() AND webhook_id = $1 AND kind = 'catch_up'
         AND state IN ('running', 'paused')
       RETURNING since, coalesce(cursor, after) AS after, place),
     begun AS (
       SELECT w.id, coalesce(f.since, $2) AS since, f.place,
         -- Before a change of its subscription other events matched.
         coalesce(f.after, greatest(w.id, least($4, greatest($3, ${floorOf('w.subscribed_at')})),
           (SELECT last FROM webhook_skips WHERE webhook_id = w.id ORDER BY last DESC LIMIT 1))) AS after,
         f.after AS folded
       FROM webhooks w LEFT JOIN folded f ON true
       WHERE w.organization_id = current_organization() AND w.id = $1)
     INSERT INTO webhook_holds (webhook_id, organization_id, since, after, settled, place, counted_to)
     SELECT id, current_organization(), since, after, $5, coalesce(place, nextval('delivery_places')),
       coalesce(folded, greatest(after, $4)) FROM begun
     ON CONFLICT (webhook_id) DO NOTHING`,
    [
      webhookId,
      new Date(now),
      idBefore(now, slackMs),
      idBefore(now, countSlackMs),
      uuid7FloorOf(now + countSlackMs),
    ],
  );
}

/** What is held was counted with another subscription. */
export async function countAnew(tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    'DELETE FROM webhook_hold_days WHERE organization_id = current_organization() AND webhook_id = $1',
    [webhookId],
  );
  await tx.query(
    `UPDATE webhook_holds SET counted_to = greatest(after, ${floorOf(`since - interval '${countSlackMs} milliseconds'`)})
     WHERE organization_id = current_organization() AND webhook_id = $1`,
    [webhookId],
  );
}

interface Hold {
  since: Date;
  after: string;
  place: number;
  held: number;
}

export interface Return {
  webhookId: string;
  /** The switch as it stands from now on. */
  to: Exclude<Switch, 'disabled'>;
  choice: HeldChoice;
  /** The webhook keeps an order. */
  ordered: boolean;
  catchUpPerSecond: number | null;
}

/**
 * Ends the hold of a webhook that is being switched on, and gives how many events were held; null when none was begun. They
 * are queued by a job, at the webhook's own rate, or left out, which the ledger then says. Where an order is kept, the webhook
 * stays paused until all of them stand in their lines, before what comes now.
 */
export async function endHold(ctx: Ctx, tx: Tx, back: Return): Promise<number | null> {
  const { app, actor } = ctx;
  const { webhookId, choice } = back;
  const hold = await takeHold(tx, webhookId);
  if (hold === null) return null;
  const by = actor.type === 'anonymous' ? 'nobody signed in' : actor.name;
  const now = await presentTime(app, tx);
  if (choice === 'skip') {
    await recordSkip(tx, { webhookId, after: hold.after, last: uuid7FloorOf(now + 1), by, at: app.clock() });
    return hold.held;
  }
  const id = app.newId();
  await tx.query(
    `INSERT INTO bulk_jobs (id, organization_id, kind, webhook_id, since, after, place, resumes, state, total,
       rate_per_second, until, started_by, created_at, next_at)
     VALUES ($1, current_organization(), 'catch_up', $2, $3, $4, $5, $6, 'running', $7, $8, $9, $10, $11, now())`,
    [
      id,
      webhookId,
      hold.since,
      hold.after,
      back.ordered ? hold.place : null,
      back.ordered && back.to === 'active',
      Math.min(hold.held, 2_000_000_000),
      // Lines are put in order as fast as it goes; they move at the rate.
      back.ordered ? null : back.catchUpPerSecond,
      new Date(now + slackMs),
      by,
      new Date(app.clock()),
    ],
  );
  tx.announce('bulk_jobs', [id]);
  return hold.held;
}

async function takeHold(tx: Tx, webhookId: string): Promise<Hold | null> {
  const [hold] = await tx.query<Hold>(
    `SELECT h.since, h.after, h.place, events.held
     FROM webhook_holds h JOIN webhooks w ON w.id = h.webhook_id CROSS JOIN ${heldEvents}
     WHERE h.organization_id = current_organization() AND h.webhook_id = $1`,
    [webhookId],
  );
  if (!hold) return null;
  await dropHold(tx, webhookId);
  return hold;
}

/**
 * Queues what was held as the first deliveries that these events would have had: with ids like theirs, so that the backlog and
 * lines have them in the order of the events. `linePlace`: their place in lines. Gives how many there are.
 */
export async function queueHeld(
  tx: Tx,
  webhookId: string,
  eventIds: readonly string[],
  linePlace: number | null,
): Promise<number> {
  if (eventIds.length === 0) return 0;
  const rows = await tx.query(
    `INSERT INTO delivery_queue (id, organization_id, webhook_id, event_id, subject, place, trigger, due_at)
     SELECT (substr(e.id::text, 1, 21) || substr(gen_random_uuid()::text, 22))::uuid, e.organization_id, w.id, e.id,
       ${lineOf}, CASE WHEN ${lineOf} IS NOT NULL THEN coalesce($3, (SELECT nextval('delivery_places'))) END, 'event',
       'infinity'
     FROM events e JOIN webhooks w ON w.id = $1 AND w.organization_id = e.organization_id
     WHERE e.organization_id = current_organization() AND e.id = ANY ($2::uuid[])
     RETURNING id`,
    [webhookId, eventIds, linePlace],
  );
  return rows.length;
}

/** Nothing is held any more. */
export async function dropHold(tx: Tx, webhookId: string): Promise<void> {
  await tx.query(
    'DELETE FROM webhook_holds WHERE organization_id = current_organization() AND webhook_id = $1',
    [webhookId],
  );
}

/** Notes that events after one id up to another are left out; `at` in milliseconds since the epoch. */
export async function recordSkip(
  tx: Tx,
  skip: { webhookId: string; after: string; last: string; by: string; at: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_skips (webhook_id, organization_id, after, last, skipped_by, skipped_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [skip.webhookId, skip.after, skip.last, skip.by, new Date(skip.at)],
  );
}

/** The later one of the database's time and this process's, in milliseconds since the epoch. */
async function presentTime(app: App, tx: Tx): Promise<number> {
  const [row] = await tx.query<{ now: number }>(
    'SELECT ceil(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now',
  );
  return Math.max(app.clock(), row?.now ?? 0);
}
