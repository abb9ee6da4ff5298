import { getCheckRun as operation } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { readCheckRun } from './check-runs.ts';

/**
 * How far a check of all integrations is, by its id or the latest one.
 *
 * @throws AppError `not_found`
 */
export const getCheckRun: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const run = await inOrganization(ctx, (tx) => readCheckRun(ctx.app, tx, id === 'latest' ? null : id));
  if (run === null && id !== 'latest') throw notFound('check run');
  return { run };
};
