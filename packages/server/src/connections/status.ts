import type { CheckProblem } from '@trunkline/contract/checks';
import type { IntegrationStatus } from '@trunkline/contract/integrations';

/** Faults with which an integration still works, only more slowly. */
const restrictions: readonly CheckProblem['fault'][] = ['rateLimit', 'quota'];

/** What an integration is in; the one place that decides it. See the SQL twin {@link statusSql}. */
export function statusOf(state: {
  enabled: boolean;
  connected: boolean;
  problem: Pick<CheckProblem, 'fault'> | null;
}): IntegrationStatus {
  if (!state.enabled) return 'disabled';
  if (!state.connected) return 'pending';
  if (state.problem === null) return 'active';
  return restrictions.includes(state.problem.fault) ? 'degraded' : 'error';
}

/** The same decision for lists and counts; `i` is the integration, `h` its health. */
export const statusSql = `CASE
  WHEN NOT i.enabled THEN 'disabled'
  WHEN i.connected_at IS NULL THEN 'pending'
  WHEN h.problem IS NULL THEN 'active'
  WHEN h.problem ->> 'fault' IN (${restrictions.map((fault) => `'${fault}'`).join(', ')}) THEN 'degraded'
  ELSE 'error' END`;
