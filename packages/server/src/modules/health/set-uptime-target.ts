import { setUptimeTarget as operation } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';

/**
 * Changes the uptime that is wanted of an integration, in per cent.
 *
 * @throws AppError `not_found`
 */
export const setUptimeTarget: Verb<typeof operation> = async (ctx, { id, percent }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const [row] = await tx.query<{ name: string; before: number }>(
      `UPDATE integrations i SET uptime_target = $2, updated_at = $3, version = i.version + 1
       FROM (SELECT id, uptime_target FROM integrations
         WHERE organization_id = current_organization() AND id = $1 FOR UPDATE) old
       WHERE i.organization_id = current_organization() AND i.id = old.id AND i.deleted_at IS NULL
       RETURNING i.name, old.uptime_target AS before`,
      [id, percent, new Date(ctx.app.clock())],
    );
    if (!row) throw notFound('integration');
    await recordAudit(ctx, tx, {
      action: 'integration.updated',
      target: { type: 'integration', id, name: row.name },
      changes: changesBetween({ uptimeTarget: row.before }, { uptimeTarget: percent }),
    });
    tx.announce('health', [id]);
    return { target: percent };
  });
};
