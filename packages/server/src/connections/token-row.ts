import type pg from 'pg';
import type { App, Tx } from '../ctx.ts';
import type { SecretPlace } from '../lib/secret-box.ts';

/** Tokens of an integration as they are stored. */
export interface TokenRow {
  accessBox: Buffer | null;
  refreshBox: Buffer | null;
  scopes: string[];
  expiresAt: Date | null;
  refreshedAt: Date | null;
  extra: Record<string, string>;
  /** Rises with every change. */
  version: number;
  /** A renewal of this version was sent and its outcome is not known. */
  answerLost: boolean;
  endedAt: Date | null;
}

/** Names an integration without a tenant transaction: every statement carries the organization. */
export interface TokenPlace {
  organizationId: string;
  integrationId: string;
}

const columns = `access_box AS "accessBox", refresh_box AS "refreshBox", scopes, expires_at AS "expiresAt",
  refreshed_at AS "refreshedAt", extra, version,
  refresh_sent_version IS NOT DISTINCT FROM version AS "answerLost", ended_at AS "endedAt"`;

const here = 'organization_id = $1 AND integration_id = $2';

/** Where the box of a token belongs. */
export function tokenPlace(
  { organizationId, integrationId }: TokenPlace,
  column: 'access_box' | 'refresh_box',
): SecretPlace {
  return { organizationId, table: 'oauth_tokens', row: integrationId, column };
}

export async function readTokenRow(pool: pg.Pool, place: TokenPlace): Promise<TokenRow | null> {
  const { rows } = await pool.query<TokenRow>(`SELECT ${columns} FROM oauth_tokens WHERE ${here}`, [
    place.organizationId,
    place.integrationId,
  ]);
  return rows[0] ?? null;
}

/** Makes an empty row, when there is none and the integration is still there. */
export async function makeTokenRow(pool: pg.Pool, place: TokenPlace): Promise<void> {
  await pool.query(
    `INSERT INTO oauth_tokens (integration_id, organization_id)
     SELECT id, organization_id FROM integrations WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL
     ON CONFLICT (integration_id) DO NOTHING`,
    [place.organizationId, place.integrationId],
  );
}

/**
 * Takes the right to renew, by the database's clock, when nobody has it; gives the row as it is then.
 *
 * @param owner of this one attempt, never used again
 */
export async function takeLease(
  pool: pg.Pool,
  place: TokenPlace,
  owner: string,
  leaseMs: number,
): Promise<TokenRow | null> {
  const { rows } = await pool.query<TokenRow>(
    `UPDATE oauth_tokens SET lease_owner = $3, lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     WHERE ${here} AND ended_at IS NULL AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     RETURNING ${columns}`,
    [place.organizationId, place.integrationId, owner, leaseMs],
  );
  return rows[0] ?? null;
}

/** Gives the lease back, if it is still the owner's. */
export async function releaseLease(pool: pg.Pool, place: TokenPlace, owner: string): Promise<void> {
  await pool.query(
    `UPDATE oauth_tokens SET lease_owner = NULL, lease_until = NULL WHERE ${here} AND lease_owner = $3`,
    [place.organizationId, place.integrationId, owner],
  );
}

/** Notes before a renewal is sent that it is. False: the lease is somebody else's meanwhile, so it must not be sent. */
export async function noteSending(pool: pg.Pool, place: TokenPlace, owner: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE oauth_tokens SET refresh_sent_version = version, refresh_sent_at = clock_timestamp()
     WHERE ${here} AND lease_owner = $3 AND lease_until > clock_timestamp() AND ended_at IS NULL`,
    [place.organizationId, place.integrationId, owner],
  );
  return rowCount === 1;
}

/** Notes that an answer came: nothing of this version is on its way any more. */
export async function noteAnswered(pool: pg.Pool, place: TokenPlace, version: number): Promise<void> {
  await pool.query(
    `UPDATE oauth_tokens SET refresh_sent_version = NULL WHERE ${here} AND refresh_sent_version = $3`,
    [place.organizationId, place.integrationId, version],
  );
}

/** New tokens; a refresh token of null keeps the one before. */
export interface NewTokens {
  accessBox: Buffer;
  refreshBox: Buffer | null;
  scopes: string[];
  expiresAt: Date | null;
  extra: Record<string, string>;
}

/**
 * Stores renewed tokens where the version is still the one that was renewed, whoever holds the lease meanwhile: with a
 * provider that rotates, these are the only ones that work. False: somebody was faster.
 */
export async function storeRenewed(
  app: Pick<App, 'pool' | 'clock'>,
  place: TokenPlace,
  owner: string,
  version: number,
  tokens: NewTokens,
): Promise<boolean> {
  const { rowCount } = await app.pool.query(
    `UPDATE oauth_tokens SET access_box = $5, refresh_box = coalesce($6, refresh_box), scopes = $7, expires_at = $8,
       extra = extra || $9, refreshed_at = $10, version = version + 1, refresh_sent_version = NULL,
       lease_owner = CASE WHEN lease_owner = $3 THEN NULL ELSE lease_owner END,
       lease_until = CASE WHEN lease_owner = $3 THEN NULL ELSE lease_until END
     WHERE ${here} AND version = $4 AND ended_at IS NULL`,
    [
      place.organizationId,
      place.integrationId,
      owner,
      version,
      tokens.accessBox,
      tokens.refreshBox,
      tokens.scopes,
      tokens.expiresAt,
      JSON.stringify(tokens.extra),
      new Date(app.clock()),
    ],
  );
  return rowCount === 1;
}

/** Stores the tokens of a new consent; whatever was there before is over. */
export async function storeConsented(
  app: Pick<App, 'clock'>,
  tx: Tx,
  integrationId: string,
  tokens: NewTokens,
): Promise<void> {
  await tx.query(
    `INSERT INTO oauth_tokens AS t (integration_id, organization_id, access_box, refresh_box, scopes, expires_at, extra,
       refreshed_at)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7)
     ON CONFLICT (integration_id) DO UPDATE SET access_box = $2, refresh_box = $3, scopes = $4, expires_at = $5,
       extra = $6, refreshed_at = $7, version = t.version + 1, refresh_sent_version = NULL, ended_at = NULL,
       lease_owner = NULL, lease_until = NULL`,
    [
      integrationId,
      tokens.accessBox,
      tokens.refreshBox,
      tokens.scopes,
      tokens.expiresAt,
      JSON.stringify(tokens.extra),
      new Date(app.clock()),
    ],
  );
}
