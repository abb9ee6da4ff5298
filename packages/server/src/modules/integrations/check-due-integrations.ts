import { loadConnection } from '../../connections/load-connection.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import type { App } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import { checkIntegration } from './check-integration.ts';

interface Due {
  integrationId: string;
  organizationId: string;
}

/**
 * Checks up to `limit` integrations whose check is due, all at once. Taking one pushes its time ahead by `leaseMs`, so
 * that no other node takes it meanwhile and one whose node dies is taken again.
 *
 * @returns how many were taken
 */
export async function checkDueIntegrations(app: App, limit: number, leaseMs: number): Promise<number> {
  const now = app.clock();
  const { rows } = await app.pool.query<Due>(
    `UPDATE integration_health SET check_due_at = $2
     WHERE integration_id IN (SELECT integration_id FROM integration_health WHERE check_due_at <= $1
       ORDER BY check_due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING integration_id AS "integrationId", organization_id AS "organizationId"`,
    [new Date(now), new Date(now + leaseMs), limit],
  );
  await Promise.all(rows.map((due) => checkOne(app, due)));
  return rows.length;
}

/** What goes wrong on our side leaves the integration as it is; it is due again when the lease has passed. */
async function checkOne(app: App, { integrationId, organizationId }: Due): Promise<void> {
  try {
    const connection = await tenantTransaction(app.pool, organizationId, (tx) =>
      loadConnection(app, tx, integrationId),
    );
    const token = tokenSourceOf(app, connection);
    await checkIntegration(app, connection, token ? { token } : {});
  } catch (error) {
    app.log.warn({ err: error, integrationId }, 'an integration could not be checked');
  }
}
