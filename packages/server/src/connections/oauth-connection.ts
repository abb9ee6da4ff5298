import type { App, Tx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import type { CredentialField, OAuth2Auth } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import { loadConnection } from './load-connection.ts';
import { appValues } from './oauth-app.ts';

/** A connection by OAuth, with the values of its app. */
export interface OAuthConnection extends Connection {
  auth: OAuth2Auth;
}

/**
 * An integration by OAuth with all values that a token request needs.
 *
 * @throws AppError `not_found`, `conflict` when it connects in another way
 */
export async function loadOAuthConnection(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  integrationId: string,
): Promise<OAuthConnection> {
  const connection = await loadConnection(app, tx, integrationId);
  return { ...connection, auth: oauthOf(connection) };
}

/** A connection that is not stored, with the values of its app added. @throws AppError as {@link loadOAuthConnection} */
export async function withOAuthApp(
  app: Pick<App, 'secretBox' | 'config'>,
  tx: Tx,
  connection: Connection,
): Promise<OAuthConnection> {
  const auth = oauthOf(connection);
  const ofApp = await appValues(app, tx, connection.provider.slug, auth);
  return { ...connection, auth, values: { ...ofApp, ...connection.values } };
}

function oauthOf({ auth, provider }: Connection): OAuth2Auth {
  if (auth.type === 'oauth2') return auth;
  throw new AppError('conflict', `This integration does not connect to ${provider.name} by OAuth.`);
}

/**
 * Makes sure that every value is there that a token request needs.
 *
 * @throws AppError `oauth_app_missing` for the app, `invalid_input` for the integration's own values
 */
export function requireValues({ auth, values, provider }: OAuthConnection): void {
  const missing = auth.fields.filter(({ key, optional }) => !optional && !values[key]);
  const ofApp = missing.filter(({ level }) => level === 'app');
  if (ofApp.length > 0) {
    throw new AppError(
      'oauth_app_missing',
      `Enter the ${labelsOf(ofApp)} of your ${provider.name} app first.`,
    );
  }
  if (missing.length > 0) {
    throw new AppError('invalid_input', `Enter the ${labelsOf(missing)} of this integration first.`);
  }
}

const labelsOf = (fields: readonly CredentialField[]): string =>
  fields.map(({ label }) => `“${label}”`).join(', ');
