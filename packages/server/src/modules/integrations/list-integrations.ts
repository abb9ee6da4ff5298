import { listIntegrations as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { providersOf } from '../../connections/provider-of.ts';
import { inOrganization } from '../../db/tenant.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import type { Verb } from '../../verb.ts';
import { wrongCursor } from '../page-cursor.ts';
import { countIntegrations, listIntegrationRows, presentRows } from './queries.ts';
import type { Position } from './queries.ts';

/** The organization's integrations, problems first (DASH-3), with counts of all of them (DASH-1). */
export const listIntegrations: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const after = readPosition(input.cursor);
  return inOrganization(ctx, async (tx) => {
    const search = input.search?.trim() || undefined;
    const providers = await providersOf(tx);
    const searchedProviders =
      search === undefined
        ? []
        : providers
            .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
            .map(({ slug }) => slug);
    const filter = { status: input.status, provider: input.provider, search, searchedProviders };
    const rows = await listIntegrationRows(tx, filter, after, input.limit + 1);
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      data: presentRows(providers, page),
      nextCursor: rows.length > page.length && last ? encodeCursor([last.rank, last.sorted, last.id]) : null,
      counts: await countIntegrations(tx),
    };
  });
};

function readPosition(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [rank, name, id] = decodeCursor(cursor, 3);
    if (typeof rank !== 'number' || !Number.isInteger(rank) || !/^[0-9a-f-]{36}$/.test(String(id))) {
      throw new InvalidCursorError();
    }
    return { rank, name: String(name), id: String(id) };
  } catch (error) {
    if (error instanceof InvalidCursorError) throw wrongCursor();
    throw error;
  }
}
