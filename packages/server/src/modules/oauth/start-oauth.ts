import type { App } from '../../ctx.ts';
import { loadOAuthConnection, requireValues } from '../../connections/oauth-connection.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { authorizationUrl, hashOf, newDeparture, secretText, verifierPlace } from './authorization-url.ts';
import { setState, takeByStart } from './queries.ts';

/** Where a browser goes that opened a program's link. */
export interface Start {
  location: string;
  attemptId: string;
  /** What the browser has to bring back. */
  browser: string;
}

/**
 * Binds the browser that opens a program's link to its attempt, once, and says where to send it. Null when the link does
 * not work, or not any more.
 */
export async function startOAuth(app: App, start: string): Promise<Start | null> {
  const browser = secretText(app);
  const attempt = await takeByStart(app, hashOf(start), hashOf(browser));
  if (attempt === null) return null;
  const { id, organizationId, integrationId, redirectUri, scopes } = attempt;
  try {
    return await tenantTransaction(app.pool, organizationId, async (tx) => {
      const connection = await loadOAuthConnection(app, tx, integrationId);
      requireValues(connection);
      const departure = newDeparture(app, connection);
      const { verifier, stateHash } = departure;
      const box = verifier === null ? null : app.secretBox.seal(verifier, verifierPlace(organizationId, id));
      await setState(tx, id, stateHash, box);
      return {
        location: authorizationUrl(app, connection, departure, redirectUri, scopes),
        attemptId: id,
        browser,
      };
    });
  } catch (error) {
    // The integration or its app was removed since the link was made.
    if (error instanceof AppError) return null;
    throw error;
  }
}
