import { getDeliveryHistory as operation } from '@trunkline/contract/deliveries';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import type { Verb } from '../../verb.ts';
import { listDeliveryRows, presentDelivery } from './delivery-queries.ts';

/** Deliveries of one webhook, waiting and finished together, newest first (WH-5). */
export const getDeliveryHistory: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const before = readIdCursor(input.cursor);
  return inOrganization(ctx, async (tx) => {
    // A deleted webhook keeps its history.
    const known = await tx.query(
      'SELECT FROM webhooks WHERE organization_id = current_organization() AND id = $1',
      [input.webhookId],
    );
    if (known.length === 0) throw notFound('webhook');
    const rows = await listDeliveryRows(tx, {
      webhookId: input.webhookId,
      status: input.status,
      eventType: input.eventType,
      since: input.since,
      until: input.until,
      before,
      limit: input.limit + 1,
    });
    const page = rows.slice(0, input.limit);
    return { data: page.map(presentDelivery), nextCursor: pageCursor(rows, input.limit, (row) => row.id) };
  });
};
