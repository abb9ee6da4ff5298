import type { App, Tx } from '../ctx.ts';
import { notFound } from '../errors.ts';
import { authOf } from './connection-type.ts';
import type { Connection } from './connection.ts';
import { credentialPlace, resolveValues } from './credentials.ts';
import type { CredentialSet } from './credentials.ts';
import { appValues } from './oauth-app.ts';
import { providerOf } from './provider-of.ts';

interface IntegrationRow {
  name: string;
  provider: string;
  authType: string;
  enabled: boolean;
  settings: Record<string, string | number | boolean>;
  perHour: number | null;
  perDay: number | null;
  onLimit: 'queue' | 'refuse';
  connectedAt: Date | null;
  account: string | null;
}

/**
 * An integration of the organization, with the credentials in use or those that wait (`next`), opened.
 *
 * @throws AppError `not_found`; RangeError for a reference to a variable that is not released
 */
export async function loadConnection(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  integrationId: string,
  state: 'current' | 'next' = 'current',
): Promise<Connection> {
  const [row] = await tx.query<IntegrationRow>(
    `SELECT name, provider, auth_type AS "authType", enabled, settings, limit_per_hour AS "perHour",
       limit_per_day AS "perDay", on_limit AS "onLimit", connected_at AS "connectedAt", account
     FROM integrations
     WHERE organization_id = current_organization() AND id = $1 AND deleted_at IS NULL`,
    [integrationId],
    'load_connection',
  );
  if (!row) throw notFound('integration');
  const provider = await providerOf(tx, row.provider);
  const auth = authOf(provider, row.authType);
  // A provider may lose a way to connect in a later release; its integrations then have to be connected anew.
  if (!auth) throw notFound('way to connect of this integration');
  const set = await readCredentials(app, tx, integrationId, state);
  const { name, enabled, account, perHour, perDay, onLimit } = row;
  return {
    organizationId: tx.organizationId,
    integrationId,
    name,
    provider,
    auth,
    values: {
      ...(await appValues(app, tx, provider.slug, auth)),
      ...(set === null ? {} : resolveValues(app.config, tx.organizationId, set)),
      ...provider.fixedValues,
    },
    settings: {
      ...Object.fromEntries(provider.settings.map(({ key, default: value }) => [key, value])),
      ...row.settings,
    },
    limits: { perHour, perDay, onLimit },
    enabled,
    connected: row.connectedAt !== null,
    account,
  };
}

/** A stored set of credentials, opened but with its references as they are; null when there is none. */
export async function readCredentials(
  app: Pick<App, 'secretBox'>,
  tx: Tx,
  integrationId: string,
  state: 'current' | 'next',
): Promise<CredentialSet | null> {
  const [row] = await tx.query<{ id: string; plain: Record<string, string>; box: Buffer }>(
    `SELECT id, plain, secret_box AS box FROM integration_credentials
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = $2`,
    [integrationId, state],
    'read_credentials',
  );
  if (!row) return null;
  const secrets = app.secretBox.open(row.box, credentialPlace(tx.organizationId, row.id));
  return { plain: row.plain, secrets: JSON.parse(secrets) as Record<string, string> };
}
