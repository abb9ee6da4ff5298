import type { DeadLetter } from '@trunkline/contract/dead-letters';
import { getDlqItems } from '@trunkline/contract/dead-letters';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { useQueries } from '@tanstack/react-query';
import { operationQuery, useOperation } from '../../lib/api.ts';

/** What an act is about: named rows, or everything that the list's filter matches. */
export type Scope =
  { kind: 'rows'; rows: DeadLetter[] } | { kind: 'all'; webhookId: string | null; total: number };

/** An endpoint that would not, or hardly, take its deliveries now. */
export interface TroubledEndpoint {
  webhookId: string;
  name: string;
  status: 'failing' | 'disabled' | 'deleted';
  count: number;
}

/** Groups rows by endpoint, leaving out endpoints that are well. */
export function troubledAmong(rows: readonly DeadLetter[]): TroubledEndpoint[] {
  const found = new Map<string, TroubledEndpoint>();
  for (const { webhookId, webhookName, webhookStatus } of rows) {
    if (!inTrouble(webhookStatus)) continue;
    const known = found.get(webhookId);
    if (known) known.count += 1;
    else found.set(webhookId, { webhookId, name: webhookName, status: webhookStatus, count: 1 });
  }
  return [...found.values()];
}

type TroubledStatus = TroubledEndpoint['status'];

/** A paused endpoint is well: what is retried is held until it is resumed. */
function inTrouble(status: string): status is TroubledStatus {
  return status === 'failing' || status === 'disabled' || status === 'deleted';
}

/** As many endpoints are asked for one by one; beyond that nobody reads the names anyway. */
const askedAtMost = 20;

/**
 * Endpoints in trouble within a scope, with the number of dead letters of each. When not all rows are loaded
 * the numbers come from the server. `undefined` until they are known.
 */
export function useTroubledEndpoints(
  scope: Scope | null,
  loaded: readonly DeadLetter[],
  isComplete: boolean,
): TroubledEndpoint[] | undefined {
  const askServer = scope?.kind === 'all' && !isComplete;
  const webhooks = useOperation(listWebhooks, {}, { enabled: askServer });
  const asked = askServer
    ? (webhooks.data?.data ?? [])
        .filter(({ status }) => inTrouble(status))
        .filter(({ id }) => scope.webhookId === null || scope.webhookId === id)
        .slice(0, askedAtMost)
    : [];
  const counts = useQueries({
    queries: asked.map(({ id }) => operationQuery(getDlqItems, { webhookId: id, limit: 1 })),
  });

  if (!scope) return [];
  if (scope.kind === 'rows') return troubledAmong(scope.rows);
  if (isComplete) return troubledAmong(loaded.filter(({ retrying }) => !retrying));
  if (!webhooks.data || counts.some(({ isPending }) => isPending)) return undefined;
  const live = asked.flatMap(({ id, name, status }, index) => {
    const count = counts[index]?.data?.total ?? 0;
    return !inTrouble(status) || count === 0 ? [] : [{ webhookId: id, name, status, count }];
  });
  return [...live, ...troubledAmong(loaded).filter(({ status }) => status === 'deleted')];
}
