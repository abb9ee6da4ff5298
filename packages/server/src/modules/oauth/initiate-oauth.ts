import { initiateOAuth as operation } from '@trunkline/contract/oauth';
import { authorize } from '../../authorize.ts';
import { integrationCallbackPath, redirectUri, startPath } from '../../connections/oauth-addresses.ts';
import { loadOAuthConnection, requireValues } from '../../connections/oauth-connection.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { authorizationUrl, hashOf, newDeparture, secretText, verifierPlace } from './authorization-url.ts';
import { insertAttempt, readTokenState } from './queries.ts';
import { scopesToAsk } from './rules.ts';

/** How long somebody may take at the provider. */
export const attemptMs = 10 * 60_000;

/**
 * Begins to connect an integration by a person's consent (OAUTH-1). A person gets the provider's address and comes back
 * in the same session; a program or portal gets an address of our own, which binds the first browser that opens it.
 *
 * @throws AppError `not_found`, `conflict` when it connects in another way, `oauth_app_missing`, `invalid_input`
 */
export const initiateOAuth: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  return inOrganization(ctx, async (tx) => {
    const connection = await loadOAuthConnection(app, tx, input.integrationId);
    const { auth, provider, integrationId } = connection;
    if (auth.grant !== 'authorization_code') {
      throw new AppError(
        'conflict',
        `${provider.name} is connected by client ID and secret here; there is nobody to ask for consent.`,
      );
    }
    requireValues(connection);
    const before = await readTokenState(tx, integrationId);
    const scopes = scopesToAsk(auth, before?.scopes ?? [], input.scopes);
    const { publicUrl } = app.config;
    const uri =
      input.callback === 'integration'
        ? `${publicUrl}${integrationCallbackPath(integrationId)}`
        : redirectUri(publicUrl, provider.slug);
    const id = app.newId();
    const departure = newDeparture(app, connection);
    const url = authorizationUrl(app, connection, departure, uri, scopes);
    const start = actor.type === 'user' ? null : secretText(app);
    const createdAt = new Date(app.clock());
    const expiresAt = new Date(createdAt.getTime() + attemptMs);
    const { verifier, stateHash } = departure;
    await insertAttempt(tx, {
      id,
      integrationId,
      provider: provider.slug,
      stateHash,
      startHash: start === null ? null : hashOf(start),
      verifierBox:
        verifier === null ? null : app.secretBox.seal(verifier, verifierPlace(tx.organizationId, id)),
      redirectUri: uri,
      scopes,
      sessionId: actor.type === 'user' ? actor.sessionId : null,
      startedById: 'id' in actor ? actor.id : null,
      startedByName: actor.type === 'anonymous' ? 'nobody signed in' : actor.name,
      portalTokenId: actor.type === 'portal' ? actor.id : null,
      createdAt,
      expiresAt,
    });
    await recordAudit(ctx, tx, {
      action: 'integration.connect_started',
      target: { type: 'integration', id: integrationId, name: connection.name },
      changes: { permissions: { before: before?.scopes ?? [], after: scopes } },
    });
    return {
      authorizationUrl: start === null ? url : `${publicUrl}${startPath}/${start}`,
      attemptId: id,
      expiresAt: expiresAt.toISOString(),
    };
  });
};
