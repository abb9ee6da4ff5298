import { listAlertChannels as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listChannels, presentChannel } from './channel-queries.ts';

/** Where alerts are sent; addresses that are secrets are left out. */
export const listAlertChannels: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => ({
    data: (await listChannels(tx)).map(presentChannel),
    instanceMail: ctx.app.config.mail !== undefined,
  }));
};
