import type { App, Tx } from '../ctx.ts';
import { notFound } from '../errors.ts';
import { findProvider } from '../providers/all-providers.ts';
import type { Provider } from '../providers/provider.ts';
import { authOf } from './connection-type.ts';
import type { Connection } from './connection.ts';
import { credentialPlace, resolveValues } from './credentials.ts';
import type { CredentialSet } from './credentials.ts';
import { storedProvider } from './custom-definitions.ts';
import { isCustom } from './custom-slug.ts';
import { appValuesOf, openOwnApp } from './oauth-app.ts';

/** A set of credentials or an app as it lies in the database: `box` is sealed. */
interface StoredSet {
  id: string;
  plain: Record<string, string>;
}

/** All that is stored of an integration and needed to call it. */
export interface StoredConnection {
  id: string;
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
  /** Of a provider that the organization added itself. */
  definition: unknown;
  credentials: StoredSet | null;
  credentialsBox: Buffer | null;
  ownApp: StoredSet | null;
  ownAppBox: Buffer | null;
}

/** Columns of a {@link StoredConnection}; `i` is the integration, and {@link connectionJoins} stand behind it. */
export const connectionColumns = `i.id, i.name, i.provider, i.auth_type AS "authType", i.enabled, i.settings,
  i.limit_per_hour AS "perHour", i.limit_per_day AS "perDay", i.on_limit AS "onLimit", i.connected_at AS "connectedAt",
  i.account, cp.definition,
  CASE WHEN cr.id IS NOT NULL THEN jsonb_build_object('id', cr.id, 'plain', cr.plain) END AS credentials,
  cr.secret_box AS "credentialsBox",
  CASE WHEN oa.id IS NOT NULL THEN jsonb_build_object('id', oa.id, 'plain', oa.plain) END AS "ownApp",
  oa.secret_box AS "ownAppBox"`;

/** What is joined to an integration `i`; `state` is an SQL expression of which credentials. */
export const connectionJoins = (state: string): string => `
  LEFT JOIN integration_credentials cr ON cr.organization_id = i.organization_id AND cr.integration_id = i.id
    AND cr.state = ${state}
  LEFT JOIN oauth_apps oa ON oa.organization_id = i.organization_id AND oa.provider = i.provider
  LEFT JOIN custom_providers cp ON cp.organization_id = i.organization_id AND cp.slug = i.provider`;

/**
 * An integration of the organization, with the credentials in use or those that wait (`next`), opened.
 *
 * @throws AppError `not_found`; RangeError for a reference to a variable that is not released
 */
export async function loadConnection(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Pick<Tx, 'organizationId' | 'query'>,
  integrationId: string,
  state: 'current' | 'next' = 'current',
): Promise<Connection> {
  const [row] = await tx.query<StoredConnection>(
    `SELECT ${connectionColumns} FROM integrations i ${connectionJoins('$2')}
     WHERE i.organization_id = current_organization() AND i.id = $1 AND i.deleted_at IS NULL`,
    [integrationId, state],
    'load_connection',
  );
  if (!row) throw notFound('integration');
  return openConnection(app, tx.organizationId, row);
}

/** The provider of what is stored; null for one that this release does not know. */
export function storedProviderOf({ provider, definition }: StoredConnection): Provider | null {
  if (!isCustom(provider)) return findProvider(provider) ?? null;
  return definition === null ? null : storedProvider(provider, definition);
}

/**
 * Opens what is stored of an integration.
 *
 * @throws AppError `not_found`; RangeError for a reference to a variable that is not released
 */
export function openConnection(
  app: Pick<App, 'secretBox' | 'config'>,
  organizationId: string,
  row: StoredConnection,
): Connection {
  const provider = storedProviderOf(row);
  if (provider === null) throw notFound('provider');
  const auth = authOf(provider, row.authType);
  // A provider may lose a way to connect in a later release; its integrations then have to be connected anew.
  if (!auth) throw notFound('way to connect of this integration');
  const { ownApp, ownAppBox, credentials, credentialsBox } = row;
  const set =
    credentials && credentialsBox ? openCredentials(app, organizationId, credentials, credentialsBox) : null;
  const own = (): CredentialSet | null =>
    ownApp && ownAppBox ? openOwnApp(app, organizationId, { ...ownApp, box: ownAppBox }) : null;
  const { id, name, enabled, account, perHour, perDay, onLimit } = row;
  return {
    organizationId,
    integrationId: id,
    name,
    provider,
    auth,
    values: {
      ...appValuesOf(app, organizationId, provider.slug, auth, own),
      ...(set === null ? {} : resolveValues(app.config, organizationId, set)),
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
  const [row] = await tx.query<StoredSet & { box: Buffer }>(
    `SELECT id, plain, secret_box AS box FROM integration_credentials
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = $2`,
    [integrationId, state],
    'read_credentials',
  );
  return row ? openCredentials(app, tx.organizationId, row, row.box) : null;
}

function openCredentials(
  app: Pick<App, 'secretBox'>,
  organizationId: string,
  { id, plain }: StoredSet,
  box: Buffer,
): CredentialSet {
  const secrets = app.secretBox.open(box, credentialPlace(organizationId, id));
  return { plain, secrets: JSON.parse(secrets) as Record<string, string> };
}
