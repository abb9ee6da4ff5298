import type { App } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { accountFacts } from './account-facts.ts';
import { sameAddresses } from './address-keys.ts';
import type { TokenSource } from './check.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Connection } from './connection.ts';
import { requireValues, withOAuthApp } from './oauth-connection.ts';
import { tokenProblem } from './token-problem.ts';
import { requestClientToken } from './token-requests.ts';
import { freshToken } from './tokens.ts';

const timeoutMs = 12_000;

/** Gives the access tokens of a stored connection; undefined when it has none, or nobody has given consent. */
export function tokenSourceOf(app: App, connection: Connection): TokenSource | undefined {
  const { auth, connected, organizationId, integrationId } = connection;
  if (auth.type !== 'oauth2' || !connected) return undefined;
  return (refused) =>
    freshToken(app, organizationId, integrationId, refused === undefined ? {} : { refused });
}

/**
 * Gives access tokens for values that are tried before they are used. A client without a person asks with the very
 * values; what a person gave to the stored integration is used only where it would go to the same addresses.
 */
export function triedTokenSource(
  app: App,
  tried: Connection,
  stored: Connection | null,
): TokenSource | undefined {
  const { auth } = tried;
  if (auth.type !== 'oauth2') return undefined;
  if (auth.grant === 'authorization_code') {
    return stored !== null && sameAddresses(tried, stored) ? tokenSourceOf(app, stored) : undefined;
  }
  return async () => {
    const connection = await tenantTransaction(app.pool, tried.organizationId, (tx) =>
      withOAuthApp(app, tx, tried),
    );
    try {
      requireValues(connection);
      const answer = await requestClientToken({ app, connection, timeoutMs });
      const { extra } = await accountFacts(app, connection, answer);
      return { accessToken: answer.accessToken, extra };
    } catch (error) {
      throw new ConnectionFault(tokenProblem(tried.provider, auth, error));
    }
  };
}
