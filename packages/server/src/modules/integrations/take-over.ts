import type { CheckReport } from '@trunkline/contract/checks';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { sameAddresses } from '../../connections/address-keys.ts';
import { checkConnection } from '../../connections/check.ts';
import type { Connection } from '../../connections/connection.ts';
import { loadConnection } from '../../connections/load-connection.ts';
import { recordFinding } from '../../connections/state.ts';
import { continueStatusHistory } from '../../connections/status-history.ts';
import { triedTokenSource } from '../../connections/token-source.ts';
import type { Ctx, Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { logChange } from './log-change.ts';
import { lockIntegration, readIntegration } from './queries.ts';
import { needsConsent } from './rules.ts';
import { switchCredentials } from './store-credentials.ts';
import { tellTransition } from './tell.ts';

/**
 * Tests the waiting credentials and switches to them when they work, or without a test.
 *
 * @throws AppError `not_found`; `conflict` when none wait, or others have taken their place meanwhile
 */
export async function takeOver(
  ctx: Ctx,
  id: string,
  check: 'require' | 'skip',
): Promise<{ activated: boolean; report: CheckReport | null; integration: IntegrationDetail }> {
  const { app } = ctx;
  const { connection, stored, waiting } = await inOrganization(ctx, async (tx) => ({
    connection: await loadConnection(app, tx, id, 'next'),
    stored: await loadConnection(app, tx, id),
    waiting: await waitingSet(tx, id),
  }));
  if (waiting === null) throw new AppError('conflict', 'No new credentials wait for this integration.');
  const token = triedTokenSource(app, connection, stored);
  const report = check === 'skip' ? null : await checkConnection(app, connection, token ? { token } : {});
  const activated = report === null || report.ok;
  return inOrganization(ctx, async (tx) => {
    await lockIntegration(tx, id);
    if ((await waitingSet(tx, id)) !== waiting) {
      throw new AppError(
        'conflict',
        'Other credentials were given meanwhile; look at the integration again.',
      );
    }
    if (activated) {
      await switchCredentials(tx, id);
      await forgetForeignTokens(tx, id, connection, stored);
      const now = new Date(app.clock());
      await tx.query(
        `UPDATE integrations SET connected_at = CASE WHEN $3 THEN connected_at ELSE coalesce(connected_at, $2) END,
           version = version + 1, updated_at = $2
         WHERE organization_id = current_organization() AND id = $1`,
        [id, now, needsConsent(connection.auth)],
      );
      // What a check or a call finds that runs with the credentials of before is not recorded any more.
      await tx.query(
        `UPDATE integration_health SET check_due_at = $2, check_lease_until = NULL, finding_began_at = $3
         WHERE organization_id = current_organization() AND integration_id = $1`,
        [id, connection.enabled ? now : 'infinity', now],
      );
      if (report !== null) {
        const transition = await recordFinding(app, tx, id, { ...report, report });
        if (transition !== null) await tellTransition(app, tx, connection, transition, report.problem);
      }
      await continueStatusHistory(tx, id, now);
    } else {
      await tx.query(
        `UPDATE integration_credentials SET report = $2
         WHERE organization_id = current_organization() AND integration_id = $1 AND state = 'next'`,
        [id, JSON.stringify(report)],
      );
    }
    await recordAudit(ctx, tx, {
      action: activated ? 'integration.credentials_replaced' : 'integration.tested',
      target: { type: 'integration', id, name: connection.name },
    });
    tx.announce('integrations', [id]);
    const found = report?.problem ?? null;
    logChange(
      ctx,
      tx,
      id,
      activated ? 'info' : 'warn',
      activated ? 'credentials.replaced' : 'credentials.refused',
      activated
        ? 'New credentials are in use.'
        : `New credentials were not taken: ${found?.title ?? 'their test failed'}. Those in use stay.`,
      found === null ? {} : { error: { code: found.fault, message: found.cause } },
    );
    return { activated, report, integration: await readIntegration(app, tx, id) };
  });
}

/** Tokens of other credentials are of no use, and those of another address must not go to this one. */
async function forgetForeignTokens(
  tx: Tx,
  id: string,
  connection: Connection,
  stored: Connection,
): Promise<void> {
  const { auth } = connection;
  if (auth.type !== 'oauth2') return;
  const byPerson = auth.grant === 'authorization_code';
  if (byPerson && sameAddresses(connection, stored)) return;
  await tx.query(
    'DELETE FROM oauth_tokens WHERE organization_id = current_organization() AND integration_id = $1',
    [id],
  );
  if (!byPerson) return;
  await tx.query(
    `UPDATE integrations SET connected_at = NULL, account = NULL
     WHERE organization_id = current_organization() AND id = $1`,
    [id],
  );
}

async function waitingSet(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM integration_credentials
     WHERE organization_id = current_organization() AND integration_id = $1 AND state = 'next'`,
    [id],
  );
  return row?.id ?? null;
}
