import { authOf } from '../../connections/connection-type.ts';
import { revocationUrl } from '../../connections/revoke-tokens.ts';
import type { Provider } from '../../providers/provider.ts';

/** What becomes of the access at the provider when an integration is disconnected, in a sentence. */
export function revocationWords(provider: Provider, authType: string): string {
  const auth = authOf(provider, authType);
  switch (auth?.type) {
    case 'oauth2':
      return revocationUrl(auth) === null
        ? `${provider.name} cannot be told by a program: remove the app in its own settings afterwards.`
        : `The access is revoked at ${provider.name}.`;
    case 'api_key':
    case 'basic':
    case 'signed':
      return `The key stays valid at ${provider.name}: delete it there afterwards.`;
    case 'smtp':
    case 'sftp':
      return 'The login stays valid at the server: have it removed there afterwards.';
    default:
      return `Nothing is left to do at ${provider.name}.`;
  }
}
