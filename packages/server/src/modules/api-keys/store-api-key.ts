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
 * has one active key) and writes the audit record. `createdBy` is a person's name, kept when they leave; `networks` are
 * those from which it may be used.
 */
export async function storeApiKey(
  app: Pick<App, 'newId' | 'clock' | 'randomBytes' | 'secretBox'>,
  tx: Tx,
  { createdBy, networks = [] }: { createdBy: string | null; networks?: string[] },
): Promise<NewApiKey> {
  const id = app.newId();
  const token = createToken(app.randomBytes);
  const preview = maskToken(token);
  await tx.query(
    `INSERT INTO api_keys (id, organization_id, token_hash, token_box, preview, created_by, created_at, networks)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      id,
      tx.organizationId,
      hashToken(token),
      app.secretBox.seal(token, tokenPlace(tx.organizationId, id)),
      preview,
      createdBy,
      new Date(app.clock()),
      networks,
    ],
  );
  return { id, token, preview };
}
