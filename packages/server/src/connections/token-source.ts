import type { App } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import type { TokenSource } from './check.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Connection } from './connection.ts';

/** Gives the access tokens of a stored connection; undefined when it has none, or is not connected. */
export function tokenSourceOf(app: App, connection: Connection): TokenSource | undefined {
  const { auth, connected, organizationId, integrationId } = connection;
  if (auth.type !== 'oauth2' || !connected) return undefined;
  return () =>
    tenantTransaction(app.pool, organizationId, async (tx) => {
      const [row] = await tx.query<{ box: Buffer; extra: Record<string, string> }>(
        `SELECT access_box AS box, extra FROM oauth_tokens
         WHERE organization_id = current_organization() AND integration_id = $1
           AND access_box IS NOT NULL AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
        [integrationId],
      );
      if (!row) {
        throw new ConnectionFault({
          fault: 'reauth',
          title: 'The connection has ended',
          cause: 'There is no valid access token.',
          fix: 'Reconnect.',
          link: null,
        });
      }
      const place = { organizationId, table: 'oauth_tokens', row: integrationId, column: 'access_box' };
      return { accessToken: app.secretBox.open(row.box, place), extra: row.extra };
    });
}
