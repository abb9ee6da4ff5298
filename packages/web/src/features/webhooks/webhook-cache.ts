import type { QueryClient } from '@tanstack/react-query';
import { getWebhook, listWebhooks, updateWebhook } from '@trunkline/contract/webhooks';
import type { HeldChoice, Webhook } from '@trunkline/contract/webhooks';
import type { OutputOf } from '@trunkline/contract/operation';
import { callOperation, operationKey } from '../../lib/api.ts';

/** Puts a webhook that an operation gave back where lists and pages read it. */
export function putWebhook(client: QueryClient, webhook: Webhook): void {
  client.setQueryData(operationKey(getWebhook, { id: webhook.id }), webhook);
  client.setQueryData<OutputOf<typeof listWebhooks>>(operationKey(listWebhooks, {}), (list) =>
    list ? { ...list, data: list.data.map((each) => (each.id === webhook.id ? webhook : each)) } : undefined,
  );
}

/** Switches a webhook on or off at once (WH-3); `held` is what becomes of what came while it was off. @throws ApiError */
export async function switchWebhook(
  client: QueryClient,
  id: string,
  on: boolean,
  held?: HeldChoice,
): Promise<void> {
  const status = on ? 'active' : 'disabled';
  putWebhook(client, await callOperation(updateWebhook, { id, status, ...(held && { held }) }));
}

/** Holds the deliveries of a webhook, or lets them go again. @throws ApiError */
export async function pauseWebhook(client: QueryClient, id: string, paused: boolean): Promise<void> {
  putWebhook(client, await callOperation(updateWebhook, { id, status: paused ? 'paused' : 'active' }));
}
