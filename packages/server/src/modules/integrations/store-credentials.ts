import { credentialPlace, previewOf } from '../../connections/credentials.ts';
import type { CredentialSet } from '../../connections/credentials.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { personOf } from './person.ts';

/** Stores a set of credentials, sealed, in the place of the one in the same state. */
export async function storeCredentials(
  ctx: Ctx,
  tx: Tx,
  integrationId: string,
  state: 'current' | 'next',
  set: CredentialSet,
): Promise<void> {
  const { app } = ctx;
  const id = app.newId();
  const { id: personId, name } = personOf(ctx);
  await tx.query(
    `DELETE FROM integration_credentials
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = $2`,
    [integrationId, state],
  );
  await tx.query(
    `INSERT INTO integration_credentials (id, organization_id, integration_id, state, plain, secret_box, previews,
       created_at, created_by_id, created_by_name)
     VALUES ($1, current_organization(), $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      id,
      integrationId,
      state,
      JSON.stringify(set.plain),
      app.secretBox.seal(JSON.stringify(set.secrets), credentialPlace(tx.organizationId, id)),
      JSON.stringify(
        Object.fromEntries(Object.entries(set.secrets).map(([key, value]) => [key, previewOf(value)])),
      ),
      new Date(app.clock()),
      personId,
      name,
    ],
  );
}

/** Puts the waiting set in the place of the one in use, which is erased. */
export async function switchCredentials(tx: Tx, integrationId: string): Promise<void> {
  await tx.query(
    `DELETE FROM integration_credentials
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = 'current'`,
    [integrationId],
  );
  await tx.query(
    `UPDATE integration_credentials SET state = 'current', report = NULL
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = 'next'`,
    [integrationId],
  );
}
