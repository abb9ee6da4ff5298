import { listWebhooks as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listWebhookRows } from './queries.ts';

/** All webhooks of the organization, newest first. */
export const listWebhooks: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({ data: await listWebhookRows(tx), nextCursor: null }));
};
