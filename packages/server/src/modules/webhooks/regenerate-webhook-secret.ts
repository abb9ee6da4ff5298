import { regenerateWebhookSecret as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { secretPlace } from '../../delivery/endpoints.ts';
import { createSigningSecret } from '../../lib/webhook-signature.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { lockWebhook, readWebhook } from './queries.ts';
import { previewOf } from './rules.ts';

/** A new signing secret; during the overlap deliveries carry the signatures of both (WH-6). */
export const regenerateWebhookSecret: Verb<typeof operation> = async (ctx, { id, overlapSeconds }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const secret = createSigningSecret(app.randomBytes);
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, id);
    const [row] = await tx.query<{ secretBox: Buffer }>(
      `SELECT secret_box AS "secretBox" FROM webhooks WHERE organization_id = current_organization() AND id = $1`,
      [id],
    );
    const expiresAt = overlapSeconds === 0 ? null : new Date(app.clock() + overlapSeconds * 1000);
    // A box opens only at its own place, so the old secret is sealed anew for the other column.
    const previous =
      expiresAt && row
        ? app.secretBox.seal(
            app.secretBox.open(row.secretBox, secretPlace(tx.organizationId, id, 'secret_box')),
            secretPlace(tx.organizationId, id, 'previous_secret_box'),
          )
        : null;
    await tx.query(
      `UPDATE webhooks SET secret_box = $2, secret_preview = $3, previous_secret_box = $4,
         previous_secret_expires_at = $5, version = version + 1, updated_at = $6
       WHERE organization_id = current_organization() AND id = $1`,
      [
        id,
        app.secretBox.seal(secret, secretPlace(tx.organizationId, id, 'secret_box')),
        previewOf(secret),
        previous,
        expiresAt,
        new Date(app.clock()),
      ],
    );
    const webhook = await readWebhook(tx, id);
    await recordAudit(ctx, tx, {
      action: 'webhook.secret_regenerated',
      target: { type: 'webhook', id, name: webhook.name },
      changes: { secret: secretChanged, overlapSeconds: { before: null, after: overlapSeconds } },
    });
    tx.afterCommit(() => app.engine.endpoints.forget(id));
    tx.announce('webhooks', [id]);
    return { id, secret, previousSecretExpiresAt: expiresAt?.toISOString() ?? null };
  });
};
