import type { ConnectionType } from '@trunkline/contract/catalog';
import type { Auth, Provider } from '../providers/provider.ts';

/** The name of a way to connect; within one provider it is unique. */
export function connectionTypeOf(auth: Auth): ConnectionType {
  return auth.type === 'oauth2' && auth.grant === 'client_credentials' ? 'client_credentials' : auth.type;
}

/** The provider's way to connect of this name; without a name the recommended one. Undefined when it has no such way. */
export function authOf(provider: Pick<Provider, 'auth'>, type?: string): Auth | undefined {
  return type === undefined
    ? provider.auth[0]
    : provider.auth.find((auth) => connectionTypeOf(auth) === type);
}
