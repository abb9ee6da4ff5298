import { getLogEntry as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { presentLine } from './present-line.ts';
import { readLine } from './queries.ts';

/**
 * One line, with the place in the code where it went wrong.
 *
 * @throws AppError `not_found`
 */
export const getLogEntry: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const row = await inOrganization(ctx, (tx) => readLine(tx, id));
  if (!row) throw notFound('log line');
  return { ...presentLine(row), stack: row.details.error?.stack ?? null };
};
