import { createApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { createToken, hashToken, maskToken } from '../../lib/api-token.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import {
  countWorkingScopedKeys,
  insertScopedKey,
  presentScopedKey,
  readScopedKeysEnabled,
} from './queries.ts';
import type { ScopedKeyRow } from './queries.ts';
import { readExpiry, readNetworks, scopedKeysLimit } from './rules.ts';

/**
 * Makes a scoped key (KEY-1). It is in the answer and nowhere else afterwards: only its hash is stored.
 *
 * @throws AppError `scoped_keys_off`, `conflict` when there are too many, `invalid_input`
 */
export const createApiKey: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app, actor } = ctx;
  const networks = readNetworks(input.networks);
  const expiresAt = readExpiry(input.expiresAt, app.clock());
  return inOrganization(ctx, async (tx) => {
    const now = new Date(app.clock());
    if (!(await readScopedKeysEnabled(tx))) {
      throw new AppError('scoped_keys_off', 'A system administrator can switch them on.');
    }
    if ((await countWorkingScopedKeys(tx, now)) >= scopedKeysLimit) {
      throw new AppError(
        'conflict',
        `There are ${scopedKeysLimit} scoped keys. Revoke one that is not used.`,
      );
    }
    const token = createToken(app.randomBytes);
    const row: ScopedKeyRow = {
      id: app.newId(),
      name: input.name,
      preview: maskToken(token),
      scopes: [...new Set(input.scopes)],
      networks,
      createdBy: actor.type === 'anonymous' ? null : actor.name,
      createdAt: now,
      lastUsedAt: null,
      expiresAt,
      revokedAt: null,
    };
    await insertScopedKey(tx, row, hashToken(token));
    await recordAudit(ctx, tx, {
      action: 'api_key.created',
      target: { type: 'scoped_key', id: row.id, name: `${row.name} ${row.preview}` },
      changes: {
        key: secretChanged,
        scopes: { before: null, after: row.scopes },
        networks: { before: null, after: networks },
        expiresAt: { before: null, after: expiresAt },
      },
    });
    tx.announce('api_key');
    return { ...presentScopedKey(row, now.getTime()), key: token };
  });
};
