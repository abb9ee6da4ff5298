import { CustomDefinition } from '@trunkline/contract/custom-providers';
import type { Tx } from '../ctx.ts';
import type { Provider } from '../providers/provider.ts';
import { providerFromDefinition } from './custom-provider.ts';

/** A custom provider as it is stored. */
export interface StoredDefinition {
  slug: string;
  definition: CustomDefinition;
  createdAt: Date;
  updatedAt: Date;
}

interface Row extends Omit<StoredDefinition, 'definition'> {
  definition: unknown;
}

const select = `SELECT slug, definition, created_at AS "createdAt", updated_at AS "updatedAt" FROM custom_providers
  WHERE organization_id = current_organization()`;

/** All custom providers of the organization, by name. */
export async function readDefinitions(tx: Tx): Promise<StoredDefinition[]> {
  const rows = await tx.query<Row>(select);
  return rows.map(stored).sort((a, b) => a.definition.name.localeCompare(b.definition.name, 'en'));
}

/** One custom provider of the organization; null when there is none. `lock` holds it until the transaction ends. */
export async function readDefinition(
  tx: Tx,
  slug: string,
  lock: 'FOR UPDATE' | 'FOR SHARE' | '' = '',
): Promise<StoredDefinition | null> {
  const [row] = await tx.query<Row>(`${select} AND slug = $1 ${lock}`, [slug]);
  return row ? stored(row) : null;
}

/** The organization's custom providers in the shape of the built-in ones. */
export async function readCustomProviders(tx: Tx): Promise<Provider[]> {
  return (await readDefinitions(tx)).map(({ slug, definition }) => providerFromDefinition(slug, definition));
}

/** The provider that a stored definition describes. */
export function storedProvider(slug: string, definition: unknown): Provider {
  return providerFromDefinition(slug, CustomDefinition.parse(definition));
}

/** A definition of an earlier version gets what is new in this one. */
function stored(row: Row): StoredDefinition {
  return { ...row, definition: CustomDefinition.parse(row.definition) };
}
