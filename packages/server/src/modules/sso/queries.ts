import type { SsoConnection } from '@trunkline/contract/sso';
import type { Role } from '@trunkline/contract/permissions';
import type pg from 'pg';
import type { z } from 'zod';
import type { Tx } from '../../ctx.ts';
import type { Database } from '../../identity/organizations.ts';
import type { SecretPlace } from '../../lib/secret-box.ts';

/** Where the client secret of an organization's identity provider is sealed. */
export function ssoSecretPlace(organizationId: string): SecretPlace {
  return { organizationId, table: 'sso_connections', row: organizationId, column: 'secret_box' };
}

/** Where the PKCE verifier of an attempt is sealed. */
export function verifierPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'sso_attempts', row: id, column: 'verifier_box' };
}

export interface Connection {
  organizationId: string;
  issuer: string;
  clientId: string;
  box: Buffer;
  defaultRole: Role | null;
  required: boolean;
  domains: string[];
}

const selectConnections = `
  SELECT c.organization_id AS "organizationId", c.issuer, c.client_id AS "clientId", c.secret_box AS box,
    c.default_role AS "defaultRole", c.required,
    ARRAY(SELECT d.domain FROM sso_domains d WHERE d.organization_id = c.organization_id ORDER BY 1) AS domains
  FROM sso_connections c`;

/** The caller's organization's connection. */
export async function readConnection(tx: Tx): Promise<Connection | null> {
  const [row] = await tx.query<Connection>(
    `${selectConnections} WHERE c.organization_id = current_organization()`,
  );
  return row ?? null;
}

/** Whose identity provider somebody signs in with: by their address' domain, which is proved, or by the organization's short name. */
export async function findConnection(
  pool: pg.Pool,
  by: { domain: string } | { slug: string } | { organizationId: string },
): Promise<Connection | null> {
  const [condition, value] =
    'domain' in by
      ? ['(SELECT organization_id FROM sso_domains WHERE domain = $1 AND proved_at IS NOT NULL)', by.domain]
      : 'slug' in by
        ? ['(SELECT id FROM organizations WHERE slug = $1)', by.slug]
        : ['$1::uuid', by.organizationId];
  const { rows } = await pool.query<Connection>(
    `${selectConnections} WHERE c.organization_id = ${condition}`,
    [value],
  );
  return rows[0] ?? null;
}

export function presentConnection(connection: Connection): z.input<typeof SsoConnection> {
  const { issuer, clientId, domains, defaultRole, required } = connection;
  return { issuer, clientId, domains, defaultRole, required };
}

/** Somebody on their way back from the identity provider. */
export interface Attempt {
  id: string;
  organizationId: string;
  browserHash: Buffer;
  nonce: string;
  box: Buffer;
  sessionId: string | null;
  returnPath: string;
  createdAt: Date;
}

/** Takes an attempt, which can be done once. */
export async function takeAttempt(db: Database, stateHash: Buffer, now: Date): Promise<Attempt | null> {
  const { rows } = await db.query<Attempt>(
    `DELETE FROM sso_attempts WHERE state_hash = $1 AND expires_at > $2
     RETURNING id, organization_id AS "organizationId", browser_hash AS "browserHash", nonce, verifier_box AS box,
       session_id AS "sessionId", return_path AS "returnPath", created_at AS "createdAt"`,
    [stateHash, now],
  );
  return rows[0] ?? null;
}
