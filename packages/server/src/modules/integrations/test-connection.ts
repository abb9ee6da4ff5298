import { testConnection as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { checkConnection } from '../../connections/check.ts';
import { connectionTypeOf } from '../../connections/connection-type.ts';
import type { Connection } from '../../connections/connection.ts';
import { splitValues } from '../../connections/credentials.ts';
import { loadConnection, readCredentials } from '../../connections/load-connection.ts';
import { triedTokenSource } from '../../connections/token-source.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { chosenWay } from './chosen-way.ts';
import { mergeValues } from './merge-values.ts';
import { accountFields, requireGoodValues } from './rules.ts';
import { typedConnection } from './typed-connection.ts';

/**
 * Checks values as they are typed; nothing is saved (CONN-3). Beside a stored integration, secrets that were left as
 * they are come from there.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const testConnection: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const { connection, stored } = await inOrganization(ctx, async (tx) => {
    const stored =
      input.integrationId === undefined ? null : await loadConnection(app, tx, input.integrationId);
    if (stored !== null && !isSameWay(stored, input)) {
      throw fieldError('invalid_input', '/integrationId', 'This integration is connected in another way.');
    }
    const way = stored ?? (await chosenWay(tx, input.provider, input.authType));
    const fields = accountFields(way.auth);
    const kept =
      input.integrationId === undefined
        ? null
        : await readCredentials(app, tx, input.integrationId, 'current');
    const set = mergeValues(way, kept, splitValues(fields, input.values));
    requireGoodValues(fields, input.values, false);
    const typed = typedConnection(ctx, tx.organizationId, way, set, stored ?? {});
    await recordAudit(ctx, tx, {
      action: 'integration.tested',
      target: {
        type: 'integration',
        id: input.integrationId ?? null,
        name: stored?.name ?? way.provider.name,
      },
      ...(input.sendTo !== undefined && { changes: { sendTo: { before: null, after: input.sendTo } } }),
    });
    return { connection: typed, stored };
  });
  const token = triedTokenSource(app, connection, stored);
  return checkConnection(app, connection, {
    ...(token && { token }),
    ...(input.sendTo !== undefined && { sendTo: input.sendTo }),
  });
};

/** A stored secret is for the provider and the way to connect that it was entered for. */
function isSameWay(stored: Connection, input: { provider: string; authType?: string | undefined }): boolean {
  const { provider, auth } = stored;
  const type = input.authType ?? connectionTypeOf(auth);
  return provider.slug === input.provider && connectionTypeOf(auth) === type;
}
