import type { CatalogCounts } from '@trunkline/contract/catalog';
import { readCustomProviders } from '../../connections/custom-definitions.ts';
import type { Tx } from '../../ctx.ts';
import { allProviders } from '../../providers/all-providers.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ProviderStanding } from './present-provider.ts';
import { readHidden, readUses, readWebhookHosts } from './queries.ts';
import { recommend } from './recommendations.ts';

/** The catalog as one organization has it. */
export interface Catalog {
  /** All of it, hidden ones too. */
  providers: readonly Provider[];
  /** Those that everybody in the organization finds: not hidden, or in use already. */
  visible: readonly Provider[];
  counts: CatalogCounts;
  standingOf(provider: Provider): ProviderStanding;
}

/** Reads the catalog of the organization, with what it uses, what it has hidden, and what would fit. */
export async function readCatalog(tx: Tx): Promise<Catalog> {
  const uses = await readUses(tx);
  const hidden = new Set(await readHidden(tx));
  const webhookHosts = new Set(await readWebhookHosts(tx));
  const custom = await readCustomProviders(tx);
  const providers =
    custom.length === 0
      ? allProviders
      : [...allProviders, ...custom].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const integrations = new Map(uses.map((use) => [use.provider, use]));
  const visible = providers.filter(({ slug }) => integrations.has(slug) || !hidden.has(slug));
  const available = visible.filter(({ slug }) => !integrations.has(slug));
  const reasons = recommend(
    { providers: new Set(integrations.keys()), webhookHosts },
    new Set(available.map(({ slug }) => slug)),
  );
  return {
    providers,
    visible,
    counts: {
      connected: uses.reduce((sum, { connected }) => sum + connected, 0),
      available: available.length,
      categories: new Set(visible.map(({ category }) => category)).size,
    },
    standingOf({ slug }) {
      const reason = reasons.get(slug);
      return {
        connected: integrations.get(slug)?.integrations ?? 0,
        pending: integrations.get(slug)?.pending ?? 0,
        hidden: hidden.has(slug),
        recommendation: reason === undefined ? null : { reason },
      };
    },
  };
}
