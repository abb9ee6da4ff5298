import { updateAutomation as operation } from '@trunkline/contract/automations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readAutomation } from './read-automation.ts';
import { changeAutomation } from './write-automation.ts';

/**
 * Changes an automation. Runs that have begun go on with what is saved last; steps that were done stay done.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const updateAutomation: Verb<typeof operation> = async (ctx, { id, ...fields }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await changeAutomation(ctx, tx, id, fields);
    return readAutomation(tx, id);
  });
};
