import { getOAuthApp as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { appProvider } from './app-provider.ts';
import { presentApp } from './present-app.ts';
import { countByProvider } from './queries.ts';

/**
 * The app at one provider, whether or not one is configured.
 *
 * @throws AppError `not_found`, `conflict` for a provider without apps
 */
export const getOAuthApp: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const provider = await appProvider(tx, input.provider);
    const counts = await countByProvider(tx);
    return presentApp(ctx.app, tx, provider, counts.get(provider.slug) ?? 0);
  });
};
