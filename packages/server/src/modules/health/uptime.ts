import type { Uptime } from '@trunkline/contract/health';
import type { IntegrationStatus } from '@trunkline/contract/integrations';

/** A status and how long it lasted; null: still. Milliseconds since the epoch. */
export interface Span {
  status: IntegrationStatus;
  since: number;
  until: number | null;
}

/** Statuses in which nobody expects it to work. */
const notObserved: readonly IntegrationStatus[] = ['disabled', 'pending'];

/** The milliseconds of the spans with such a status that lie between two times. */
export function timeIn(
  spans: readonly Span[],
  isWanted: (status: IntegrationStatus) => boolean,
  from: number,
  to: number,
): number {
  return spans
    .filter(({ status }) => isWanted(status))
    .reduce(
      (sum, { since, until }) => sum + Math.max(0, Math.min(until ?? to, to) - Math.max(since, from)),
      0,
    );
}

export function isError(status: IntegrationStatus): boolean {
  return status === 'error';
}

/** How much of the time when it was on it worked, and how long the target lets it fail. */
export function uptimeOf(spans: readonly Span[], from: number, to: number, target: number): Uptime {
  const observed = timeIn(spans, (status) => !notObserved.includes(status), from, to);
  const failed = timeIn(spans, isError, from, to);
  const budget = observed * (1 - target / 100);
  return {
    percent: observed === 0 ? null : (100 * (observed - failed)) / observed,
    target,
    observedSeconds: Math.round(observed / 1000),
    errorSeconds: Math.round(failed / 1000),
    budgetSeconds: Math.round(budget / 1000),
    budgetLeftSeconds: Math.round((budget - failed) / 1000),
  };
}
