import { getAutomation as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readAutomation } from './read-automation.ts';

/** One automation. */
export const getAutomation: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => readAutomation(tx, id));
};
