import { deleteIntegration as operation } from '@trunkline/contract/integrations';
import type { Operation } from '@trunkline/contract/operation';
import { authorize } from '../../authorize.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { continueStatusHistory } from '../../connections/status-history.ts';
import { revokeTokens } from '../../connections/revoke-tokens.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { logChange, whoOf } from './log-change.ts';
import { personOf } from './person.ts';
import { lockIntegration, readIntegration } from './queries.ts';
import { revocationWords } from './revocation-words.ts';
import { tell } from './tell.ts';
import { wasConnected } from './was-connected.ts';

/** What disconnecting takes, beyond removing what was only begun. */
export const disconnecting: Operation = { ...operation, permission: 'integration.disconnect', fresh: true };

/**
 * Disconnects an integration (CONN-7): its tokens are revoked at the provider as far as that can be, its credentials are
 * erased; its row stays for the history. One that was never connected is removed by whoever may connect.
 *
 * @throws AppError `not_found`; `forbidden` and `reauthentication_required` for one that was ever connected
 */
export const deleteIntegration: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const connected = await inOrganization(ctx, (tx) => wasConnected(tx, id));
  if (connected) authorize(ctx, disconnecting);
  const outcome = connected ? await revokeTokens(ctx, id) : null;
  return inOrganization(ctx, async (tx) => {
    await lockIntegration(tx, id);
    if (!connected && (await wasConnected(tx, id))) {
      throw new AppError('conflict', 'It was connected just now. Look at it again.');
    }
    const integration = await readIntegration(app, tx, id);
    const provider = await providerOf(tx, integration.provider.slug);
    const now = new Date(app.clock());
    await tx.query(
      `UPDATE integrations SET deleted_at = $2, updated_at = $2, version = version + 1
       WHERE organization_id = current_organization() AND id = $1`,
      [id, now],
    );
    await tx.query(
      `UPDATE integration_health SET check_due_at = 'infinity'
       WHERE organization_id = current_organization() AND integration_id = $1`,
      [id],
    );
    await continueStatusHistory(tx, id, now);
    for (const table of ['integration_credentials', 'oauth_tokens']) {
      await tx.query(
        `DELETE FROM ${table} WHERE organization_id = current_organization() AND integration_id = $1`,
        [id],
      );
    }
    await recordAudit(ctx, tx, {
      action: connected ? 'integration.disconnected' : 'integration.removed',
      target: { type: 'integration', id, name: integration.name },
      changes: { provider: { before: provider.slug, after: null } },
    });
    tx.announce('integrations', [id]);
    logChange(ctx, tx, id, 'info', 'integration.disconnected', `Disconnected by ${whoOf(ctx)}.`);
    if (!connected) return { revoked: null, detail: 'It was never connected: nothing is left to do.' };
    const told = { integrationId: id, name: integration.name, provider };
    await tell(app, tx, told, 'integration.disconnected', {
      disconnectedBy: personOf(ctx).name,
      disconnectedAt: now.toISOString(),
    });
    return outcome ?? { revoked: null, detail: revocationWords(provider, integration.authType) };
  });
};
