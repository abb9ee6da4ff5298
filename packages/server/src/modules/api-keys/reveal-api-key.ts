import { revealApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { track } from '../insights/track.ts';
import { readSealedKey } from './queries.ts';
import { tokenPlace } from './token-place.ts';

/** Gives the whole key to a person who has just proved who they are (KEY-1). Every time is audited. */
export const revealApiKey: Verb<typeof operation> = async (ctx, { purpose }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { id, preview, box } = await readSealedKey(tx);
    const key = ctx.app.secretBox.open(box, tokenPlace(tx.organizationId, id));
    await recordAudit(ctx, tx, {
      action: purpose === 'copy' ? 'api_key.copied' : 'api_key.revealed',
      target: { type: 'api_key', id, name: preview },
    });
    if (purpose === 'show') await track(ctx, tx, 'api_key_viewed', { key_masked_length: preview.length });
    return { key };
  });
};
