import type {
  ProviderConnection,
  ProviderDetail,
  ProviderField,
  ProviderInbound,
  ProviderSummary,
} from '@trunkline/contract/catalog';
import { isCustom } from '../../connections/custom-slug.ts';
import { connectionTypeOf } from '../../connections/connection-type.ts';
import { exchangesFiles } from '../../providers/parts/exchange-kinds.ts';
import type { Auth, CredentialField, InboundScheme, Provider } from '../../providers/provider.ts';
import { categoryOf, isByFiles } from './rules.ts';
import { connectionLabel, healthSentence, permissionsOf } from './words.ts';

/** What a provider is to one organization. */
export type ProviderStanding = Pick<ProviderSummary, 'connected' | 'pending' | 'hidden' | 'recommendation'>;

/** Who a provider is, the same for everybody. */
export function presentIdentity(provider: Provider): Omit<ProviderSummary, keyof ProviderStanding> {
  const { slug, name, category, description, features, auth, selfServe } = provider;
  return {
    slug,
    name,
    category: categoryOf(category),
    description,
    features: [...features],
    authTypes: auth.map(connectionTypeOf),
    selfServe,
    byFiles: isByFiles(provider),
    sendsWebhooks: provider.inbound !== null,
    custom: isCustom(slug),
  };
}

/** A provider as the catalog lists it. */
export function presentSummary(provider: Provider, standing: ProviderStanding): ProviderSummary {
  return { ...presentIdentity(provider), ...standing };
}

/** A provider with all that somebody needs to connect it. How calls are made and simulated stays inside. */
export function presentProvider(provider: Provider, standing: ProviderStanding): ProviderDetail {
  const { website, docsUrl, statusPageUrl, setupSteps, health, limits, evidence, notes } = provider;
  return {
    ...presentSummary(provider, standing),
    exchangesFiles: exchangesFiles(provider),
    website,
    docsUrl,
    statusPageUrl,
    setupSteps: [...setupSteps],
    connections: provider.auth.map((auth) => presentConnection(auth, provider)),
    health: { kind: health.kind, summary: healthSentence(health), why: health.why },
    errors: provider.errors.map(({ status, contains, fault, title, cause, fix, link }) => ({
      statuses: [...(status ?? [])],
      contains: contains ?? null,
      fault,
      title,
      cause,
      fix,
      link: link ?? null,
    })),
    limits: {
      perSecond: limits.perSecond ?? null,
      perHour: limits.perHour ?? null,
      perDay: limits.perDay ?? null,
      published: limits.published,
    },
    settings: provider.settings.map(({ key, label, help, type, options, default: value }) => ({
      key,
      label,
      help,
      type,
      options: options ? [...options] : null,
      default: value,
    })),
    inbound: provider.inbound && presentInbound(provider.inbound),
    exchange: provider.exchange && { ...provider.exchange, files: [...provider.exchange.files] },
    evidence,
    notes,
  };
}

function presentConnection(auth: Auth, provider: Provider): ProviderConnection {
  const oauth2 =
    auth.type === 'oauth2'
      ? {
          grant: auth.grant,
          pkce: auth.pkce,
          authorizationUrl: auth.authorizationUrl,
          scopes: [...auth.scopes],
        }
      : null;
  return {
    type: connectionTypeOf(auth),
    label: connectionLabel(auth),
    fields: auth.fields.map(presentField),
    permissions: permissionsOf(auth, provider),
    oauth2,
  };
}

function presentField(field: CredentialField): ProviderField {
  const { key, label, secret, help, example, level, optional, multiline, pattern, options } = field;
  return {
    key,
    label,
    secret,
    help,
    example: example ?? null,
    level,
    optional: optional ?? false,
    multiline: multiline ?? false,
    pattern: pattern ? { source: pattern.source, flags: pattern.flags } : null,
    options: options ? [...options] : null,
  };
}

function presentInbound(inbound: InboundScheme): ProviderInbound {
  return {
    scheme: inbound.scheme,
    headers: [...inbound.headers],
    algorithm: inbound.algorithm,
    encoding: inbound.encoding ?? null,
    prefix: inbound.prefix ?? null,
    key: inbound.key ?? null,
    ownKey: inbound.ownKey ?? null,
    signed: inbound.signed ?? null,
    timestampHeader: inbound.timestampHeader ?? null,
    toleranceSeconds: inbound.toleranceSeconds ?? null,
    replayId: inbound.replayId ?? null,
    handshake: inbound.handshake ?? null,
    notes: inbound.notes ?? null,
  };
}
