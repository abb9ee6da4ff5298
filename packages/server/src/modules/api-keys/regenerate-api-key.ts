import { regenerateApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { readApiKey, retireKeys } from './queries.ts';
import { storeApiKey } from './store-api-key.ts';

/**
 * Replaces the key (KEY-1, KEY-2). The new one works at once; the one before works for `graceSeconds` more,
 * and no older key works longer than that.
 */
export const regenerateApiKey: Verb<typeof operation> = async (ctx, { graceSeconds }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  return inOrganization(ctx, async (tx) => {
    const now = new Date(app.clock());
    const before = await retireKeys(tx, now, new Date(now.getTime() + graceSeconds * 1000));
    const createdBy = actor.type === 'anonymous' ? null : actor.name;
    const { id, token, preview } = await storeApiKey(app, tx, { createdBy, networks: before.networks });
    await recordAudit(ctx, tx, {
      action: 'api_key.regenerated',
      target: { type: 'api_key', id, name: preview },
      changes: {
        key: secretChanged,
        keyPreview: { before: before.preview, after: preview },
        graceSeconds: { before: null, after: graceSeconds },
      },
    });
    tx.announce('api_key');
    return { ...(await readApiKey(tx, now)), key: token };
  });
};
