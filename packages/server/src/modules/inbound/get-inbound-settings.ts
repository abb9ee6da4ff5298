import { getInboundSettings as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSettings } from './settings.ts';

/** How long the organization keeps what came in, and whether `email.send` refuses suppressed addresses. */
export const getInboundSettings: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, readSettings);
};
