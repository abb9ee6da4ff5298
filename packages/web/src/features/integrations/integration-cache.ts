import type { QueryClient } from '@tanstack/react-query';
import { listProviders } from '@trunkline/contract/catalog';
import {
  deleteIntegration,
  getIntegration,
  listIntegrations,
  updateIntegration,
} from '@trunkline/contract/integrations';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { callOperation, invalidateOperations, operationKey } from '../../lib/api.ts';

/** Takes over an integration that an operation gave back, and reads the lists and counts again. */
export async function putIntegration(client: QueryClient, integration: IntegrationDetail): Promise<void> {
  client.setQueryData(operationKey(getIntegration, { id: integration.id }), integration);
  await invalidateOperations(client, [listIntegrations, listProviders]);
}

/** Switches an integration on or off at once (CRM, section 7). @throws ApiError */
export async function switchIntegration(client: QueryClient, id: string, enabled: boolean): Promise<void> {
  await putIntegration(client, await callOperation(updateIntegration, { id, enabled }));
}

/** Removes an integration that was begun and never connected. @throws ApiError */
export async function removeBegun(client: QueryClient, id: string): Promise<void> {
  await callOperation(deleteIntegration, { id });
  await invalidateOperations(client, [listIntegrations, listProviders]);
}
