import type { App, Tx } from '../ctx.ts';
import type { SecretPlace } from '../lib/secret-box.ts';
import type { Auth, CredentialField, OAuth2Auth, Provider } from '../providers/provider.ts';
import { resolveValues } from './credentials.ts';
import type { CredentialSet } from './credentials.ts';

/** The app at a provider that asks for access: the organization's own, or the one that the operator set for everybody. */
export interface OAuthApp {
  source: 'organization' | 'instance';
  /** By field; secrets are among them. */
  values: Readonly<Record<string, string>>;
}

/** An organization's own app as it is stored. */
export interface StoredApp extends CredentialSet {
  id: string;
  updatedAt: Date;
}

/** Where the box of an app belongs. */
export function appPlace(organizationId: string, id: string): SecretPlace {
  return { organizationId, table: 'oauth_apps', row: id, column: 'secret_box' };
}

/** The provider's ways to connect by OAuth. */
export function oauthWays(provider: Pick<Provider, 'auth'>): OAuth2Auth[] {
  return provider.auth.filter((auth) => auth.type === 'oauth2');
}

/** What has to be known of an app at this provider, over all of its ways by OAuth; each field once. */
export function appFields(provider: Pick<Provider, 'auth'>): CredentialField[] {
  const fields = oauthWays(provider).flatMap(({ fields }) => fields.filter(({ level }) => level === 'app'));
  return [...new Map(fields.map((field) => [field.key, field])).values()];
}

/** The organization's own app, opened but with its references as they are; null when it has none. */
export async function readOwnApp(
  app: Pick<App, 'secretBox'>,
  tx: Tx,
  slug: string,
): Promise<StoredApp | null> {
  const [row] = await tx.query<{ id: string; plain: Record<string, string>; box: Buffer; updatedAt: Date }>(
    `SELECT id, plain, secret_box AS box, updated_at AS "updatedAt" FROM oauth_apps
     WHERE organization_id = current_organization() AND provider = $1`,
    [slug],
  );
  if (!row) return null;
  const secrets = app.secretBox.open(row.box, appPlace(tx.organizationId, row.id));
  return {
    id: row.id,
    plain: row.plain,
    secrets: JSON.parse(secrets) as Record<string, string>,
    updatedAt: row.updatedAt,
  };
}

/**
 * The app to use at a provider: the organization's own, else the instance's, else null.
 *
 * @throws RangeError for a reference to a variable that is not released
 */
export async function findOAuthApp(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  slug: string,
): Promise<OAuthApp | null> {
  const own = await readOwnApp(app, tx, slug);
  if (own) return { source: 'organization', values: resolveValues(app.config, tx.organizationId, own) };
  const shared = app.config.oauthApps.get(slug);
  return shared ? { source: 'instance', values: shared } : null;
}

/** The values of the app that a way to connect needs; empty where it needs none or none is configured. */
export async function appValues(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  slug: string,
  auth: Auth,
): Promise<Record<string, string>> {
  const shared = auth.type === 'oauth2' ? auth.fields.filter(({ level }) => level === 'app') : [];
  if (shared.length === 0) return {};
  const values = (await findOAuthApp(app, tx, slug))?.values ?? {};
  return Object.fromEntries(
    shared.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}
