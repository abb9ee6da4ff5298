import type { IntegrationStatus } from '@trunkline/contract/integrations';
import { providersOf } from '../../connections/provider-of.ts';
import { statusSql } from '../../connections/status.ts';
import type { Tx } from '../../ctx.ts';
import { presentIdentity } from '../catalog/present-provider.ts';
import type { Subject } from './rules.ts';

/** All integrations of the organization as runbooks need them, in the order of their names. */
export async function readSubjects(tx: Tx): Promise<Subject[]> {
  const rows = await tx.query<{ id: string; name: string; slug: string; status: IntegrationStatus }>(
    `SELECT i.id, i.name, i.provider AS slug, ${statusSql} AS status
     FROM integrations i JOIN integration_health h ON h.integration_id = i.id
     WHERE i.organization_id = current_organization() AND i.deleted_at IS NULL ORDER BY lower(i.name), i.id`,
  );
  const providers = new Map((await providersOf(tx)).map((provider) => [provider.slug, provider]));
  return rows.flatMap(({ id, name, slug, status }) => {
    const provider = providers.get(slug);
    if (!provider) return [];
    const { category, statusPageUrl, docsUrl } = provider;
    const { byFiles } = presentIdentity(provider);
    return [
      {
        id,
        name,
        status,
        provider: {
          slug,
          name: provider.name,
          category,
          byFiles,
          statusPageUrl,
          docsUrl,
        },
      },
    ];
  });
}
