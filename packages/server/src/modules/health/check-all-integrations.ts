import { checkAllIntegrations as operation } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { beginCheckRun } from './begin-check-run.ts';
import { readCheckRun } from './check-runs.ts';

/**
 * Makes the checks of all connected integrations due now (DASH-4). Whichever node is free does them; the run survives a
 * restart. While one is under way it is answered and no other begins.
 */
export const checkAllIntegrations: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const run = await readCheckRun(ctx.app, tx, await beginCheckRun(ctx, tx));
    return run!;
  });
};
