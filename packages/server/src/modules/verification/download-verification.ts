import { downloadVerification as operation } from '@trunkline/contract/verification';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { csvOf } from './csv.ts';
import { readReport } from './queries.ts';

/**
 * The report as a CSV file.
 *
 * @throws AppError `not_found`; `conflict` while the run is under way
 */
export const downloadVerification: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const report = await inOrganization(ctx, (tx) => readReport(tx, id));
  if (report.state === 'running') throw new AppError('conflict', 'The verification is still under way.');
  const name = `verification-${report.startedAt.slice(0, 10)}.csv`;
  return { name, contentType: 'text/csv', content: csvOf(report) };
};
