import type {
  SandboxAuth,
  SandboxField,
  SandboxInbound,
  SandboxProvider,
} from '@trunkline/sandbox/definition';
import { allProviders } from '../providers/all-providers.ts';
import type { Auth, CredentialField, InboundScheme, Provider } from '../providers/provider.ts';

/** The whole catalog, as the sandbox wants to know it. */
export function sandboxDefinitions(): SandboxProvider[] {
  return allProviders.map(definitionOf);
}

function definitionOf(provider: Provider): SandboxProvider {
  const { slug, name, statusPageUrl, baseUrl, health, limits, inbound, simulate } = provider;
  return {
    slug,
    name,
    statusPageUrl,
    baseUrl,
    auth: provider.auth.map(authOf),
    settings: Object.fromEntries(provider.settings.map((setting) => [setting.key, String(setting.default)])),
    health: health.kind === 'http' ? { method: health.method, path: health.path } : null,
    limits: { ...limits },
    inbound: inbound && inboundOf(inbound),
    simulate,
  };
}

function authOf(auth: Auth): SandboxAuth {
  const fields = auth.fields.map(fieldOf);
  switch (auth.type) {
    case 'oauth2':
      return { ...auth, fields };
    case 'api_key':
    case 'basic':
      return { type: 'keys', fields, headers: auth.headers, basic: auth.basic ?? null };
    case 'signed':
      return { type: 'signed', scheme: auth.scheme, service: auth.service ?? null, fields };
    default:
      return { type: 'other', fields };
  }
}

function fieldOf({ key, label, secret, optional, example, pattern, options }: CredentialField): SandboxField {
  return {
    key,
    label,
    secret,
    optional: optional ?? false,
    example: example ?? null,
    pattern: pattern ?? null,
    options: options?.map(({ value }) => value) ?? [],
  };
}

function inboundOf({ scheme, headers, algorithm, ...rest }: InboundScheme): SandboxInbound {
  return {
    scheme,
    headers,
    algorithm,
    encoding: rest.encoding ?? null,
    prefix: rest.prefix ?? '',
    key: rest.key ?? null,
    signed: rest.signed ?? null,
    timestampHeader: rest.timestampHeader ?? null,
  };
}
