import { accountOf } from '../packages/sandbox/src/accounts/account.ts';
import { sandboxDefinitions } from '../packages/server/src/commands/sandbox-definitions.ts';
import { credentialPlace } from '../packages/server/src/connections/credentials.ts';
import type { App } from '../packages/server/src/ctx.ts';
import { createOrganizationWithAdministrator } from '../packages/server/src/modules/access/create-organization.ts';

export const password = 'correct horse battery';

/** An organization with this administrator and so many connected integrations of Twilio; no check of them is due. */
export async function insertIntegrations(app: App, email: string, count: number): Promise<string[]> {
  const { organizationId } = await createOrganizationWithAdministrator(app, {
    name: `${count} integrations`,
    administrator: { email, name: 'Bench', password },
  });
  const twilio = sandboxDefinitions().find(({ slug }) => slug === 'twilio')!;
  const { values } = accountOf(twilio);
  const secrets = JSON.stringify({ authToken: values['authToken'] });
  const plain = Object.fromEntries(Object.entries(values).filter(([key]) => key !== 'authToken'));
  const ids = Array.from({ length: count }, () => app.newId());
  const sets = ids.map(() => app.newId());
  await app.pool.query(
    `INSERT INTO integrations (id, organization_id, provider, name, auth_type, connected_at, created_at, updated_at)
     SELECT id, $2, 'twilio', 'Checked ' || n, 'basic', now(), now(), now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, n)`,
    [ids, organizationId],
  );
  await app.pool.query(
    `INSERT INTO integration_health (integration_id, organization_id, since, check_due_at)
     SELECT id, $2, now(), 'infinity' FROM unnest($1::uuid[]) AS i (id)`,
    [ids, organizationId],
  );
  await app.pool.query(
    `INSERT INTO integration_credentials (id, organization_id, integration_id, state, plain, secret_box, previews,
       created_at, created_by_name)
     SELECT s.id, $4, s.integration_id, 'current', $5, s.box, '{}', now(), 'Bench'
     FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS s (id, integration_id, box)`,
    [
      sets,
      ids,
      sets.map((set) => app.secretBox.seal(secrets, credentialPlace(organizationId, set))),
      organizationId,
      JSON.stringify(plain),
    ],
  );
  return ids;
}
