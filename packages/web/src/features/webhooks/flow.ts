import type { WebhookFlow } from '@trunkline/contract/webhooks';
import { formatNumber } from '../../lib/format.ts';

/** What is wrong with the numbers of a flow, by field; empty when it may be saved. */
export function flowProblems(flow: WebhookFlow): Partial<Record<keyof WebhookFlow, string>> {
  const fits = (value: number | null, max: number) =>
    value === null || (Number.isInteger(value) && value >= 1 && value <= max);
  return {
    ...(fits(flow.maxConcurrency, 512) ? {} : { maxConcurrency: 'A whole number from 1 to 512' }),
    ...(fits(flow.ratePerSecond, 10_000) ? {} : { ratePerSecond: 'A whole number from 1 to 10,000' }),
    ...(fits(flow.catchUpPerSecond, 10_000) ? {} : { catchUpPerSecond: 'A whole number from 1 to 10,000' }),
  };
}

const orders: Record<WebhookFlow['ordering'], string | null> = {
  none: null,
  park: 'in order per subject, stopping at a dead letter',
  skip: 'in order per subject, skipping dead letters',
};

/** The settings that differ from the usual, in a phrase; null when all is as usual. */
export function flowWords(flow: WebhookFlow): string | null {
  const parts = [
    flow.maxConcurrency === null ? null : `${formatNumber(flow.maxConcurrency)} at once`,
    flow.ratePerSecond === null ? null : `at most ${formatNumber(flow.ratePerSecond)} a second`,
    flow.catchUpPerSecond === null
      ? null
      : `${formatNumber(flow.catchUpPerSecond)} a second when catching up`,
    orders[flow.ordering],
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** The fields that differ. */
export function changedFlow(before: WebhookFlow, after: WebhookFlow): Partial<WebhookFlow> {
  const keys = Object.keys(after) as (keyof WebhookFlow)[];
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, after[key]]));
}
