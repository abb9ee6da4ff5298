import type { App } from '../ctx.ts';
import { tenantTransaction } from '../db/tenant.ts';
import { recordAudit } from '../modules/audit/record-audit.ts';
import { recordOwnEvent } from '../outbox/record-own-event.ts';
import { systemContext } from '../system-context.ts';
import { logOAuth } from './log-oauth.ts';
import type { OAuthConnection } from './oauth-connection.ts';
import { recordFinding } from './state.ts';
import { endedProblem } from './token-problem.ts';
import type { EndReason } from './token-problem.ts';

/**
 * Writes down that the provider no longer accepts the tokens of this version, and that somebody has to connect again:
 * status, audit record, live message and the product's own event (OAUTH-3). Settings and history stay as they are.
 *
 * @returns false when the tokens were replaced meanwhile, so that nothing has ended
 */
export async function endAuthorization(
  app: App,
  connection: OAuthConnection,
  version: number,
  reason: EndReason,
): Promise<boolean> {
  const { organizationId, integrationId, name, provider, account } = connection;
  const at = new Date(app.clock());
  const problem = endedProblem(provider, reason);
  return tenantTransaction(app.pool, organizationId, async (tx) => {
    const ended = await tx.query(
      `UPDATE oauth_tokens SET ended_at = $3, lease_owner = NULL, lease_until = NULL
       WHERE organization_id = current_organization() AND integration_id = $1 AND version = $2 AND ended_at IS NULL
       RETURNING version`,
      [integrationId, version, at],
    );
    if (ended.length === 0) return false;
    await recordFinding(app, tx, integrationId, { problem, report: null });
    tx.afterCommit(() =>
      logOAuth(app, connection, 'error', 'oauth.ended', `${problem.title}: somebody has to connect again.`, {
        fix: problem.fix,
        error: { code: problem.fault, message: problem.cause },
      }),
    );
    await recordAudit(systemContext(app, organizationId), tx, {
      action: 'integration.reauthentication_required',
      target: { type: 'integration', id: integrationId, name },
      changes: { reason: { before: null, after: problem.cause } },
    });
    await recordOwnEvent(app, tx, 'integration.reauthentication_required', {
      integrationId,
      name,
      provider: provider.slug,
      account,
      reason: reason === 'expired' ? 'expired' : reason === 'refused' ? 'revoked' : 'unknown',
      requiredAt: at.toISOString(),
    });
    return true;
  });
}
