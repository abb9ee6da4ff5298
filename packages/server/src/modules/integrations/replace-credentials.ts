import { replaceCredentials as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { splitValues } from '../../connections/credentials.ts';
import { loadConnection, readCredentials } from '../../connections/load-connection.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { mergeValues } from './merge-values.ts';
import { lockIntegration } from './queries.ts';
import { accountFields, requireGoodValues } from './rules.ts';
import { storeCredentials } from './store-credentials.ts';
import { takeOver } from './take-over.ts';

/**
 * Gives an integration new credentials without downtime (CONN-8): they wait beside those in use, are tested, and take
 * over when the test passes. One that fails stays and can be tested again.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const replaceCredentials: Verb<typeof operation> = async (ctx, { id, values, check }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  await inOrganization(ctx, async (tx) => {
    await lockIntegration(tx, id);
    const connection = await loadConnection(app, tx, id);
    const fields = accountFields(connection.auth);
    const set = mergeValues(
      connection,
      await readCredentials(app, tx, id, 'current'),
      splitValues(fields, values),
    );
    requireGoodValues(fields, { ...set.secrets, ...set.plain, ...values }, true);
    await storeCredentials(ctx, tx, id, 'next', set);
    await refuseUnreleased(() => loadConnection(app, tx, id, 'next'));
    await recordAudit(ctx, tx, {
      action: 'integration.credentials_staged',
      target: { type: 'integration', id, name: connection.name },
      changes: Object.fromEntries(Object.keys(values).map((key) => [key, secretChanged])),
    });
    tx.announce('integrations', [id]);
  });
  return takeOver(ctx, id, check);
};

/** A reference to a variable that is not released is the input's fault. */
async function refuseUnreleased(load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('invalid_input', error.message);
    throw error;
  }
}
