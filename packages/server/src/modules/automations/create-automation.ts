import { createAutomation as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readAutomation } from './read-automation.ts';
import { insertAutomation } from './write-automation.ts';

/**
 * Makes an automation. Events that are accepted from the end of this call on make it run.
 *
 * @throws AppError `invalid_input` with what of its inputs cannot be filled, `conflict`
 */
export const createAutomation: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => readAutomation(tx, await insertAutomation(ctx, tx, input, null)));
};
