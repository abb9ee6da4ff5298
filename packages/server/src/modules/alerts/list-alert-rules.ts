import { listAlertRules as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readRules } from './settings.ts';

/** What the organization is alerted of, every rule. */
export const listAlertRules: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({ data: Object.values(await readRules(tx)) }));
};
