import { probeWebhook as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { lockWebhook, readWebhook } from './queries.ts';

/**
 * Has the probe of an open circuit sent now instead of at its time (WH-10). Its result comes by itself: success
 * closes the circuit, failure counts as an attempt and doubles the wait for the next probe.
 */
export const probeWebhook: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, id);
    const before = await readWebhook(tx, id);
    if (before.status === 'disabled') {
      throw new AppError('webhook_inactive', 'Switch the webhook on first; that closes its circuit, too.');
    }
    if (before.status === 'paused') {
      throw new AppError('conflict', 'The webhook is paused. Resume it; that closes its circuit, too.');
    }
    const probed = await tx.query(
      `UPDATE webhook_health SET circuit_probe_at = now()
       WHERE organization_id = current_organization() AND webhook_id = $1 AND circuit_opened_at IS NOT NULL
       RETURNING webhook_id`,
      [id],
    );
    if (before.circuit === null || probed.length === 0) {
      throw new AppError(
        'conflict',
        'Its circuit is closed: deliveries flow, and there is nothing to probe.',
      );
    }
    const after = await readWebhook(tx, id);
    await recordAudit(ctx, tx, {
      action: 'webhook.probed',
      target: { type: 'webhook', id, name: after.name },
      changes: {
        nextProbeAt: { before: before.circuit.nextProbeAt, after: after.circuit?.nextProbeAt ?? null },
      },
    });
    tx.afterCommit(() => app.engine.wake());
    tx.announce('webhooks', [id]);
    return after;
  });
};
