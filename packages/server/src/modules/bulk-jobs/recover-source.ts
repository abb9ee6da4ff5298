import type { Tx } from '../../ctx.ts';
import { queueReplays } from '../webhooks/replay-queries.ts';
import { countLimit, eventRange, lastIdOf, windowLimit } from './rules.ts';
import type { EventRange, Selection } from './rules.ts';
import { countRows, readRanges } from './source.ts';
import type { Source } from './source.ts';
import { rangeValues, undelivered } from './undelivered.ts';

/** The end of the next stretch of an organization's events after $1 up to $2, and how many it has. */
export const eventWindow = `
  SELECT count(*) AS count, (array_agg(id ORDER BY id DESC))[1] AS last FROM (
    SELECT id FROM events WHERE organization_id = current_organization() AND id > $1 AND id <= $2
    ORDER BY id LIMIT ${windowLimit}) looked`;

/** Events of a range that match the subscription $6, without those that the webhook received or will receive. */
export const missing = `
  SELECT e.id AS "eventId", NULL::uuid AS "deliveryId" FROM events e
  WHERE e.organization_id = current_organization() AND e.id > $2 AND e.id <= $3 AND NOT e.test
    AND ('*' = ANY ($6::text[]) OR e.type = ANY ($6::text[]) OR EXISTS (
      SELECT FROM unnest($6::text[]) AS p (pattern)
      WHERE p.pattern LIKE '%.*' AND starts_with(e.type, left(p.pattern, -1))))
    AND ${undelivered('e.id')}
    AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.webhook_id = $1 AND d.trigger = 'event'
      AND d.delivery_id BETWEEN $4 AND $5 AND d.event_id = e.id)
    AND NOT EXISTS (SELECT FROM dead_letters d WHERE d.webhook_id = $1 AND d.trigger <> 'event'
      AND d.event_id > $2 AND d.event_id <= $3 AND d.event_id = e.id)`;

async function valuesOf(tx: Tx, webhookId: string, range: EventRange): Promise<unknown[]> {
  const [webhook] = await tx.query<{ events: string[] }>(
    'SELECT events FROM webhooks WHERE organization_id = current_organization() AND id = $1',
    [webhookId],
  );
  return [...rangeValues(webhookId, range), webhook?.events ?? []];
}

const start = ({ since }: Selection) => lastIdOf((since ?? 0) - 1);

/** Events since a time that the webhook has neither received nor waiting nor among its dead letters. */
export const recoverSource: Source = {
  async count(tx, selection) {
    const range = eventRange(start(selection), lastIdOf(selection.until));
    const values = await valuesOf(tx, selection.webhookId ?? '', range);
    return countRows(tx, `${missing} LIMIT ${countLimit}`, values);
  },

  async queue(tx, selection, cursor, limit) {
    const webhookId = selection.webhookId ?? '';
    const after = cursor ?? start(selection);
    const end = lastIdOf(selection.until);
    const [looked] = await tx.query<{ count: number; last: string | null }>(eventWindow, [after, end]);
    if (!looked?.last) return { queued: 0, cursor: after, finished: true, webhookIds: [] };
    // One more than fits tells whether the end is reached.
    const found = await readRanges<{ eventId: string; deliveryId: null }>(
      tx,
      `${missing} ORDER BY e.id LIMIT ${limit + 1}`,
      await valuesOf(tx, webhookId, eventRange(after, looked.last)),
    );
    const picked = found.slice(0, limit);
    const more = found.length > limit;
    return {
      queued: (await queueReplays(tx, webhookId, 'recover', picked, 'backlog')).length,
      cursor: more ? (picked.at(-1)?.eventId ?? after) : looked.last,
      finished: !more && looked.count < windowLimit,
      webhookIds: [webhookId],
    };
  },
};
