import { deleteOAuthApp as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { appProvider } from './app-provider.ts';

/**
 * Removes the organization's own app. What is connected with it is renewed with the instance's from now on, where there
 * is one; most providers then want everybody to connect again.
 *
 * @throws AppError `not_found`, also when there is no own app
 */
export const deleteOAuthApp: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const provider = await appProvider(tx, input.provider);
    const [deleted] = await tx.query<{ id: string; plain: Record<string, string>; keys: string[] }>(
      `DELETE FROM oauth_apps WHERE organization_id = current_organization() AND provider = $1
       RETURNING id, plain, secret_keys AS keys`,
      [provider.slug],
    );
    if (!deleted) throw notFound('app');
    const plain = Object.entries(deleted.plain).map(([key, before]) => [key, { before, after: null }]);
    const secrets = deleted.keys.map((key) => [key, { before: '«set»', after: null }]);
    await recordAudit(ctx, tx, {
      action: 'oauth_app.deleted',
      target: { type: 'oauth_app', id: deleted.id, name: provider.name },
      changes: Object.fromEntries([...plain, ...secrets]) as Record<
        string,
        { before: unknown; after: unknown }
      >,
    });
    tx.announce('integrations');
    return { ok: true };
  });
};
