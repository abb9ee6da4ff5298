import { isDeepStrictEqual } from 'node:util';
import { updateIntegration as operation } from '@trunkline/contract/integrations';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { authorize } from '../../authorize.ts';
import { providerOf } from '../../connections/provider-of.ts';
import { forgetWhatRuns } from '../../connections/state.ts';
import { continueStatusHistory } from '../../connections/status-history.ts';
import { statusOf } from '../../connections/status.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { logChange, whoOf } from './log-change.ts';
import { lockIntegration, readIntegration } from './queries.ts';
import { requireGoodSettings } from './rules.ts';

/**
 * Changes name, switch, settings or limits; all act at once. Switched off, nothing is called and nothing is checked;
 * switched on again, the next check is due now.
 *
 * @throws AppError `not_found`, `invalid_input`
 */
export const updateIntegration: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockIntegration(tx, input.id);
    const before = await readIntegration(app, tx, input.id);
    const provider = await providerOf(tx, before.provider.slug);
    requireGoodSettings(provider.settings, input.settings ?? {});
    const limits = { ...before.limits, ...input.limits };
    const enabled = input.enabled ?? before.enabled;
    const now = new Date(app.clock());
    await tx.query(
      `UPDATE integrations SET name = $2, enabled = $3, settings = $4, limit_per_hour = $5, limit_per_day = $6,
         on_limit = $7, version = version + 1, updated_at = $8
       WHERE organization_id = current_organization() AND id = $1`,
      [
        input.id,
        input.name ?? before.name,
        enabled,
        JSON.stringify({ ...before.settings, ...input.settings }),
        limits.perHour,
        limits.perDay,
        limits.onLimit,
        now,
      ],
    );
    if (enabled !== before.enabled) {
      const connected = before.connectedAt !== null;
      await tx.query(
        `UPDATE integration_health SET check_due_at = $2, since = CASE WHEN $3 THEN $4 ELSE since END
         WHERE organization_id = current_organization() AND integration_id = $1`,
        [
          input.id,
          enabled && connected ? now : 'infinity',
          statusOf({ enabled, connected, problem: before.problem }) !== before.status,
          now,
        ],
      );
      await continueStatusHistory(tx, input.id, now);
    }
    const settings = { ...before.settings, ...input.settings };
    if (!isDeepStrictEqual(settings, before.settings)) await forgetWhatRuns(app, tx, input.id);
    const after = await readIntegration(app, tx, input.id);
    const action =
      enabled === before.enabled
        ? 'integration.updated'
        : enabled
          ? 'integration.enabled'
          : 'integration.disabled';
    await recordAudit(ctx, tx, {
      action,
      target: { type: 'integration', id: input.id, name: after.name },
      changes: changesBetween(auditView(before), auditView(after)),
    });
    tx.announce('integrations', [input.id]);
    const changes = changesBetween(auditView(before), auditView(after));
    const [event, message] =
      enabled === before.enabled
        ? (['integration.updated', `Changed by ${whoOf(ctx)}: ${Object.keys(changes).join(', ')}.`] as const)
        : enabled
          ? (['integration.enabled', `Switched on by ${whoOf(ctx)}.`] as const)
          : ([
              'integration.disabled',
              `Switched off by ${whoOf(ctx)}: nothing is called or checked.`,
            ] as const);
    if (Object.keys(changes).length > 0) logChange(ctx, tx, input.id, 'info', event, message);
    return after;
  });
};

function auditView({ name, enabled, settings, limits }: IntegrationDetail) {
  return { name, enabled, ...settings, ...limits };
}
