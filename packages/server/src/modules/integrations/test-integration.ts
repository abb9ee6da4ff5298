import { testIntegration as operation } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { tokenSourceOf } from '../../connections/token-source.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { track } from '../insights/track.ts';
import { checkIntegrationNow } from './check-integration.ts';

/**
 * Checks a stored connection now (CONN-6); what it finds is its state from then on. Works for one that is switched off,
 * so that it can be tried before.
 *
 * @throws AppError `not_found`
 */
export const testIntegration: Verb<typeof operation> = async (ctx, { id, sendTo }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const connection = await inOrganization(ctx, async (tx) => {
    const loaded = await loadConnection(app, tx, id);
    await recordAudit(ctx, tx, {
      action: 'integration.tested',
      target: { type: 'integration', id, name: loaded.name },
      ...(sendTo !== undefined && { changes: { sendTo: { before: null, after: sendTo } } }),
    });
    return loaded;
  });
  const token = tokenSourceOf(app, connection);
  const report = await checkIntegrationNow(app, connection, {
    ...(token && { token }),
    ...(sendTo !== undefined && { sendTo }),
  });
  await inOrganization(ctx, (tx) =>
    track(ctx, tx, 'integration_health_checked', {
      integration_name: connection.provider.slug,
      health_status: report.problem === null ? 'ok' : 'problem',
    }),
  );
  return report;
};
