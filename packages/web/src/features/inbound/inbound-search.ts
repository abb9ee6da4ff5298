import { inboundStates, suppressionReasons } from '@trunkline/contract/inbound';
import type { InboundState, SuppressionReason } from '@trunkline/contract/inbound';

export const inboundTabs = ['sources', 'received', 'suppressed'] as const;
export type InboundTab = (typeof inboundTabs)[number];

/** The page's state as its address says it: `/inbound?tab=received&source=…&state=failed&message=…`. */
export interface InboundSearch {
  tab?: Exclude<InboundTab, 'sources'>;
  /** Received: only what came in at this source. */
  source?: string;
  state?: InboundState;
  /** Received: the webhook that is open. */
  message?: string;
  /** Suppressed addresses: a part of the address. */
  q?: string;
  reason?: SuppressionReason;
}

/** Reads an address; what it does not know, or what belongs to another tab, it leaves out. */
export function inboundSearch(search: Record<string, unknown>): InboundSearch {
  const text = (key: string) => {
    const value = search[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const tab = inboundTabs.find((each) => each === search['tab']);
  if (tab === 'received') {
    const state = inboundStates.find((each) => each === search['state']);
    const source = text('source');
    const message = text('message');
    return { tab, ...(source && { source }), ...(state && { state }), ...(message && { message }) };
  }
  if (tab === 'suppressed') {
    const reason = suppressionReasons.find((each) => each === search['reason']);
    const q = text('q');
    return { tab, ...(q && { q }), ...(reason && { reason }) };
  }
  return {};
}

/** The address of a part of the page, for links from elsewhere. */
export function inboundHref(search: InboundSearch): string {
  const query = new URLSearchParams(Object.entries(search).filter(([, value]) => value !== undefined));
  return `/inbound${query.size > 0 ? `?${query}` : ''}`;
}
