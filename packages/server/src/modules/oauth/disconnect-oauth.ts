import { disconnectOAuth as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { loadOAuthConnection } from '../../connections/oauth-connection.ts';
import { revokeTokens } from '../../connections/revoke-tokens.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';

/**
 * Ends what a person has granted, at the provider and here (OAUTH-6). The integration stays and can be connected again.
 *
 * @throws AppError `not_found`, `conflict` for an integration that needs nobody's consent
 */
export const disconnectOAuth: Verb<typeof operation> = async (ctx, { integrationId }) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  const { auth, provider, name } = await inOrganization(ctx, (tx) =>
    loadOAuthConnection(app, tx, integrationId),
  );
  if (auth.grant !== 'authorization_code') {
    throw new AppError(
      'conflict',
      `${provider.name} is connected by client ID and secret: switch the integration off, or delete it.`,
    );
  }
  const outcome = await revokeTokens(ctx, integrationId, (tx) =>
    recordOwnEvent(app, tx, 'integration.disconnected', {
      integrationId,
      name,
      provider: provider.slug,
      disconnectedBy: 'id' in actor ? actor.name : null,
      disconnectedAt: new Date(app.clock()).toISOString(),
    }),
  );
  return { revoked: outcome?.revoked ?? null, detail: outcome?.detail ?? '' };
};
