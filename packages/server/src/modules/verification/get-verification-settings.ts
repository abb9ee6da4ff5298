import { getVerificationSettings as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readSettings } from './queries.ts';

/** When integrations are verified by themselves. */
export const getVerificationSettings: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, readSettings);
};
