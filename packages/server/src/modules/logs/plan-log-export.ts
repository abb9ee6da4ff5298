import { planLogExport as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { countLines, knowsScope } from './queries.ts';
import { idRangeOf } from './rules.ts';

/** Counted one by one; beyond it a number is of no more use. */
const mostCounted = 1_000_000;

/**
 * Says how many lines an export will have, and where it is. Lines written from now on are not part of it, so that what
 * was stated is what comes.
 *
 * @throws AppError `not_found` for an integration or webhook of somebody else
 */
export const planLogExport: Verb<typeof operation> = async (ctx, { format, ...filter }) => {
  authorize(ctx, operation);
  const now = ctx.app.clock();
  // The next millisecond, so that lines of this one count.
  const until = filter.until ?? new Date(now + 1).toISOString();
  const rows = await inOrganization(ctx, async (tx) => {
    if ((await knowsScope(tx, filter)) === null) throw notFound('integration or webhook');
    return countLines(tx, filter, idRangeOf({ ...filter, until }, now), mostCounted + 1);
  });
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries({ ...filter, until })) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') query.append(name, one);
    }
  }
  return {
    rows: Math.min(rows, mostCounted),
    more: rows > mostCounted,
    path: `/api/v1/logs/export?${query.toString()}`,
    fileName: fileNameOf(format, until),
  };
};

/** `logs-2026-11-28-203000.csv` */
export function fileNameOf(format: string, until: string): string {
  const moment = new Date(until).toISOString();
  return `logs-${moment.slice(0, 10)}-${moment.slice(11, 19).replaceAll(':', '')}.${format}`;
}
