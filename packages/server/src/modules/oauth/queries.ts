import { continueStatusHistory } from '../../connections/status-history.ts';
import type { App, Tx } from '../../ctx.ts';

export interface AttemptRow {
  id: string;
  organizationId: string;
  integrationId: string;
  provider: string;
  verifierBox: Buffer | null;
  redirectUri: string;
  scopes: string[];
  sessionId: string | null;
  browserHash: Buffer | null;
  startedById: string | null;
  startedByName: string;
  /** Set when it was begun in a portal. */
  portalTokenId: string | null;
  outcome: 'waiting' | 'succeeded' | 'denied' | 'failed';
  detail: string | null;
  account: string | null;
  missingScopes: string[];
  expiresAt: Date;
}

const columns = `id, organization_id AS "organizationId", integration_id AS "integrationId", provider,
  verifier_box AS "verifierBox", redirect_uri AS "redirectUri", scopes, session_id AS "sessionId",
  browser_hash AS "browserHash", started_by_id AS "startedById", started_by_name AS "startedByName",
  portal_token_id AS "portalTokenId", outcome, detail,
  account, missing_scopes AS "missingScopes", expires_at AS "expiresAt"`;

export interface NewAttempt {
  id: string;
  integrationId: string;
  provider: string;
  stateHash: Buffer;
  startHash: Buffer | null;
  verifierBox: Buffer | null;
  redirectUri: string;
  scopes: string[];
  sessionId: string | null;
  startedById: string | null;
  startedByName: string;
  /** Set when it was begun in a portal. */
  portalTokenId: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<void> {
  await tx.query(
    `INSERT INTO oauth_attempts (id, organization_id, integration_id, provider, state_hash, start_hash, verifier_box,
       redirect_uri, scopes, session_id, started_by_id, started_by_name, created_at, expires_at, portal_token_id)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      attempt.id,
      attempt.integrationId,
      attempt.provider,
      attempt.stateHash,
      attempt.startHash,
      attempt.verifierBox,
      attempt.redirectUri,
      attempt.scopes,
      attempt.sessionId,
      attempt.startedById,
      attempt.startedByName,
      attempt.createdAt,
      attempt.expiresAt,
      attempt.portalTokenId,
    ],
  );
}

export async function readAttempt(tx: Tx, id: string): Promise<AttemptRow | null> {
  const [row] = await tx.query<AttemptRow>(
    `SELECT ${columns} FROM oauth_attempts WHERE organization_id = current_organization() AND id = $1`,
    [id],
  );
  return row ?? null;
}

/**
 * Takes the attempt of a state, once: whoever comes second gets null, whichever node they come to. Only the state says
 * whose it is, so that the organization is not known yet.
 */
export async function takeByState(app: App, stateHash: Buffer): Promise<AttemptRow | null> {
  const { rows } = await app.pool.query<AttemptRow>(
    `UPDATE oauth_attempts SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL AND outcome = 'waiting'
     RETURNING ${columns}`,
    [stateHash, new Date(app.clock())],
  );
  return rows[0] ?? null;
}

/** The attempt of a state that was used. */
export async function findUsed(app: App, stateHash: Buffer): Promise<AttemptRow | null> {
  const { rows } = await app.pool.query<AttemptRow>(
    `SELECT ${columns} FROM oauth_attempts WHERE state_hash = $1 AND used_at IS NOT NULL`,
    [stateHash],
  );
  return rows[0] ?? null;
}

/** Takes the attempt of a program's link, once, and binds it to the browser that opened it. */
export async function takeByStart(
  app: App,
  startHash: Buffer,
  browserHash: Buffer,
): Promise<AttemptRow | null> {
  const { rows } = await app.pool.query<AttemptRow>(
    `UPDATE oauth_attempts SET start_hash = NULL, browser_hash = $2
     WHERE start_hash = $1 AND outcome = 'waiting' AND used_at IS NULL AND expires_at > $3
     RETURNING ${columns}`,
    [startHash, browserHash, new Date(app.clock())],
  );
  return rows[0] ?? null;
}

/** Gives an attempt the state and the verifier that its browser goes to the provider with. */
export async function setState(
  tx: Tx,
  id: string,
  stateHash: Buffer,
  verifierBox: Buffer | null,
): Promise<void> {
  await tx.query(
    `UPDATE oauth_attempts SET state_hash = $2, verifier_box = $3
     WHERE organization_id = current_organization() AND id = $1`,
    [id, stateHash, verifierBox],
  );
}

export interface Outcome {
  outcome: 'succeeded' | 'denied' | 'failed';
  detail: string | null;
  account?: string | null;
  missingScopes?: string[];
}

/** Writes down how an attempt ended; its verifier is of no more use. */
export async function endAttempt(tx: Tx, id: string, outcome: Outcome): Promise<void> {
  await tx.query(
    `UPDATE oauth_attempts SET outcome = $2, detail = $3, account = $4, missing_scopes = $5, verifier_box = NULL,
       start_hash = NULL
     WHERE organization_id = current_organization() AND id = $1`,
    [id, outcome.outcome, outcome.detail, outcome.account ?? null, outcome.missingScopes ?? []],
  );
}

/** What is stored of the tokens, without the tokens. */
export interface TokenState {
  scopes: string[];
  expiresAt: Date | null;
  refreshedAt: Date | null;
  version: number;
  hasAccess: boolean;
  hasRefresh: boolean;
  ended: boolean;
}

export async function readTokenState(tx: Tx, integrationId: string): Promise<TokenState | null> {
  const [row] = await tx.query<TokenState>(
    `SELECT scopes, expires_at AS "expiresAt", refreshed_at AS "refreshedAt", version,
       access_box IS NOT NULL AS "hasAccess", refresh_box IS NOT NULL AS "hasRefresh", ended_at IS NOT NULL AS ended
     FROM oauth_tokens WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId],
  );
  return row ?? null;
}

