import { appFields } from '../../connections/oauth-app.ts';
import { providerOf } from '../../connections/provider-of.ts';
import type { Tx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';

/**
 * A provider at which one registers an app of one's own.
 *
 * @throws AppError `not_found`, `conflict` for a provider without apps
 */
export async function appProvider(tx: Tx, slug: string): Promise<Provider> {
  const provider = await providerOf(tx, slug);
  if (appFields(provider).length > 0) return provider;
  throw new AppError(
    'conflict',
    `${provider.name} needs no app: its values are entered with the integration.`,
  );
}
