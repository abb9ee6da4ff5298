import type { Tx } from '../../ctx.ts';
import { requeueDeadLetters } from '../webhooks/dead-letter-queries.ts';
import { queueReplays } from '../webhooks/replay-queries.ts';
import {
  countLimit,
  eventRange,
  failuresSince,
  firstIdOf,
  lastIdOf,
  prefixCeiling,
  windowLimit,
} from './rules.ts';
import type { EventRange, Selection } from './rules.ts';
import { countRows, readRanges } from './source.ts';
import type { Source } from './source.ts';
import { rangeValues, undelivered } from './undelivered.ts';

/** The end of the next stretch of failed first deliveries, in the order of their ids; values as in `rangeValues`. */
export const failureWindow = `
  SELECT count(*) AS count, (array_agg(id ORDER BY id DESC))[1] AS last FROM (
    SELECT a.delivery_id AS id FROM attempts a
    WHERE a.webhook_id = $1 AND a.trigger = 'event' AND a.state IN ('failed', 'dlq')
      AND a.delivery_id BETWEEN $4 AND $5 AND a.event_id > $2 AND a.event_id <= $3
    ORDER BY a.delivery_id LIMIT ${windowLimit}) looked`;

/** The same of everything else that was attempted, in the order of its events after $2 up to $3. */
export const replayWindow = `
  SELECT count(*) AS count, (array_agg(id ORDER BY id DESC))[1] AS last FROM (
    SELECT a.event_id AS id FROM attempts a
    WHERE a.webhook_id = $1 AND a.trigger <> 'event' AND a.event_id > $2 AND a.event_id <= $3
    ORDER BY a.event_id LIMIT ${windowLimit}) looked`;

/**
 * Events of a range with a failure since: one with a dead letter has that retried, any other gets a new delivery. $6 is the first id of a delivery that counts, $7 the time of the job.
 */
export const failed = `
  SELECT DISTINCT ON (f.event_id) f.event_id AS "eventId", f.delivery_id AS "deliveryId", f.dead FROM (
    SELECT d.event_id, d.delivery_id, true AS dead FROM dead_letters d
    WHERE d.organization_id = current_organization() AND d.webhook_id = $1 AND d.trigger = 'event'
      AND d.delivery_id BETWEEN $4 AND $5 AND d.event_id > $2 AND d.event_id <= $3
      AND NOT d.retrying AND d.failed_at <= $7
    UNION ALL
    SELECT d.event_id, d.delivery_id, true FROM dead_letters d
    WHERE d.organization_id = current_organization() AND d.webhook_id = $1 AND d.trigger <> 'event'
      AND d.event_id > $2 AND d.event_id <= $3 AND NOT d.retrying AND d.failed_at <= $7
    UNION ALL
    SELECT a.event_id, a.delivery_id, false FROM attempts a
    WHERE a.organization_id = current_organization() AND a.webhook_id = $1 AND a.trigger = 'event'
      AND a.state IN ('failed', 'dlq') AND a.delivery_id BETWEEN $4 AND $5
      AND a.event_id > $2 AND a.event_id <= $3 AND a.started_at <= $7
    UNION ALL
    SELECT a.event_id, a.delivery_id, false FROM attempts a
    WHERE a.organization_id = current_organization() AND a.webhook_id = $1 AND a.trigger <> 'event'
      AND a.trigger <> 'test' AND a.state IN ('failed', 'dlq') AND a.event_id > $2 AND a.event_id <= $3
      AND a.started_at <= $7) f
  WHERE f.delivery_id >= $6
    AND (f.dead OR NOT EXISTS (SELECT FROM dead_letters d WHERE d.delivery_id = f.delivery_id))
    AND (f.dead OR EXISTS (SELECT FROM events e WHERE e.id = f.event_id AND e.id > $2 AND e.id <= $3))
    AND ${undelivered('f.event_id')}
  ORDER BY f.event_id, f.dead DESC, f.delivery_id`;

const valuesOf = (selection: Selection, range: EventRange) => [
  ...rangeValues(selection.webhookId ?? '', range),
  firstIdOf(failuresSince(selection)),
  new Date(selection.until),
];

/** How far one batch looks: to the end of the first stretch that is full, without splitting what shares a prefix. */
async function windowEnd(
  tx: Tx,
  webhookId: string,
  range: EventRange,
): Promise<{ last: string; final: boolean }> {
  const values = rangeValues(webhookId, range);
  const [failures] = await tx.query<Looked>(failureWindow, values);
  const [replays] = await tx.query<Looked>(replayWindow, values.slice(0, 3));
  const [end] = [failures, replays]
    .filter((looked) => looked?.count === windowLimit)
    .map((looked) => prefixCeiling(looked?.last ?? range.last))
    .toSorted();
  return end === undefined || end >= range.last
    ? { last: range.last, final: true }
    : { last: end, final: false };
}

interface Looked {
  count: number;
  last: string | null;
}

/** What ended without success and was not delivered since by another delivery of the same event; each event once. */
export const replayFailedSource: Source = {
  async count(tx, selection) {
    const range = eventRange(lastIdOf(-1), lastIdOf(selection.until));
    return countRows(tx, `${failed} LIMIT ${countLimit}`, valuesOf(selection, range));
  },

  async queue(tx, selection, cursor, limit) {
    const webhookId = selection.webhookId ?? '';
    const after = cursor ?? lastIdOf(-1);
    const end = await windowEnd(tx, webhookId, eventRange(after, lastIdOf(selection.until)));
    const found = await readRanges<{ eventId: string; deliveryId: string; dead: boolean }>(
      tx,
      `${failed} LIMIT ${limit + 1}`,
      valuesOf(selection, eventRange(after, end.last)),
    );
    const picked = found.slice(0, limit);
    const more = found.length > limit;
    const dead = picked.filter((one) => one.dead).map((one) => one.deliveryId);
    const retried = await requeueDeadLetters(tx, dead, 'backlog');
    const replayed = await queueReplays(
      tx,
      webhookId,
      'replay',
      picked.filter((one) => !one.dead),
      'backlog',
    );
    return {
      queued: retried + replayed.length,
      cursor: more ? (picked.at(-1)?.eventId ?? after) : end.last,
      finished: !more && end.final,
      webhookIds: [webhookId],
    };
  },
};
