import { switchScopedKeys as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readScopedKeysEnabled, writeScopedKeysEnabled } from './queries.ts';

/** Lets scoped keys work, or stops all of them until they are switched on again (KEY-1). */
export const switchScopedKeys: Verb<typeof operation> = async (ctx, { enabled }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const before = await readScopedKeysEnabled(tx);
    await writeScopedKeysEnabled(tx, enabled);
    await recordAudit(ctx, tx, {
      action: 'api_key.scoped_keys_switched',
      target: { type: 'api_key', id: null, name: null },
      changes: { enabled: { before, after: enabled } },
    });
    tx.announce('api_key');
    return { enabled };
  });
};
