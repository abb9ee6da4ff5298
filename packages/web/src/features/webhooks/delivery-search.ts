import { isEventTypeName } from '@trunkline/contract/event-pattern';

const hourMs = 3_600_000;

/** Times that the history can be narrowed to; the usual one is all that is kept. */
export const deliveryRanges = [
  { value: 'all', label: 'All that is kept', ms: null },
  { value: '1h', label: 'Last hour', ms: hourMs },
  { value: '24h', label: 'Last 24 hours', ms: 24 * hourMs },
  { value: '7d', label: 'Last 7 days', ms: 168 * hourMs },
  { value: '30d', label: 'Last 30 days', ms: 720 * hourMs },
] as const;
export type DeliveryRange = (typeof deliveryRanges)[number]['value'];

export const deliveryStatuses = [
  { value: 'all', label: 'All' },
  { value: 'success', label: 'Success' },
  { value: 'failed', label: 'Failed' },
  { value: 'dlq', label: 'Dead letters' },
  { value: 'pending', label: 'Pending' },
] as const;
export type DeliveryFilter = (typeof deliveryStatuses)[number]['value'];

/** Which delivery is open and what narrows the list, as the address says it; what is as usual is left out. */
export interface DeliverySearch {
  delivery?: string;
  status?: Exclude<DeliveryFilter, 'all'>;
  event?: string;
  range?: Exclude<DeliveryRange, 'all'>;
}

/** Reads an address; what it does not know it leaves out. */
export function deliverySearch(search: Record<string, unknown>): DeliverySearch {
  const { delivery, event } = search;
  const status = deliveryStatuses.find(({ value }) => value === search['status'])?.value;
  const range = deliveryRanges.find(({ value }) => value === search['range'])?.value;
  return {
    ...(typeof delivery === 'string' ? { delivery } : {}),
    ...(status !== undefined && status !== 'all' ? { status } : {}),
    ...(typeof event === 'string' && isEventTypeName(event) ? { event } : {}),
    ...(range !== undefined && range !== 'all' ? { range } : {}),
  };
}

/** The filters as the operation wants them. A time begins at a whole minute, so that it stays the same for a while. */
export function historyInput({ status, event, range }: DeliverySearch, now: number) {
  const ms = deliveryRanges.find(({ value }) => value === range)?.ms ?? null;
  return {
    status: status ?? ('all' as const),
    ...(event === undefined ? {} : { eventType: event }),
    ...(ms === null ? {} : { since: new Date(Math.floor((now - ms) / 60_000) * 60_000).toISOString() }),
  };
}
