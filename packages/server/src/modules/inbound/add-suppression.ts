import { addSuppression as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { insertSuppression, presentSuppression } from './suppression-queries.ts';

/** Puts an address on the list. @throws AppError `conflict` when it is there already */
export const addSuppression: Verb<typeof operation> = async (ctx, { address, detail }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  return inOrganization(ctx, async (tx) => {
    const row = await insertSuppression(tx, {
      id: app.newId(),
      address,
      reason: 'manual',
      detail,
      provider: null,
      createdAt: new Date(app.clock()),
      createdBy: actor.type === 'anonymous' ? null : actor.name,
    });
    if (row === null) throw new AppError('conflict', `${address} is suppressed already.`);
    await recordAudit(ctx, tx, {
      action: 'suppression.added',
      target: { type: 'suppression', id: address, name: address },
      changes: { detail: { before: null, after: detail } },
    });
    tx.announce('inbound');
    return presentSuppression(row);
  });
};
