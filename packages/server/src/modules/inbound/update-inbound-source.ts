import { updateInboundSource as operation } from '@trunkline/contract/inbound';
import type { AuditAction } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { presentSource } from './present-source.ts';
import { readAllowed, schemeOf, switchedOff } from './rules.ts';
import { auditView, lockSource, readSource } from './source-queries.ts';

/** Changes a source; what is not named stays as it is. @throws AppError `not_found`, `invalid_input` */
export const updateInboundSource: Verb<typeof operation> = async (ctx, { id, ...input }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockSource(tx, id);
    const before = await readSource(tx, id);
    const scheme = schemeOf(before.providerSlug, before.signature) ?? {};
    if (input.signature !== undefined && before.signature === null) {
      throw fieldError('invalid_input', '/signature', 'How this provider signs is known.');
    }
    const signature = input.signature ?? before.signature;
    await tx.query(
      `UPDATE inbound_sources SET name = $2, enabled = $3, switched_off = $4, networks = $5, per_minute = $6,
         signature = $7, updated_at = $8
       WHERE organization_id = current_organization() AND id = $1`,
      [
        id,
        input.name ?? before.sourceName,
        input.enabled ?? before.sourceEnabled,
        switchedOff(scheme, before.switchedOff, input.switches ?? {}),
        input.allowedAddresses === undefined ? before.networks : readAllowed(input.allowedAddresses),
        input.perMinute ?? before.perMinute,
        signature === null ? null : JSON.stringify(signature),
        new Date(app.clock()),
      ],
    );
    const after = await readSource(tx, id);
    const changes = changesBetween(auditView(before), auditView(after));
    await recordAudit(ctx, tx, {
      action: actionOf(changes),
      target: { type: 'inbound_source', id, name: after.sourceName },
      changes,
    });
    tx.announce('inbound', [id]);
    return presentSource(app, after);
  });
};

/** Switching alone has a word of its own. */
function actionOf(changes: ReturnType<typeof changesBetween>): AuditAction {
  const [only, ...others] = Object.entries(changes);
  if (only?.[0] !== 'enabled' || others.length > 0) return 'inbound_source.updated';
  return only[1].after === true ? 'inbound_source.enabled' : 'inbound_source.disabled';
}
