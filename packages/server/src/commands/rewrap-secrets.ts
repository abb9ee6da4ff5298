import type { Config } from '../config/env.ts';
import type { SecretPlace } from '../lib/secret-box.ts';
import { signAnew } from '../modules/audit/sign-chain.ts';
import { createLog, startApp } from '../start-app.ts';
import type { RunningApp } from '../start-app.ts';

/** Where secrets are stored. Every new column with a box must be named here; `owner` is whom it is bound to. */
const places = [
  { table: 'webhooks', key: 'id', column: 'secret_box' },
  { table: 'webhooks', key: 'id', column: 'previous_secret_box' },
  { table: 'webhook_older_secrets', key: 'id', column: 'secret_box' },
  { table: 'api_keys', key: 'id', column: 'token_box' },
  { table: 'integration_credentials', key: 'id', column: 'secret_box' },
  { table: 'oauth_tokens', key: 'integration_id', column: 'access_box' },
  { table: 'oauth_tokens', key: 'integration_id', column: 'refresh_box' },
  { table: 'oauth_attempts', key: 'id', column: 'verifier_box' },
  { table: 'oauth_apps', key: 'id', column: 'secret_box' },
  { table: 'exchange_files', key: 'id', column: 'content_box' },
  { table: 'actions', key: 'id', column: 'input_box' },
  { table: 'actions', key: 'id', column: 'result_box' },
  { table: 'displaced_files', key: 'id', column: 'key_box' },
  { table: 'alert_channels', key: 'id', column: 'secret_box' },
  { table: 'inbound_sources', key: 'id', column: 'key_box' },
  { table: 'inbound_sources', key: 'id', column: 'previous_key_box' },
  { table: 'inbound_sources', key: 'id', column: 'proposed_key_box' },
  { table: 'invitations', key: 'id', column: 'token_box' },
  { table: 'sso_connections', key: 'organization_id', column: 'secret_box' },
  { table: 'sso_attempts', key: 'id', column: 'verifier_box' },
  { table: 'totp_factors', key: 'user_id', column: 'secret_box', owner: 'user_id' },
  { table: 'totp_factors', key: 'user_id', column: 'pending_box', owner: 'user_id' },
] as const satisfies { table: string; key: string; column: string; owner?: string }[];

const batch = 500;

/**
 * Re-encrypts every data key under the current master key, and signs the audit logs with the key that follows from it
 * (`secrets rotate`). Batches commit one by one, and
 * what is done is skipped, so it may be ended and started again at any time, also beside running servers that
 * know both keys. Gives the number of boxes and signatures made anew.
 */
export async function rewrapSecrets(config: Config): Promise<number> {
  const running = await startApp(config, createLog('error'));
  try {
    let wrapped = 0;
    for (const place of places) wrapped += await rewrapColumn(running, place);
    wrapped += await signAnew(running.app);
    // Stored answers live for a day only; those of the old key are dropped rather than kept readable.
    await running.app.pool.query('DELETE FROM idempotency_keys');
    return wrapped;
  } finally {
    await running.stop();
  }
}

async function rewrapColumn({ app }: RunningApp, place: (typeof places)[number]): Promise<number> {
  const { table, key, column } = place;
  const owner = 'owner' in place ? place.owner : 'organization_id';
  let wrapped = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await app.pool.query<{ id: string; organizationId: string; box: Buffer }>(
      `SELECT ${key} AS id, ${owner} AS "organizationId", ${column} AS box FROM ${table}
       WHERE ${column} IS NOT NULL AND ${key} > $1 ORDER BY ${key} LIMIT ${batch}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return wrapped;
    for (const row of rows) {
      const at: SecretPlace = { organizationId: row.organizationId, table, row: row.id, column };
      const box = app.secretBox.rewrap(row.box, at);
      if (box === null) continue;
      // Only if nobody has replaced the secret meanwhile.
      const { rowCount } = await app.pool.query(
        `UPDATE ${table} SET ${column} = $3 WHERE ${key} = $1 AND ${column} = $2`,
        [row.id, row.box, box],
      );
      wrapped += rowCount ?? 0;
    }
    after = last.id;
  }
}
