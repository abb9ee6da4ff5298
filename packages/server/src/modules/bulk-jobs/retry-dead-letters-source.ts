import { requeueDeadLetters } from '../webhooks/dead-letter-queries.ts';
import { countLimit, lastIdOf, windowLimit } from './rules.ts';
import type { Selection } from './rules.ts';
import { countRows } from './source.ts';
import type { Source } from './source.ts';

const beforeAll = lastIdOf(-1);

/** Dead letters of the selection after an id, whether they can be retried or not. */
function selected({ webhookId, deliveryIds }: Selection): string {
  return `FROM dead_letters d WHERE d.organization_id = current_organization()
    ${webhookId === null ? 'AND $2::uuid IS NULL' : 'AND d.webhook_id = $2'}
    ${deliveryIds === null ? 'AND $3::uuid[] IS NULL' : 'AND d.delivery_id = ANY ($3::uuid[])'}
    AND d.delivery_id > $1`;
}

/** At rest, and not given up after the job was started. */
const atRest = 'NOT d.retrying AND d.failed_at <= $4';

const valuesOf = (selection: Selection, after: string) => [
  after,
  selection.webhookId,
  selection.deliveryIds,
  new Date(selection.until),
];

/**
 * All dead letters, one webhook's, or the named ones. Those of webhooks that are off stay; where a job is about one
 * webhook that is switched off meanwhile, they wait in its backlog.
 */
export const retryDeadLettersSource: Source = {
  count: (tx, selection) =>
    countRows(
      tx,
      `SELECT ${selected(selection)} AND ${atRest}
         AND d.webhook_id IN (SELECT id FROM webhooks WHERE enabled AND deleted_at IS NULL)
       LIMIT ${countLimit}`,
      valuesOf(selection, beforeAll),
    ),

  async queue(tx, selection, cursor, limit) {
    const looked = await tx.query<{ id: string; webhookId: string; atRest: boolean }>(
      `SELECT d.delivery_id AS id, d.webhook_id AS "webhookId", ${atRest} AS "atRest" ${selected(selection)}
       ORDER BY d.delivery_id LIMIT ${windowLimit}`,
      valuesOf(selection, cursor ?? beforeAll),
    );
    // Locked before their dead letters, as a deletion does it, so that nothing is queued for a deleted webhook.
    const on = await tx.query<{ id: string }>(
      `SELECT id FROM webhooks WHERE organization_id = current_organization() AND id = ANY ($1::uuid[])
         AND (enabled OR $2::uuid IS NOT NULL) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE`,
      [[...new Set(looked.map((one) => one.webhookId))], selection.webhookId],
    );
    const webhooksOn = new Set(on.map(({ id }) => id));
    const found = looked.filter((one) => one.atRest && webhooksOn.has(one.webhookId));
    const picked = found.slice(0, limit);
    const more = found.length > limit;
    return {
      queued: await requeueDeadLetters(
        tx,
        picked.map(({ id }) => id),
        'backlog',
      ),
      cursor: (more ? picked : looked).at(-1)?.id ?? cursor ?? beforeAll,
      finished: !more && looked.length < windowLimit,
      webhookIds: [...new Set(picked.map((one) => one.webhookId))],
    };
  },
};
