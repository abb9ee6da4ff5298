import { startVerification as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { beginVerification } from './begin-verification.ts';
import { openRun } from './queries.ts';

/** Verifies all integrations now (HEALTH-6). While a run is under way it is answered and no other begins. */
export const startVerification: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const open = await openRun(tx);
    if (open) return open;
    await beginVerification(ctx, tx, null);
    return (await openRun(tx))!;
  });
};
