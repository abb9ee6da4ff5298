import type { App, Tx } from '../../ctx.ts';
import { createToken, hashToken, maskToken } from '../../lib/api-token.ts';
import { tokenPlace } from './token-place.ts';

export interface NewApiKey {
  id: string;
  token: string;
  preview: string;
}

/**
 * Stores a new active key: hashed to find it, sealed to reveal it. The caller has made room (an organization
 * has one active key) and writes the audit record. `createdBy` is a person's name, kept when they leave.
 */
export async function createApiKey(
  app: Pick<App, 'newId' | 'clock' | 'randomBytes' | 'secretBox'>,
  tx: Tx,
  { createdBy }: { createdBy: string | null },
): Promise<NewApiKey> {
  const id = app.newId();
  const token = createToken(app.randomBytes);
  const preview = maskToken(token);
  await tx.query(
    `INSERT INTO api_keys (id, organization_id, token_hash, token_box, preview, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      tx.organizationId,
      hashToken(token),
      app.secretBox.seal(token, tokenPlace(tx.organizationId, id)),
      preview,
      createdBy,
      new Date(app.clock()),
    ],
  );
  return { id, token, preview };
}
