import { listOAuthApps as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { appFields } from '../../connections/oauth-app.ts';
import { providersOf } from '../../connections/provider-of.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { presentApp } from './present-app.ts';
import { countByProvider } from './queries.ts';

/** The apps at all providers that want one: built-in ones by name, then those that the organization added. */
export const listOAuthApps: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const providers = (await providersOf(tx)).filter((provider) => appFields(provider).length > 0);
    const counts = await countByProvider(tx);
    const data = [];
    for (const provider of providers) {
      data.push(await presentApp(ctx.app, tx, provider, counts.get(provider.slug) ?? 0));
    }
    return { data };
  });
};
