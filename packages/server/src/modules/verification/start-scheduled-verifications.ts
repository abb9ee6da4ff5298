import type { App } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { systemContext } from '../../system-context.ts';
import { beginVerification } from './begin-verification.ts';
import { monthOf } from './rules.ts';

/**
 * Begins the verification of the month for organizations whose day has come and that have anything to verify. Once a
 * month for each, whatever nodes there are. An organization that was made later in the month waits for the next.
 */
export async function startScheduledVerifications(app: App, limit: number): Promise<void> {
  const now = new Date(app.clock());
  const month = monthOf(now.getTime());
  const { rows } = await app.pool.query<{ id: string }>(
    `SELECT o.id FROM organizations o LEFT JOIN verification_settings s ON s.organization_id = o.id
     WHERE coalesce(s.enabled, true) AND coalesce(s.day, 1) <= $2
       AND o.created_at < $1::timestamptz + (coalesce(s.day, 1) - 1) * interval '1 day'
       AND NOT EXISTS (SELECT FROM verification_runs v
         WHERE v.organization_id = o.id AND (v.month = $1::date OR v.finished_at IS NULL))
       AND EXISTS (SELECT FROM integrations i
         WHERE i.organization_id = o.id AND i.enabled AND i.deleted_at IS NULL)
     ORDER BY o.id LIMIT $3`,
    [`${month}T00:00:00Z`, now.getUTCDate(), limit],
  );
  for (const { id } of rows) {
    const ctx = systemContext(app, id);
    try {
      await inOrganization(ctx, (tx) => beginVerification(ctx, tx, month));
    } catch (error) {
      app.log.warn({ err: error, organizationId: id }, 'a scheduled verification could not be begun');
    }
  }
}
