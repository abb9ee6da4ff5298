import { listCompanyIntegrations as operation } from '@trunkline/contract/company-integrations';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentCompanyIntegration, presentCompanyProvider } from './company-rules.ts';
import { readCompanyIntegrations } from './queries.ts';
import { readCatalog } from './read-catalog.ts';

/** What is connected and what could be, in S17's data models (17.9). */
export const listCompanyIntegrations: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const catalog = await readCatalog(tx);
    const bySlug = new Map(catalog.providers.map((provider) => [provider.slug, provider]));
    const present = (slug: string) => {
      const provider = bySlug.get(slug);
      return provider && presentCompanyProvider(provider, catalog.standingOf(provider).hidden);
    };
    const connected = (await readCompanyIntegrations(tx)).flatMap((row) => {
      const integration = present(row.provider);
      return integration ? [presentCompanyIntegration(row, tx.organizationId, integration)] : [];
    });
    const available = catalog.visible
      .filter((provider) => catalog.standingOf(provider).connected === 0)
      .map((provider) => presentCompanyProvider(provider, false));
    return { connected, available, counts: catalog.counts };
  });
};
