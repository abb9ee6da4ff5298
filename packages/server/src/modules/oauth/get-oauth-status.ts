import { getOAuthStatus as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { findOAuthApp } from '../../connections/oauth-app.ts';
import { loadOAuthConnection } from '../../connections/oauth-connection.ts';
import { revocationUrl } from '../../connections/revoke-tokens.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { readFault, readTokenState } from './queries.ts';
import { presentScopes } from './rules.ts';

/**
 * Whom an integration is connected as, until when and with which permissions (OAUTH-4, OAUTH-5).
 *
 * @throws AppError `not_found`, `conflict` when it connects in another way than OAuth
 */
export const getOAuthStatus: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const connection = await loadOAuthConnection(ctx.app, tx, integrationId);
    const { auth, account } = connection;
    const token = await readTokenState(tx, integrationId);
    const byPerson = auth.grant === 'authorization_code';
    const connected = connection.connected && (!byPerson || token?.hasAccess === true);
    const fault = await readFault(tx, integrationId);
    const ended = token?.ended === true;
    const needsApp = auth.fields.some(({ level }) => level === 'app');
    const found = needsApp ? await findOAuthApp(ctx.app, tx, connection.provider.slug) : null;
    return {
      integrationId,
      grant: auth.grant,
      connected,
      needsReauthentication: connected && (ended || fault === 'reauth'),
      account,
      expiresAt: token?.expiresAt?.toISOString() ?? null,
      autoRefresh: connected && !ended && (!byPerson || token?.hasRefresh === true),
      lastRefreshAt: token?.refreshedAt?.toISOString() ?? null,
      scopes: presentScopes(auth.scopes, token?.scopes ?? []),
      app: needsApp ? (found?.source ?? null) : 'integration',
      canRevoke: revocationUrl(auth) !== null,
    };
  });
};
