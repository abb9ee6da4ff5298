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
  return { id: row.id, ...openOwnApp(app, tx.organizationId, row), updatedAt: row.updatedAt };
}

/** The values of a stored app, its box opened. */
export function openOwnApp(
  app: Pick<App, 'secretBox'>,
  organizationId: string,
  { id, plain, box }: { id: string; plain: Record<string, string>; box: Buffer },
): CredentialSet {
  const secrets = app.secretBox.open(box, appPlace(organizationId, id));
  return { plain, secrets: JSON.parse(secrets) as Record<string, string> };
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
  return chosenApp(app, tx.organizationId, slug, await readOwnApp(app, tx, slug));
}

function chosenApp(
  app: Pick<App, 'config'>,
  organizationId: string,
  slug: string,
  own: CredentialSet | null,
): OAuthApp | null {
  if (own) return { source: 'organization', values: resolveValues(app.config, organizationId, own) };
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
  const keys = appKeys(auth);
  if (keys.length === 0) return {};
  return pickValues(keys, await findOAuthApp(app, tx, slug));
}

/** As {@link appValues}, of an app that is read already; `own` opens it where it is needed. */
export function appValuesOf(
  app: Pick<App, 'config'>,
  organizationId: string,
  slug: string,
  auth: Auth,
  own: () => CredentialSet | null,
): Record<string, string> {
  const keys = appKeys(auth);
  if (keys.length === 0) return {};
  return pickValues(keys, chosenApp(app, organizationId, slug, own()));
}

function appKeys(auth: Auth): string[] {
  if (auth.type !== 'oauth2') return [];
  return auth.fields.filter(({ level }) => level === 'app').map(({ key }) => key);
}

function pickValues(keys: readonly string[], found: OAuthApp | null): Record<string, string> {
  const values = found?.values ?? {};
  return Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
}
