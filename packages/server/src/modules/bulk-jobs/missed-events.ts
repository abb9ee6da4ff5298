import type { Tx } from '../../ctx.ts';
import { countLimit, eventRange, lastIdOf, windowLimit } from './rules.ts';
import type { EventRange, Selection } from './rules.ts';
import { countRows, readRanges } from './source.ts';
import type { Source } from './source.ts';
import { rangeValues } from './undelivered.ts';

/** The end of the next stretch of an organization's events after $1 up to $2, and how many it has. */
export const eventWindow = `
  SELECT count(*) AS count, (array_agg(id ORDER BY id DESC))[1] AS last FROM (
    SELECT id FROM events WHERE organization_id = current_organization() AND id > $1 AND id <= $2
    ORDER BY id LIMIT ${windowLimit}) looked`;

async function valuesOf(tx: Tx, webhookId: string, range: EventRange): Promise<unknown[]> {
  const [webhook] = await tx.query<{ events: string[] }>(
    'SELECT events FROM webhooks WHERE organization_id = current_organization() AND id = $1',
    [webhookId],
  );
  return [...rangeValues(webhookId, range), webhook?.events ?? []];
}

export interface Missed {
  /** Selects them from a range, as `eventId`; the values are those of `rangeValues` and the subscription. */
  missing: string;
  /** The id behind which they begin. */
  start: (selection: Selection) => string;
  /** Queues deliveries of them, into the backlog, and gives how many. */
  queue: (tx: Tx, selection: Selection, eventIds: readonly string[]) => Promise<number>;
}

/** Events that a webhook does not have, queued in the order of their ids. */
export function missedEvents({ missing, start, queue }: Missed): Source {
  return {
    looksForEvents: true,

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
      const found = await readRanges<{ eventId: string }>(
        tx,
        `${missing} ORDER BY e.id LIMIT ${limit + 1}`,
        await valuesOf(tx, webhookId, eventRange(after, looked.last)),
      );
      const picked = found.slice(0, limit).map(({ eventId }) => eventId);
      const more = found.length > limit;
      return {
        queued: await queue(tx, selection, picked),
        cursor: more ? (picked.at(-1) ?? after) : looked.last,
        finished: !more && looked.count < windowLimit,
        webhookIds: [webhookId],
      };
    },
  };
}
