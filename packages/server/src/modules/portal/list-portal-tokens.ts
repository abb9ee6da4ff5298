import { listPortalTokens as operation } from '@trunkline/contract/portal';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { pageCursor, readIdCursor } from '../page-cursor.ts';
import { readPortalTokens } from './queries.ts';
import { presentPortalToken } from './rules.ts';

/** Who was given the portal, for what, and whether it is in use (APIS-4). Tokens themselves are not kept. */
export const listPortalTokens: Verb<typeof operation> = async (ctx, { limit, cursor, subject, open }) => {
  authorize(ctx, operation);
  const before = readIdCursor(cursor);
  const now = ctx.app.clock();
  const rows = await inOrganization(ctx, (tx) =>
    readPortalTokens(tx, {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(subject === undefined ? {} : { subject }),
      ...(open === true ? { openAt: new Date(now) } : {}),
    }),
  );
  return {
    data: rows.slice(0, limit).map((row) => presentPortalToken(row, now)),
    nextCursor: pageCursor(rows, limit, ({ id }) => id),
  };
};
