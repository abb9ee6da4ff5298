import type { OAuthApp } from '@trunkline/contract/oauth';
import { appFields, readOwnApp } from '../../connections/oauth-app.ts';
import { redirectUri } from '../../connections/oauth-addresses.ts';
import type { App, Tx } from '../../ctx.ts';
import type { Provider } from '../../providers/provider.ts';

/** The app at a provider as the API shows it: of secrets only that they are there, of the operator's app nothing. */
export async function presentApp(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  provider: Provider,
  integrations: number,
): Promise<OAuthApp> {
  const own = await readOwnApp(app, tx, provider.slug);
  const secretKeys = new Set(appFields(provider).flatMap(({ key, secret }) => (secret ? [key] : [])));
  const plain = Object.entries(own?.plain ?? {});
  const source = own ? 'organization' : app.config.oauthApps.has(provider.slug) ? 'instance' : null;
  return {
    provider: provider.slug,
    providerName: provider.name,
    source,
    values: Object.fromEntries(plain.filter(([key]) => !secretKeys.has(key))),
    // A reference to a variable of the server counts as set, and is not shown.
    secretsSet: [...secretKeys].filter(
      (key) => own?.secrets[key] !== undefined || own?.plain[key] !== undefined,
    ),
    redirectUri: redirectUri(app.config.publicUrl, provider.slug),
    updatedAt: own?.updatedAt.toISOString() ?? null,
    integrations,
  };
}
