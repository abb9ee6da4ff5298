import { takeProposedKey as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { keyPlace } from './source-keys.ts';
import { lockSource, readSource } from './source-queries.ts';

/**
 * Makes the key that a sender has proposed the key of its source. Anybody who knows the address could have proposed it, so a
 * person decides, and what the provider says when it is confirmed there is the proof.
 *
 * @throws AppError `not_found`, also when nothing is proposed
 */
export const takeProposedKey: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockSource(tx, id);
    const { proposedKeyBox, proposal, sourceName } = await readSource(tx, id);
    if (proposedKeyBox === null || proposal === null) throw notFound('proposed key');
    const key = app.secretBox.open(proposedKeyBox, keyPlace(tx.organizationId, id, 'proposed_key_box'));
    await tx.query(
      `UPDATE inbound_sources SET key_box = $2, previous_key_box = NULL, previous_key_until = NULL,
         proposed_key_box = NULL, proposal = NULL, updated_at = $3
       WHERE organization_id = current_organization() AND id = $1`,
      [id, app.secretBox.seal(key, keyPlace(tx.organizationId, id, 'key_box')), new Date(app.clock())],
    );
    await recordAudit(ctx, tx, {
      action: 'inbound_source.key_replaced',
      target: { type: 'inbound_source', id, name: sourceName },
      changes: { key: secretChanged, subscription: { before: null, after: proposal.subscription } },
    });
    tx.announce('inbound', [id]);
    return { key, subscription: proposal.subscription };
  });
};
