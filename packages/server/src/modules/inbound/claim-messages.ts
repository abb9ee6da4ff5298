import type { App } from '../../ctx.ts';
import { leaseSeconds } from './process-rules.ts';

/** A webhook in the hands of this process. */
export interface HeldMessage {
  organizationId: string;
  id: string;
  fence: number;
  /** This try included. */
  attempts: number;
}

/**
 * Takes up to `limit` webhooks whose time has come, oldest first: new ones, those that are tried again, and those whose
 * process ended while it held them. Whoever takes one raises its fence, so that a process that wakes up late changes
 * nothing.
 */
export async function claimMessages(app: Pick<App, 'pool'>, limit: number): Promise<HeldMessage[]> {
  const { rows } = await app.pool.query<HeldMessage>(
    `UPDATE inbound_messages SET due_at = now() + make_interval(secs => $2), fence = fence + 1,
       attempts = attempts + 1
     WHERE id IN (SELECT id FROM inbound_messages WHERE isfinite(due_at) AND due_at <= now()
       ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, organization_id AS "organizationId", fence, attempts`,
    [limit, leaseSeconds],
  );
  return rows;
}
