import type { Auth, Provider } from '../providers/provider.ts';
import type { Connection } from './connection.ts';

/** Fields whose values decide where the provider is reached. */
export function addressKeys(provider: Provider, auth: Auth): string[] {
  const templates = [provider.baseUrl, provider.health.kind === 'http' ? provider.health.path : null];
  if (auth.type === 'oauth2') {
    const { authorizationUrl, tokenUrl, revokeUrl, revocation, account = [], brings = {} } = auth;
    const calls = [...account, ...Object.values(brings)].map((fact) =>
      fact.from === 'call' ? fact.path : null,
    );
    templates.push(authorizationUrl, tokenUrl, revokeUrl, revocation?.url ?? null, ...calls);
  }
  const placed = new Set(
    templates.flatMap((template) => template?.match(/(?<=\{)[A-Za-z0-9]+(?=\})/g) ?? []),
  );
  const byProtocol = ['host', 'port', 'sftpHost', 'endpoint'];
  return auth.fields
    .filter(({ key, secret }) => !secret && (placed.has(key) || byProtocol.includes(key)))
    .map(({ key }) => key);
}

/** Whether both are reached at the same place, so that what was given for one may be sent to the other. */
export function sameAddresses(one: Connection, other: Connection): boolean {
  return addressKeys(one.provider, one.auth).every(
    (key) => (one.values[key] ?? '') === (other.values[key] ?? ''),
  );
}
