import { getPortalSettings as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readOrigins } from './queries.ts';
import { frameUrl } from './rules.ts';

/** Which pages may show the portal in a frame (APIS-4). */
export const getPortalSettings: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({
    origins: await readOrigins(tx),
    frameUrl: frameUrl(ctx.app.config.publicUrl, tx.organizationId),
  }));
};
