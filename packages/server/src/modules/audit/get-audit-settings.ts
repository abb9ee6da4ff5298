import { getAuditSettings as operation } from '@trunkline/contract/audit';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentSettings } from './settings.ts';

/** How long the organization keeps its records, and the key with which they are signed. */
export const getAuditSettings: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => presentSettings(ctx.app, tx));
};
