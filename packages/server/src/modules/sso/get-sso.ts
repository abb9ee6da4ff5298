import { getSso as operation } from '@trunkline/contract/sso';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { callbackUrl, startUrl } from './addresses.ts';
import { presentDomain, readDomains } from './domains.ts';
import { presentConnection, readConnection } from './queries.ts';

/** The organization's identity provider, without its secret, and the addresses that belong to it. */
export const getSso: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const { connection, domains, slug } = await inOrganization(ctx, async (tx) => {
    const [organization] = await tx.query<{ slug: string }>(
      'SELECT slug FROM organizations WHERE id = current_organization()',
    );
    return {
      connection: await readConnection(tx),
      domains: await readDomains(tx),
      slug: organization?.slug ?? '',
    };
  });
  return {
    connection: connection && presentConnection(connection),
    domains: domains.map(presentDomain),
    callbackUrl: callbackUrl(ctx.app.config.publicUrl),
    signInUrl: `${startUrl(ctx.app.config.publicUrl)}?organization=${encodeURIComponent(slug)}`,
  };
};
