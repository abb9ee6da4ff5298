import type { Tx } from '../ctx.ts';
import { notFound } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { readDefinition } from './custom-definitions.ts';
import { isCustom } from './custom-slug.ts';
import { providerOf } from './provider-of.ts';

/**
 * The provider of this slug, when new integrations of it may be made: it is there and is not hidden in the
 * organization's catalog (CAT-6). A custom one is neither changed nor deleted until the transaction ends.
 *
 * @throws AppError `not_found`, the same for a provider that is hidden and for one that is not there
 */
export async function requireVisible(tx: Tx, slug: string): Promise<Provider> {
  const [row] = await tx.query(
    'SELECT slug FROM hidden_providers WHERE organization_id = current_organization() AND slug = $1',
    [slug],
  );
  if (row) throw notFound('provider');
  if (isCustom(slug)) await readDefinition(tx, slug, 'FOR SHARE');
  return providerOf(tx, slug);
}
