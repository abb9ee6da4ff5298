import { updateTracking as operation } from '@trunkline/contract/tracking';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { readTracking } from './settings.ts';

/** The one switch for all recording, and the way to erase what is there. */
export const updateTracking: Verb<typeof operation> = async (ctx, { enabled, erase }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readTracking(ctx.app, tx);
    await tx.query(
      `INSERT INTO tracking_settings (organization_id, enabled, updated_at) VALUES (current_organization(), $1, $2)
       ON CONFLICT (organization_id) DO UPDATE SET enabled = excluded.enabled, updated_at = excluded.updated_at`,
      [enabled, new Date(ctx.app.clock())],
    );
    const gone = erase
      ? await tx.query(
          'DELETE FROM tracked_events WHERE organization_id = current_organization() RETURNING 1',
        )
      : [];
    await recordAudit(ctx, tx, {
      action: 'tracking.updated',
      target: { type: 'tracking', id: null, name: null },
      changes: {
        ...changesBetween({ enabled: before.enabled }, { enabled }),
        ...(erase && { recordedEvents: { before: gone.length, after: 0 } }),
      },
    });
    tx.announce('insights');
    return { ...(await readTracking(ctx.app, tx)), erased: gone.length };
  });
};
