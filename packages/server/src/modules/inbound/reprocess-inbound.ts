import { reprocessInbound as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockSource, readSource } from './source-queries.ts';

/** Those of a source that one call takes; whoever has more calls again. */
const most = 10_000;

/**
 * Queues webhooks to be processed again, from what was stored. Whoever holds one of them loses it, and events that were
 * made already are recognized by their ids.
 *
 * @throws AppError `not_found`
 */
export const reprocessInbound: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const single = 'id' in input;
    if (!single) await lockSource(tx, input.sourceId);
    const rows = await tx.query<{ id: string; kind: string | null }>(
      `UPDATE inbound_messages SET state = 'queued', attempts = 0, error = NULL, fence = fence + 1, due_at = now()
       WHERE organization_id = current_organization() AND id IN (
         SELECT id FROM inbound_messages WHERE organization_id = current_organization() AND ${
           single
             ? 'id = $1'
             : 'source_id = $1 AND state = $2 AND ($3::timestamptz IS NULL OR received_at >= $3)'
         }
         ORDER BY id LIMIT ${most} FOR UPDATE)
       RETURNING id, kind`,
      single ? [input.id] : [input.sourceId, input.state, input.since ?? null],
    );
    const [first] = rows;
    if (single && first === undefined) throw notFound('inbound webhook');
    await recordAudit(ctx, tx, {
      action: 'inbound_message.reprocessed',
      target: single
        ? { type: 'inbound_message', id: input.id, name: first?.kind ?? null }
        : {
            type: 'inbound_source',
            id: input.sourceId,
            name: (await readSource(tx, input.sourceId)).sourceName,
          },
      changes: { queued: { before: null, after: rows.length } },
    });
    tx.announce('inbound', single ? [input.id] : [input.sourceId]);
    return { queued: rows.length };
  });
};
