import { getLogBuckets as operation } from '@trunkline/contract/logs';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { countBuckets, knowsScope } from './queries.ts';
import { bucketsOf, idRangeOf } from './rules.ts';

/**
 * How many lines there were over time, of the last 24 hours unless the filter says otherwise.
 *
 * @throws AppError `not_found` for an integration or webhook of somebody else, `invalid_input`
 */
export const getLogBuckets: Verb<typeof operation> = async (ctx, filter) => {
  authorize(ctx, operation);
  const now = ctx.app.clock();
  const buckets = bucketsOf(filter, now);
  const { start, sizeMs, count } = buckets;
  const end = start + count * sizeMs;
  const until = filter.until === undefined ? end : Math.min(end, Date.parse(filter.until));
  const since = filter.since === undefined ? start : Math.max(start, Date.parse(filter.since));
  const range = idRangeOf(
    { since: new Date(since).toISOString(), until: new Date(until).toISOString() },
    now,
  );
  const { counts, approximate, countedSince } = await inOrganization(ctx, async (tx) => {
    if ((await knowsScope(tx, filter)) === null) throw notFound('integration or webhook');
    return countBuckets(tx, filter, buckets, range);
  });
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    bucketSeconds: sizeMs / 1000,
    buckets: counts.map((levels, n) => ({ at: new Date(start + n * sizeMs).toISOString(), ...levels })),
    total: counts.reduce((sum, { debug, info, warn, error }) => sum + debug + info + warn + error, 0),
    approximate,
    countedSince: countedSince === null ? null : new Date(countedSince).toISOString(),
  };
};
