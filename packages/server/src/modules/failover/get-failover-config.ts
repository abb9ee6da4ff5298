import { getFailoverConfig as operation } from '@trunkline/contract/failover';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentConfig } from './present.ts';

/** The backups of an integration, the rules for switching, and where its calls go now. */
export const getFailoverConfig: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, (tx) => presentConfig(tx, integrationId));
};
