import { useQueries } from '@tanstack/react-query';
import { listHealth } from '@trunkline/contract/health';
import type { HealthSummary } from '@trunkline/contract/health';
import { operationQuery } from '../../lib/api.ts';
import { chunksOf } from './health-words.ts';

/** So many ids fit into the address of one request. */
const atOnce = 40;

/**
 * The last 24 hours of integrations by their ids; those that are still on their way are missing. Asks for those in sight
 * and for their neighbours in the list, so that scrolling by a row asks for nothing new.
 */
export function useHealthSummaries(
  ids: readonly string[],
  inSight: readonly string[],
): ReadonlyMap<string, HealthSummary> {
  const seen = new Set(inSight);
  const results = useQueries({
    queries: chunksOf(ids, atOnce)
      .filter((chunk) => chunk.some((id) => seen.has(id)))
      .map((integrationIds) => operationQuery(listHealth, { integrationIds })),
  });
  const known = results.flatMap(({ data }) => data?.data ?? []);
  return new Map(known.map((summary) => [summary.integrationId, summary]));
}
