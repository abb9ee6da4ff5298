import { acknowledgeAlert as operation } from '@trunkline/contract/alerts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { addToTimeline, lockAlerts } from './queries.ts';
import { personOf } from '../integrations/person.ts';

/** Marks open alerts as looked after; they are not escalated to anybody and not told again. @throws AppError `not_found` */
export const acknowledgeAlert: Verb<typeof operation> = async (ctx, { ids }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const by = personOf(ctx).name;
  return inOrganization(ctx, async (tx) => {
    const open = (await lockAlerts(tx, ids)).filter(({ state }) => state === 'open');
    for (const alert of open) {
      await tx.query(
        `UPDATE alerts SET state = 'acknowledged', acknowledged_at = $2, acknowledged_by = $3, snoozed_until = NULL
         WHERE organization_id = current_organization() AND id = $1`,
        [alert.id, new Date(app.clock()), by],
      );
      await addToTimeline(app, tx, {
        alertId: alert.id,
        kind: 'acknowledged',
        text: 'Somebody looks after it.',
        by,
      });
      await recordAudit(ctx, tx, {
        action: 'alert.acknowledged',
        target: { type: 'alert', id: alert.id, name: alert.title },
        changes: { state: { before: 'open', after: 'acknowledged' } },
      });
    }
    if (open.length > 0)
      tx.announce(
        'alerts',
        open.slice(0, 50).map(({ id }) => id),
      );
    return { changed: open.length };
  });
};
