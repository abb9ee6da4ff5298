import { eventTypes } from '@trunkline/contract/event-types/catalog';
import { listEventTypes as operation } from '@trunkline/contract/events';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { listOwnTypes } from './queries.ts';

const catalog = eventTypes.map((type) => ({ ...type, own: false }));

/** The catalog in its order, then the organization's own event types (WH-8); one page has all. */
export const listEventTypes: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const own = await inOrganization(ctx, listOwnTypes);
  return { data: [...catalog, ...own], nextCursor: null };
};
