import { genericProvider } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import type { App } from '../../ctx.ts';
import { findProvider } from '../../providers/all-providers.ts';
import type { InboundScheme } from '../../providers/provider.ts';
import { keyWords, schemeOf, switchesOf } from './rules.ts';
import { keysOf } from './source-keys.ts';
import { lastRefusal } from './source-queries.ts';
import type { SourceActivity, StoredSource } from './source-queries.ts';

/** The address that is entered at the provider. */
export function sourceUrl(app: Pick<App, 'config'>, { providerSlug, address }: StoredSource): string {
  return `${app.config.publicUrl}/webhooks/${providerSlug}/${address}`;
}

/** What stands for the scheme of a provider that this release does not know any more. */
const unknownScheme = { scheme: 'unknown' };

/** A source as it is shown. Nothing of its keys but where they come from. */
export function presentSource(
  app: Pick<App, 'secretBox' | 'config' | 'clock'>,
  source: StoredSource & SourceActivity,
): InboundSource {
  const { providerSlug, previousKeyUntil } = source;
  const provider = findProvider(providerSlug) ?? null;
  const scheme: Pick<InboundScheme, 'scheme' | 'key' | 'ownKey' | 'handshake' | 'switches'> =
    schemeOf(providerSlug, source.signature) ?? unknownScheme;
  const words = keyWords(providerSlug, scheme);
  const overlaps = previousKeyUntil !== null && previousKeyUntil.getTime() > app.clock();
  return {
    id: source.sourceId,
    provider: providerSlug,
    providerName: provider?.name ?? (providerSlug === genericProvider ? 'Generic' : providerSlug),
    name: source.sourceName,
    integrationId: source.integrationId,
    url: sourceUrl(app, source),
    enabled: source.sourceEnabled,
    keyFrom: keysOf(app, source, scheme).from,
    keyLabel: words.label,
    keyHelp: words.help,
    signature: source.signature,
    scheme: scheme.scheme,
    handshake: scheme.handshake ?? null,
    previousKeyUntil: overlaps ? previousKeyUntil.toISOString() : null,
    proposal: source.proposal,
    switches: switchesOf(scheme).map(({ eventType, label }) => ({
      eventType,
      label,
      enabled: !source.switchedOff.includes(eventType),
    })),
    allowedAddresses: source.networks,
    perMinute: source.perMinute,
    lastReceivedAt: source.lastReceivedAt?.toISOString() ?? null,
    lastEventType: source.lastEventType,
    received24h: source.received24h,
    failed: source.failed,
    refused24h: source.refused24h,
    lastRefusal: lastRefusal(source),
    createdAt: source.createdAt.toISOString(),
    createdBy: source.createdBy,
    updatedAt: source.updatedAt.toISOString(),
  };
}
