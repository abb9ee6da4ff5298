import type { Integration } from '@trunkline/contract/integrations';

/** Whether an integration was begun and never worked: whoever may connect may also remove it. */
export function neverConnected({
  connectedAt,
  lastSyncAt,
}: Pick<Integration, 'connectedAt' | 'lastSyncAt'>): boolean {
  return connectedAt === null && lastSyncAt === null;
}
