import { listHealth as operation } from '@trunkline/contract/health';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { lastDayOf } from './metrics.ts';
import { knownIntegrations, readSpans, readSummaries } from './queries.ts';
import { groupById, summaryOf } from './summary.ts';

/** The last 24 hours of up to 100 integrations, hour by hour (DASH-3), in four statements however many they are. */
export const listHealth: Verb<typeof operation> = async (ctx, { integrationIds }) => {
  authorize(ctx, operation);
  const now = ctx.app.clock();
  const from = lastDayOf(now);
  return inOrganization(ctx, async (tx) => {
    const known = await knownIntegrations(tx, integrationIds);
    const rows = groupById(await readSummaries(tx, integrationIds, new Date(from)));
    const spans = groupById(await readSpans(tx, integrationIds, new Date(from)));
    const wanted = [...new Set(integrationIds)].filter((id) => known.has(id));
    return { data: wanted.map((id) => summaryOf(id, rows.get(id) ?? [], spans.get(id) ?? [], from, now)) };
  });
};
