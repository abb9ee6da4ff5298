import { mostSecrets, regenerateWebhookSecret as operation } from '@trunkline/contract/webhooks';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { App, Tx } from '../../ctx.ts';
import { olderSecretPlace, secretPlace } from '../../delivery/endpoints.ts';
import { AppError, notFound } from '../../errors.ts';
import { createSigningSecret } from '../../lib/webhook-signature.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit, secretChanged } from '../audit/record-audit.ts';
import { lockWebhook, readWebhook } from './queries.ts';
import { previewOf } from './rules.ts';

/** A new signing secret; during the overlap deliveries carry the signatures of all that are valid (WH-6). */
export const regenerateWebhookSecret: Verb<typeof operation> = async (ctx, { id, overlapSeconds }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  const secret = createSigningSecret(app.randomBytes);
  return inOrganization(ctx, async (tx) => {
    await lockWebhook(tx, id);
    const now = app.clock();
    const expiresAt = overlapSeconds === 0 ? null : new Date(now + overlapSeconds * 1000);
    const previous = expiresAt === null ? null : await moveSecrets(app, tx, id, now);
    if (expiresAt === null) await endOlderSecrets(tx, id);
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
        new Date(now),
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

async function endOlderSecrets(tx: Tx, id: string): Promise<void> {
  await tx.query(
    'DELETE FROM webhook_older_secrets WHERE organization_id = current_organization() AND webhook_id = $1',
    [id],
  );
}

/**
 * Gives the present secret, sealed as the previous one. The one that was the previous so far becomes one of the older ones, if
 * it is still valid. A box opens only at its own place, so both are sealed anew.
 *
 * @throws AppError `conflict` when too many are valid already
 */
async function moveSecrets(app: App, tx: Tx, id: string, now: number): Promise<Buffer> {
  const [row] = await tx.query<{
    secretBox: Buffer;
    previousBox: Buffer | null;
    previousUntil: Date | null;
    older: number;
  }>(
    `SELECT secret_box AS "secretBox", previous_secret_box AS "previousBox",
       previous_secret_expires_at AS "previousUntil",
       (SELECT count(*) FROM webhook_older_secrets o WHERE o.webhook_id = w.id AND o.expires_at > $2) AS older
     FROM webhooks w WHERE organization_id = current_organization() AND id = $1`,
    [id, new Date(now)],
  );
  if (!row) throw notFound('webhook');
  const { secretBox } = app;
  const { previousBox, previousUntil } = row;
  if (previousBox !== null && previousUntil !== null && previousUntil.getTime() > now) {
    // The new one, the present one, the previous one, and the older ones.
    if (row.older + 3 > mostSecrets) {
      throw new AppError(
        'conflict',
        `${mostSecrets} secrets are valid already. Wait until one of them ends, or end all old ones at once with an overlap of 0.`,
      );
    }
    const olderId = app.newId();
    const opened = secretBox.open(previousBox, secretPlace(tx.organizationId, id, 'previous_secret_box'));
    await tx.query(
      `INSERT INTO webhook_older_secrets (id, webhook_id, organization_id, secret_box, expires_at)
       VALUES ($1, $2, current_organization(), $3, $4)`,
      [olderId, id, secretBox.seal(opened, olderSecretPlace(tx.organizationId, olderId)), previousUntil],
    );
  }
  const present = secretBox.open(row.secretBox, secretPlace(tx.organizationId, id, 'secret_box'));
  return secretBox.seal(present, secretPlace(tx.organizationId, id, 'previous_secret_box'));
}
