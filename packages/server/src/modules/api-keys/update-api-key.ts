import { updateApiKey as operation } from '@trunkline/contract/api-keys';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Tx } from '../../ctx.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { lockScopedKey, saveScopedKey, setOwnKeyNetworks } from './queries.ts';
import type { ScopedKeyRow } from './queries.ts';
import { readExpiry, readNetworks } from './rules.ts';

/**
 * Changes what a scoped key is for, until when and from where, or from where the organization's own key may be used
 * (KEY-4). It holds on every node within moments.
 *
 * @throws AppError `not_found`, `conflict` for a revoked key, `invalid_input`
 */
export const updateApiKey: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const networks = input.networks === undefined ? undefined : readNetworks(input.networks);
  const expiresAt = input.expiresAt === undefined ? undefined : readExpiry(input.expiresAt, ctx.app.clock());
  return inOrganization(ctx, async (tx) => {
    const own = networks === undefined ? null : await setOwnKeyNetworks(tx, input.id, networks);
    const target =
      own === null
        ? { type: 'scoped_key', ...(await updateScopedKey(tx, input, networks, expiresAt)) }
        : {
            type: 'api_key',
            name: own.preview,
            changes: { networks: { before: own.before, after: networks } },
          };
    const { changes, ...rest } = target;
    await recordAudit(ctx, tx, { action: 'api_key.updated', target: { ...rest, id: input.id }, changes });
    tx.announce('api_key');
    return { ok: true as const };
  });
};

async function updateScopedKey(
  tx: Tx,
  input: { id: string; name?: string | undefined; scopes?: ScopedKeyRow['scopes'] | undefined },
  networks: string[] | undefined,
  expiresAt: Date | null | undefined,
): Promise<{ name: string; changes: ReturnType<typeof changesBetween> }> {
  const row = await lockScopedKey(tx, input.id);
  if (row.revokedAt !== null) throw new AppError('conflict', 'A revoked key cannot be changed.');
  const after: ScopedKeyRow = {
    ...row,
    name: input.name ?? row.name,
    scopes: input.scopes === undefined ? row.scopes : [...new Set(input.scopes)],
    networks: networks ?? row.networks,
    expiresAt: expiresAt === undefined ? row.expiresAt : expiresAt,
  };
  await saveScopedKey(tx, after);
  return { name: `${after.name} ${after.preview}`, changes: changesBetween(row, after) };
}
