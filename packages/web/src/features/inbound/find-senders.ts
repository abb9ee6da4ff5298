import type { ProviderSummary } from '@trunkline/contract/catalog';

/** Providers that send webhooks and have every word in their name, those that are connected first. */
export function findSenders(providers: readonly ProviderSummary[], search: string): ProviderSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return providers
    .filter(
      ({ sendsWebhooks, name, slug }) =>
        sendsWebhooks && words.every((word) => `${name} ${slug}`.toLowerCase().includes(word)),
    )
    .toSorted(
      (a, b) => Number(b.connected > 0) - Number(a.connected > 0) || a.name.localeCompare(b.name, 'en'),
    );
}
