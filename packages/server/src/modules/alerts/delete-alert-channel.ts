import { deleteAlertChannel as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readChannel } from './channel-queries.ts';

/** Removes a channel and what waits for it; rules name it no more. @throws AppError `not_found` */
export const deleteAlertChannel: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { name } = await readChannel(tx, id);
    await tx.query('DELETE FROM alert_channels WHERE organization_id = current_organization() AND id = $1', [
      id,
    ]);
    await tx.query(
      `UPDATE alert_notifications SET state = 'failed', detail = 'The channel was removed.'
       WHERE organization_id = current_organization() AND channel_id = $1 AND state = 'waiting'`,
      [id],
    );
    // A rule that named only this one tells nobody, which is what its list says; it does not fall back to all.
    await tx.query(
      `UPDATE alert_rules SET channels = array_remove(channels, $1)
       WHERE organization_id = current_organization() AND $1 = ANY (channels)`,
      [id],
    );
    await recordAudit(ctx, tx, {
      action: 'alert_channel.deleted',
      target: { type: 'alert_channel', id, name },
    });
    tx.announce('alerts');
    return { ok: true as const };
  });
};
