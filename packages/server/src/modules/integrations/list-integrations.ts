import { listIntegrations as operation } from '@trunkline/contract/integrations';
import type { IntegrationSort } from '@trunkline/contract/integrations';
import { providerCategories } from '@trunkline/contract/provider-categories';
import { authorize } from '../../authorize.ts';
import { providersOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { InvalidCursorError, decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Verb } from '../../verb.ts';
import { isMeasured, readMeasured } from '../health/measured-order.ts';
import { wrongCursor } from '../page-cursor.ts';
import { countIntegrations, listIntegrationRows, presentRows, readIntegrationIds } from './queries.ts';
import type { Order, Position } from './queries.ts';

/** The organization's integrations, problems first or as asked (DASH-3), with counts of all of them (DASH-1). */
export const listIntegrations: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const sort = input.sort ?? 'status';
  const descending = input.order === 'descending';
  // A place in the usual order is written without the order, and is of no use in any other.
  const tag = sort === 'status' && !descending ? [] : [`${sort} ${descending ? 'descending' : 'ascending'}`];
  const after = readPosition(input.cursor, tag);
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
    const values = await valuesFor(tx, sort, providers, ctx.app.clock());
    const order: Order = { sort, descending, values };
    const rows = await listIntegrationRows(tx, filter, order, after, input.limit + 1);
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      data: presentRows(providers, page),
      nextCursor:
        rows.length > page.length && last ? encodeCursor([...tag, last.rank, last.sorted, last.id]) : null,
      counts: await countIntegrations(tx),
    };
  });
};

/** What no column holds: places of the categories by slug of a provider, or what was measured by id. */
async function valuesFor(
  tx: Tx,
  sort: IntegrationSort,
  providers: readonly Provider[],
  now: number,
): Promise<Map<string, number>> {
  if (isMeasured(sort)) return readMeasured(tx, sort, await readIntegrationIds(tx), now);
  if (sort !== 'category') return new Map();
  const labels = providers.map(({ category }) => providerCategories[category].label);
  const places = [...new Set(labels)].toSorted((a, b) => a.localeCompare(b, 'en'));
  return new Map(providers.map(({ slug }, index) => [slug, places.indexOf(labels[index]!)]));
}

function readPosition(cursor: string | undefined, tag: readonly string[]): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts = decodeCursor(cursor, tag.length + 3);
    if (parts.some((part, index) => index < tag.length && part !== tag[index]))
      throw new InvalidCursorError();
    const [rank, name, id] = parts.slice(tag.length);
    if (typeof rank !== 'number' || !/^[0-9a-f-]{36}$/.test(String(id))) throw new InvalidCursorError();
    return { rank, name: String(name), id: String(id) };
  } catch (error) {
    if (error instanceof InvalidCursorError) throw wrongCursor();
    throw error;
  }
}
