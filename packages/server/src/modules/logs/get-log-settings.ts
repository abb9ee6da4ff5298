import { getLogSettings as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSettings } from './settings.ts';

/** How long the organization keeps its lines. */
export const getLogSettings: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, readSettings);
};
