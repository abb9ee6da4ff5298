import { deleteInboundSource as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { auditView, lockSource, readSource } from './source-queries.ts';

/** Deletes a source: its address answers 404 and its keys are erased; what came in stays and is still processed. */
export const deleteInboundSource: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await lockSource(tx, id);
    const view = auditView(await readSource(tx, id));
    await tx.query(
      `UPDATE inbound_sources SET deleted_at = $2, enabled = false, key_box = NULL, previous_key_box = NULL,
         previous_key_until = NULL
       WHERE organization_id = current_organization() AND id = $1`,
      [id, new Date(ctx.app.clock())],
    );
    const nothing = Object.fromEntries(Object.keys(view).map((field) => [field, null]));
    await recordAudit(ctx, tx, {
      action: 'inbound_source.deleted',
      target: { type: 'inbound_source', id, name: String(view['name']) },
      changes: changesBetween<Record<string, unknown>>(view, nothing),
    });
    tx.announce('inbound', [id]);
    return { ok: true };
  });
};
