import { resolveAlert as operation } from '@trunkline/contract/alerts';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { closeAlert } from './change-alert.ts';
import { personOf } from '../integrations/person.ts';
import { lockAlerts } from './queries.ts';
import { readSettings } from './settings.ts';

/** Closes alerts by hand; while the same occurrence lasts they stay closed. @throws AppError `not_found` */
export const resolveAlert: Verb<typeof operation> = async (ctx, { ids }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const alerts = (await lockAlerts(tx, ids)).filter(({ state }) => state !== 'resolved');
    const settings = await readSettings(tx);
    for (const alert of alerts) {
      await closeAlert(ctx.app, tx, settings, alert, personOf(ctx).name);
      await recordAudit(ctx, tx, {
        action: 'alert.resolved',
        target: { type: 'alert', id: alert.id, name: alert.title },
        changes: { state: { before: alert.state, after: 'resolved' } },
      });
    }
    return { changed: alerts.length };
  });
};
