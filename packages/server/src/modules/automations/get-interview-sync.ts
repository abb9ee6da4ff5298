import { getInterviewSync as operation } from '@trunkline/contract/interview-sync';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { keepsNoCalendar, readInterviewSync } from './read-interview-sync.ts';
import { requireOffering } from './switches.ts';

/** Whether a calendar gets interviews by itself. @throws AppError `not_found`, `invalid_input` */
export const getInterviewSync: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    await requireOffering(tx, integrationId, 'calendar.update_event', keepsNoCalendar);
    return readInterviewSync(tx, integrationId);
  });
};
