import { getQuietHours as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readQuietHours } from './settings.ts';

/** When only critical alerts are sent. */
export const getQuietHours: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, readQuietHours);
};
