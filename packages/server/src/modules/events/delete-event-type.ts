import { deleteEventType as operation } from '@trunkline/contract/events';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockOwnType } from './queries.ts';
import { requireOwnName } from './rules.ts';

/** Removes one of the organization's own event types. Events with this name still pass. */
export const deleteEventType: Verb<typeof operation> = async (ctx, { name }) => {
  authorize(ctx, operation);
  requireOwnName(name);
  return inOrganization(ctx, async (tx) => {
    const before = await lockOwnType(tx, name);
    if (!before) throw notFound('event type');
    await tx.query('DELETE FROM event_types WHERE organization_id = current_organization() AND name = $1', [
      name,
    ]);
    await recordAudit(ctx, tx, {
      action: 'event_type.deleted',
      target: { type: 'event_type', id: name, name },
      changes: {
        group: { before: before.group, after: null },
        description: { before: before.description, after: null },
        schema: { before: before.schema, after: null },
        example: { before: before.example, after: null },
      },
    });
    tx.announce('event_types');
    return { ok: true };
  });
};
