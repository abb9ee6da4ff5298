import { Id } from '@trunkline/contract/common';
import { listUndelivered as operation } from '@trunkline/contract/ledger';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { firstIdAt } from '../../lib/uuid7.ts';
import { readCursor, wrongCursor } from '../page-cursor.ts';
import type { Verb } from '../../verb.ts';
import { findUndelivered } from './find-undelivered.ts';
import { presentEvent } from './present-event.ts';
import { hasWebhook, listEventsById } from './queries.ts';
import type { Place } from './queries.ts';

const lowestId = '00000000-0000-0000-0000-000000000000';
const highestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Every event of a time that a webhook should have and does not have, newest first, one row for each webhook and
 * event. `since` is inclusive, `until` exclusive; both are about the event, however late it was replayed.
 *
 * @throws AppError `not_found` for a webhook that the organization never had
 */
export const listUndelivered: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { webhookId, outcome, since, until, limit } = input;
  const end = until === undefined ? highestId : firstIdAt(until);
  const after = placeOfCursor(readCursor(input.cursor)) ?? { place: end, webhookId: lowestId };
  return inOrganization(ctx, async (tx) => {
    if (webhookId !== undefined && !(await hasWebhook(tx, webhookId))) throw notFound('webhook');
    const { rows, next } = await findUndelivered(tx, {
      webhookId,
      outcome,
      from: firstIdAt(since),
      after,
      limit,
    });
    const events = await listEventsById(tx, [...new Set(rows.map((row) => row.eventId))]);
    const byId = new Map(events.map((event) => [event.id, event]));
    return {
      data: rows.map(({ eventId, entry }) => {
        const event = byId.get(eventId) ?? { id: eventId, key: null, type: '', subject: null };
        return { ...presentEvent(event), ...entry };
      }),
      nextCursor: next === null ? null : encodeCursor([`${next.place} ${next.webhookId}`]),
    };
  });
};

function placeOfCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [place, webhookId, ...rest] = cursor.split(' ');
  if (!Id.safeParse(place).success || !Id.safeParse(webhookId).success || rest.length > 0)
    throw wrongCursor();
  return { place: place ?? '', webhookId: webhookId ?? '' };
}
