import { updateAlertRule as operation } from '@trunkline/contract/alert-settings';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { changesBetween, recordAudit } from '../audit/record-audit.ts';
import { requireChannels } from './channel-queries.ts';
import { requireGoodThreshold } from './rules.ts';
import { readRules } from './settings.ts';

/**
 * Changes a rule for what is found from now on. The next round resolves the open alerts of one that is switched off.
 *
 * @throws AppError `invalid_input`; `not_found` for a channel that is not there
 */
export const updateAlertRule: Verb<typeof operation> = async (ctx, { rule: key, ...input }) => {
  authorize(ctx, operation);
  if (input.threshold !== undefined) requireGoodThreshold(key, input.threshold);
  return inOrganization(ctx, async (tx) => {
    if (input.channels) await requireChannels(tx, input.channels);
    const before = (await readRules(tx))[key];
    const after = {
      ...before,
      enabled: input.enabled ?? before.enabled,
      severity: input.severity ?? before.severity,
      threshold: input.threshold ?? before.threshold,
      channels: input.channels === undefined ? before.channels : input.channels,
    };
    await tx.query(
      `INSERT INTO alert_rules (organization_id, rule, enabled, severity, threshold, channels)
       VALUES (current_organization(), $1, $2, $3, $4, $5)
       ON CONFLICT (organization_id, rule) DO UPDATE SET enabled = excluded.enabled, severity = excluded.severity,
         threshold = excluded.threshold, channels = excluded.channels`,
      [key, after.enabled, after.severity, after.threshold, after.channels],
    );
    await recordAudit(ctx, tx, {
      action: 'alert_rule.updated',
      target: { type: 'alert_rule', id: null, name: key },
      changes: changesBetween(before, after),
    });
    tx.announce('alerts');
    return after;
  });
};
