import type { LayoutKind } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';
import type { Tx } from '../../ctx.ts';
import type { Provider } from '../../providers/provider.ts';
import { readLayout } from './queries.ts';
import { fieldsOf, startingLayout } from './rules.ts';

/** The layout that is used for a kind of files, and which fields its columns can have. */
export async function presentLayout(
  tx: Tx,
  integrationId: string,
  kind: LayoutKind,
  provider: Provider,
): Promise<{ kind: LayoutKind; layout: CsvLayout; own: boolean; fields: string[] }> {
  const own = await readLayout(tx, integrationId, kind);
  return {
    kind,
    layout: own ?? startingLayout(kind, provider),
    own: own !== null,
    fields: Object.keys(fieldsOf(kind)),
  };
}
