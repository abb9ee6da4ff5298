import type { Actor, App } from '../../ctx.ts';
import { hashToken, isWellFormedToken } from '../../lib/api-token.ts';
import type { PortalTokenRow } from './queries.ts';
import { portalActor } from './rules.ts';

export interface FoundPortalSession {
  actor: Actor;
  organizationId: string;
}

/** Whether a bearer token means to be the session of a portal. */
export function isPortalSession(token: string): boolean {
  return isWellFormedToken(token, 'session');
}

/** Whose session a bearer token is. Asked anew for every request, so that one that is revoked ends at once. */
export async function findPortalSession(
  { pool, clock }: Pick<App, 'pool' | 'clock'>,
  token: string,
): Promise<FoundPortalSession | null> {
  const { rows } = await pool.query<PortalTokenRow & { organizationId: string }>(
    `SELECT id, organization_id AS "organizationId", subject, parts, role, expires_at AS "expiresAt"
     FROM portal_tokens WHERE session_hash = $1 AND revoked_at IS NULL AND expires_at > $2`,
    [hashToken(token), new Date(clock())],
  );
  const [row] = rows;
  return row ? { actor: portalActor(row), organizationId: row.organizationId } : null;
}

/**
 * Who uses a token, for what was begun in its session and is finished elsewhere, such as consent at a provider. It may have
 * expired meanwhile; null when it was revoked.
 */
export async function findPortalActor(
  { pool }: Pick<App, 'pool'>,
  organizationId: string,
  tokenId: string,
): Promise<Actor | null> {
  const { rows } = await pool.query<PortalTokenRow>(
    `SELECT id, subject, parts, role, expires_at AS "expiresAt" FROM portal_tokens
     WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [organizationId, tokenId],
  );
  return rows[0] ? portalActor(rows[0]) : null;
}
