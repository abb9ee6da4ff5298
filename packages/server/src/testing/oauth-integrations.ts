import { appPlace } from '../connections/oauth-app.ts';
import { credentialPlace } from '../connections/credentials.ts';
import type { App } from '../ctx.ts';

/** Makes an integration by OAuth that waits to be connected. */
export async function pendingIntegration(
  app: Pick<App, 'newId' | 'pool' | 'secretBox'>,
  organizationId: string,
  provider: string,
  options: { plain?: Record<string, string>; secrets?: Record<string, string>; authType?: string } = {},
): Promise<string> {
  const id = app.newId();
  const { plain = {}, secrets = {}, authType = 'oauth2' } = options;
  await app.pool.query(
    `INSERT INTO integrations (id, organization_id, provider, name, auth_type, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, now(), now())`,
    [id, organizationId, provider, `Our ${provider}`, authType],
  );
  await app.pool.query(
    'INSERT INTO integration_health (integration_id, organization_id, since) VALUES ($1, $2, now())',
    [id, organizationId],
  );
  const credentialId = app.newId();
  await app.pool.query(
    `INSERT INTO integration_credentials (id, organization_id, integration_id, state, plain, secret_box, previews,
       created_at, created_by_name)
     VALUES ($1, $2, $3, 'current', $4, $5, '{}', now(), 'Test')`,
    [
      credentialId,
      organizationId,
      id,
      JSON.stringify(plain),
      app.secretBox.seal(JSON.stringify(secrets), credentialPlace(organizationId, credentialId)),
    ],
  );
  return id;
}

/** Stores an organization's own app at a provider. */
export async function storeApp(
  app: Pick<App, 'newId' | 'pool' | 'secretBox'>,
  organizationId: string,
  provider: string,
  { clientSecret, ...plain }: Record<string, string> & { clientId: string; clientSecret: string },
): Promise<void> {
  const id = app.newId();
  const box = app.secretBox.seal(JSON.stringify({ clientSecret }), appPlace(organizationId, id));
  await app.pool.query(
    `INSERT INTO oauth_apps (id, organization_id, provider, plain, secret_box, secret_keys, updated_at)
     VALUES ($1, $2, $3, $4, $5, '{clientSecret}', now())`,
    [id, organizationId, provider, JSON.stringify(plain), box],
  );
}
