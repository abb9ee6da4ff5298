import { activateCredentials as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import type { Verb } from '../../verb.ts';
import { takeOver } from './take-over.ts';

/**
 * Tests the waiting credentials again and switches to them when they work.
 *
 * @throws AppError `not_found`, `conflict`
 */
export const activateCredentials: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { activated, report, integration } = await takeOver(ctx, id, 'require');
  if (report === null) throw new Error('a required check has a report');
  return { activated, report, integration };
};
