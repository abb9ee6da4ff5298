import { z } from 'zod';
import { Id } from './common.ts';
import { defineOperation } from './operation.ts';

/**
 * Any call of a provider's own API with the stored credentials (ACT-3): `ANY /api/v1/proxy/{integrationId}/…`. It
 * streams, so that it stands beside the list of operations; only its permission is taken from here.
 */
export const proxy = defineOperation({
  name: 'proxy',
  procedure: 'actions.proxy',
  kind: 'mutation',
  tag: 'Actions',
  summary: 'Call a provider’s own API with the stored credentials',
  permission: 'action.run',
  input: z.object({ integrationId: Id }),
  output: z.unknown(),
});