/** The fault that an integration has just now, in one word. */
export async function readFault(tx: Tx, integrationId: string): Promise<string | null> {
  const [row] = await tx.query<{ fault: string | null }>(
    `SELECT problem ->> 'fault' AS fault FROM integration_health
     WHERE organization_id = current_organization() AND integration_id = $1`,
    [integrationId],
  );
  return row?.fault ?? null;
}

/** Integrations by provider, of those that use an app. */
export async function countByProvider(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.query<{ provider: string; count: number }>(
    `SELECT provider, count(*)::int AS count FROM integrations
     WHERE organization_id = current_organization() AND deleted_at IS NULL
       AND auth_type IN ('oauth2', 'client_credentials') GROUP BY provider`,
  );
  return new Map(rows.map(({ provider, count }) => [provider, count]));
}

/** Marks an integration as connected, and its check as due at once. */
export async function markConnected(
  app: Pick<App, 'clock'>,
  tx: Tx,
  integrationId: string,
  connection: { account: string | null; byId: string | null; byName: string },
): Promise<void> {
  const now = new Date(app.clock());
  await tx.query(
    `UPDATE integrations SET connected_at = $2, connected_by_id = $3, connected_by_name = $4, account = $5,
       version = version + 1, updated_at = $2
     WHERE organization_id = current_organization() AND id = $1`,
    [integrationId, now, connection.byId, connection.byName, connection.account],
  );
  await tx.query(
    `INSERT INTO integration_health (integration_id, organization_id, since, check_due_at)
     VALUES ($1, current_organization(), $2, $2)
     ON CONFLICT (integration_id) DO UPDATE SET problem = NULL, since = $2, consecutive_failures = 0, check_due_at = $2,
       check_lease_until = NULL, finding_began_at = $2`,
    [integrationId, now],
  );
  await continueStatusHistory(tx, integrationId, now);
}
