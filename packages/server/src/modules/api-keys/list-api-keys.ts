import { listApiKeys as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentScopedKey, readScopedKeys, readScopedKeysEnabled } from './queries.ts';

/** Scoped keys, masked (KEY-1). */
export const listApiKeys: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const now = ctx.app.clock();
    const rows = await readScopedKeys(tx, new Date(now));
    return {
      enabled: await readScopedKeysEnabled(tx),
      keys: rows.map((row) => presentScopedKey(row, now)),
    };
  });
};
