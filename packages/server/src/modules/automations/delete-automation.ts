import { deleteAutomation as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { auditView, lockAutomation } from './queries.ts';
import { cancelUnbegun } from './write-automation.ts';

/** Deletes an automation. What has not begun is cancelled; what has goes on, and the history stays. */
export const deleteAutomation: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await lockAutomation(tx, id);
    const now = new Date(ctx.app.clock());
    await tx.query(
      `UPDATE automations SET deleted_at = $2, enabled = false, next_at = NULL
       WHERE organization_id = current_organization() AND id = $1`,
      [id, now],
    );
    await cancelUnbegun(tx, id, now);
    const view = auditView(before);
    const nothing = Object.fromEntries(Object.keys(view).map((field) => [field, null]));
    await recordAudit(ctx, tx, {
      action: 'automation.deleted',
      target: { type: 'automation', id, name: before.name },
      changes: changesBetween<Record<string, unknown>>(view, nothing),
    });
    tx.announce('automations', [id]);
    return { ok: true };
  });
};
