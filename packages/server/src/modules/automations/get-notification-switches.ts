import { getNotificationSwitches as operation } from '@trunkline/contract/notification-switches';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readNotificationSwitches } from './read-notification-switches.ts';
import { requireOffering } from './switches.ts';

/** What a chat integration tells of. @throws AppError `not_found`, `invalid_input` */
export const getNotificationSwitches: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await requireOffering(tx, integrationId, 'chat.post', 'posts in no chat');
    return readNotificationSwitches(tx, integrationId);
  });
};
